import { randomUUID } from "node:crypto";
import { anExample } from "./example.ts";

/** The gateway's event for one submission of CONTRACT's example, by a provider of its own organization. */
export const submissionEvent = () => {
  const body = JSON.stringify(anExample());
  return {
    version: "2.0",
    routeKey: "POST /v1/requests",
    rawPath: "/v1/requests",
    rawQueryString: "",
    headers: {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "idempotency-key": randomUUID(),
    },
    requestContext: {
      accountId: "000000000000",
      authorizer: {
        jwt: {
          claims: {
            iss: "http://127.0.0.1:4011",
            aud: "prior-authorization",
            sub: "provider-org-demo",
            org: "org-demo",
            scope: "requests:read requests:write",
          },
          scopes: null,
        },
      },
      http: { method: "POST", path: "/v1/requests", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "bench" },
      requestId: randomUUID(),
      routeKey: "POST /v1/requests",
      stage: "$default",
    },
    body,
    isBase64Encoded: false,
  };
};
