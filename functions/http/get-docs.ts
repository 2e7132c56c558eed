import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { HttpResponse } from "../lib/reply.ts";
import { securityHeaders } from "../lib/security-headers.ts";

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prior authorization API</title>
</head>
<body>
<noscript>The API is described in <a href="/openapi.json">openapi.json</a>.</noscript>
<script id="api-reference" data-url="/openapi.json" data-configuration='{"withDefaultFonts":false,"telemetry":false,"agent":{"disabled":true},"mcp":{"disabled":true},"showDeveloperTools":"never"}'></script>
<script src="/docs/reference.js"></script>
</body>
</html>
`;

/** Everything comes from us: nothing is fetched from elsewhere, and nothing is sent there. */
const csp =
  "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const handler = middy<APIGatewayProxyEventV2, HttpResponse>()
  .use(securityHeaders())
  .handler(async () => ({
    statusCode: 200,
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": csp, "cache-control": "public, max-age=300" },
    body: page,
  }));
