import { readFileSync } from "node:fs";
import { join } from "node:path";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { HttpResponse } from "../lib/reply.ts";
import { securityHeaders } from "../lib/security-headers.ts";

/** Compressed when the function was bundled: every browser takes gzip, and the plain script would not fit an answer. */
const script = readFileSync(join(import.meta.dirname, "scalar.js.gz")).toString("base64");

export const handler = middy<APIGatewayProxyEventV2, HttpResponse>()
  .use(securityHeaders())
  .handler(async () => ({
    statusCode: 200,
    headers: { "content-type": "text/javascript", "content-encoding": "gzip", "cache-control": "public, max-age=86400" },
    body: script,
    isBase64Encoded: true,
  }));
