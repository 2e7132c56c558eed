import { maySeeNotice, type Notice } from "../../shared/domain/notice.ts";
import { may } from "../../shared/domain/principal.ts";
import { ok } from "../../shared/domain/result.ts";
import { benefitsOf } from "../../shared/use-cases/keep-benefits.ts";
import { seenWithDocuments } from "../../shared/use-cases/sight.ts";
import { similarRequests } from "../../shared/use-cases/similar-requests.ts";
import { benefits } from "../lib/deps/benefits.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("getRequest", async ({ principal, path }) => {
  const found = await seenWithDocuments({ requests, policy }, principal, path.requestId);
  if (!found.ok) return found;
  const { request, documents } = found.value;
  const reviews = may(principal, "reviews:read");
  const mayRead = (notice: Notice) => maySeeNotice(principal, request, notice);
  if (!reviews) return ok(requestReply(request, { documents, reviews, mayRead }));
  const [standing, similar] = await Promise.all([
    benefitsOf({ benefits, policy }, request),
    similarRequests({ requests }, request),
  ]);
  return ok(requestReply(request, { documents, reviews, mayRead, benefits: standing, similar }));
});
