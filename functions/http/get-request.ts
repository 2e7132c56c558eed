import { may } from "../../shared/domain/principal.ts";
import { ok } from "../../shared/domain/result.ts";
import { seenWithDocuments } from "../../shared/use-cases/sight.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("getRequest", async ({ principal, path }) => {
  const found = await seenWithDocuments({ requests, policy }, principal, path.requestId);
  if (!found.ok) return found;
  const { request, documents } = found.value;
  return ok(requestReply(request, { documents, reviews: may(principal, "reviews:read") }));
});
