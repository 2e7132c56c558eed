import { ok } from "../../shared/domain/result.ts";
import { decideAppeal } from "../../shared/use-cases/decide-appeal.ts";
import { benefitDeps } from "../lib/deps/benefits.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("decideAppeal", async ({ principal, path, body, ifMatch }) => {
  const subject = { requestId: path.requestId, expectedVersion: ifMatch };
  const judgment = { appealId: path.appealId, ...body };
  const decided = await decideAppeal({ ...benefitDeps, policies }, principal, subject, judgment);
  return decided.ok ? ok(requestReply(decided.value, { reviews: true })) : decided;
});
