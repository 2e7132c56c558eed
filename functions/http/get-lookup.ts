import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { contactsMarkup } from "../lib/contacts-markup.ts";
import { policy } from "../lib/deps/policy.ts";
import type { HttpResponse } from "../lib/reply.ts";
import { isKnown } from "../lib/revalidated.ts";
import { securityHeaders } from "../lib/security-headers.ts";
import { escaped, selfContainedPage } from "../lib/self-contained-page.ts";

/** Built of `functions/pages/look-up` when the function was bundled. */
const file = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");

const { reminder, contacts } = policy.plan;

const { body, contentSecurityPolicy } = selfContainedPage({
  html: file("page.html"),
  style: file("page.css"),
  script: file("page.js"),
  markup: { reminder: escaped(reminder), contacts: contactsMarkup(contacts) },
});

const etag = `"${hash("sha256", body, "base64url")}"`;
const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": contentSecurityPolicy,
  "cache-control": "public, max-age=300",
  etag,
};

export const handler = middy<APIGatewayProxyEventV2, HttpResponse>()
  .use(securityHeaders())
  .handler(async (event) =>
    isKnown(etag, event.headers["if-none-match"]) ? { statusCode: 304, headers, body: "" } : { statusCode: 200, headers, body },
  );
