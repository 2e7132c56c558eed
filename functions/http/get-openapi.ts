import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import document from "../../openapi.json" with { type: "json" };
import type { HttpResponse } from "../lib/reply.ts";
import { securityHeaders } from "../lib/security-headers.ts";

const body = JSON.stringify(document);

export const handler = middy<APIGatewayProxyEventV2, HttpResponse>()
  .use(securityHeaders())
  .handler(async () => ({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "public, max-age=300" },
    body,
  }));
