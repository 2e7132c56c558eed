import { ok } from "../../shared/domain/result.ts";
import { determineRequest } from "../../shared/use-cases/determine-request.ts";
import { benefitDeps } from "../lib/deps/benefits.ts";
import { policies } from "../lib/deps/policies.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("determineRequest", async ({ principal, path, body, ifMatch }) => {
  const subject = { requestId: path.requestId, expectedVersion: ifMatch };
  const determined = await determineRequest({ ...benefitDeps, policies }, principal, subject, body.lines);
  return determined.ok ? ok(requestReply(determined.value, { reviews: true })) : determined;
});
