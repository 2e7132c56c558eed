import { may } from "../../shared/domain/principal.ts";
import { ok } from "../../shared/domain/result.ts";
import { seenWithDocuments } from "../../shared/use-cases/sight.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/reply.ts";

export const handler = endpoint("getRequest", async ({ principal, path }) => {
  const found = await seenWithDocuments({ requests, policy }, principal, path.requestId);
  const reader = { reviews: may(principal, "reviews:read") };
  return found.ok ? ok(requestReply(found.value.request, found.value.documents, reader)) : found;
});
