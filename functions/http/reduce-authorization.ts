import { ok } from "../../shared/domain/result.ts";
import { reduceAuthorization } from "../../shared/use-cases/reduce-authorization.ts";
import { benefitDeps } from "../lib/deps/benefits.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("reduceAuthorization", async ({ principal, path, body, ifMatch }) => {
  const subject = { requestId: path.requestId, expectedVersion: ifMatch };
  const reduced = await reduceAuthorization({ ...benefitDeps, policies }, principal, subject, body);
  return reduced.ok ? ok(requestReply(reduced.value, { reviews: true })) : reduced;
});
