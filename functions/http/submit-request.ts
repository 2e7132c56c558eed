import { toSubmission } from "../../shared/api/parse.ts";
import { ok } from "../../shared/domain/result.ts";
import { submitRequest } from "../../shared/use-cases/submit-request.ts";
import { clock } from "../lib/deps/clock.ts";
import { directory } from "../lib/deps/directory.ts";
import { duplicates } from "../lib/deps/duplicates.ts";
import { ids } from "../lib/deps/ids.ts";
import { members } from "../lib/deps/members.ts";
import { policies } from "../lib/deps/policies.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { restores } from "../lib/deps/restores.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint("submitRequest", async ({ principal, body, idempotencyKey }) => {
  const { organization, receivedAt } = body;
  const deps = { requests, duplicates, directory, members, restores, ids, clock, policies, policy };
  const submitted = await submitRequest(deps, principal, {
    idempotencyKey,
    body,
    submission: toSubmission(body),
    ...(organization ? { organization } : {}),
    ...(receivedAt ? { receivedAt } : {}),
  });
  if (!submitted.ok) return submitted;
  const { request, outcome } = submitted.value;
  const reply = requestReply(request);
  const headers = {
    ...reply.headers,
    location: `/v1/requests/${request.id}`,
    ...(outcome === "replayed" ? { "idempotent-replayed": "true" } : {}),
  };
  return outcome === "duplicate"
    ? ok({ status: 200, body: { ...reply.body, duplicate: true }, headers })
    : ok({ ...reply, headers });
});
