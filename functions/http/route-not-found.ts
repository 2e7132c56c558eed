import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { operations } from "../../shared/api/operations.ts";
import { type HttpResponse, problem } from "../lib/reply.ts";
import { securityHeaders } from "../lib/security-headers.ts";

/** What no route matches: a path of ours with another method is 405, everything else 404. */
export const handler = middy<APIGatewayProxyEventV2, HttpResponse>()
  .use(securityHeaders())
  .handler(async (event) => {
    const traceId = event.requestContext.requestId;
    const allowed = Object.values(operations)
      .filter(({ path }) => new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(event.rawPath))
      .map(({ method }) => method);
    if (allowed.length === 0)
      return problem({ problem: "route-not-found", detail: "There is no such operation: see /docs." }, traceId);
    const refused = problem({ problem: "method-not-allowed", detail: `Allowed here: ${allowed.join(", ")}.` }, traceId);
    return { ...refused, headers: { ...refused.headers, allow: allowed.join(", ") } };
  });
