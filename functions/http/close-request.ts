import { ok } from "../../shared/domain/result.ts";
import { closeRequest } from "../../shared/use-cases/close-request.ts";
import { decidedRequests } from "../lib/deps/benefits.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("closeRequest", async ({ principal, path, body, ifMatch }) => {
  const { reason, duplicateOf = null } = body;
  const command = { requestId: path.requestId, reason, duplicateOf, expectedVersion: ifMatch };
  const closed = await closeRequest({ requests: decidedRequests, clock, policies }, principal, command);
  return closed.ok ? ok(requestReply(closed.value, { reviews: true })) : closed;
});
