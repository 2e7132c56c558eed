import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { hostileJson, maxBodyBytes } from "../../shared/api/json-guard.ts";
import type { ProblemName } from "../../shared/api/problems.ts";

export type ReadBody = { readonly raw: Buffer } & (
  | { readonly value: unknown }
  | { readonly problem: ProblemName; readonly detail: string }
);

/**
 * Reads a JSON body, hostile ones met before the parser. What is wrong is left for the endpoint to tell, so that nobody learns of
 * a body's faults before it is known that the request is theirs to see.
 */
export function jsonBody(): MiddlewareObj<APIGatewayProxyEventV2 & { readBody?: ReadBody }> {
  return {
    before: ({ event }) => {
      event.readBody = read(event);
    },
  };
}

function read(event: APIGatewayProxyEventV2): ReadBody {
  const raw = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  const contentType = event.headers["content-type"] ?? "";
  if (raw.length > maxBodyBytes)
    return { raw, problem: "body-too-large", detail: `A body has at most ${maxBodyBytes} bytes; documents are uploaded by form.` };
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType))
    return { raw, problem: "unsupported-media-type", detail: "Send application/json." };
  const hostile = hostileJson(raw);
  if (hostile) return { raw, problem: "malformed-json", detail: hostile };
  try {
    return { raw, value: JSON.parse(raw.toString("utf8")) as unknown };
  } catch {
    return { raw, problem: "malformed-json", detail: "The body is not JSON." };
  }
}
