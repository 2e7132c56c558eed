import { ok } from "../../shared/domain/result.ts";
import { checkAuthorization } from "../../shared/use-cases/check-authorization.ts";
import { authorizations } from "../lib/deps/authorizations.ts";
import { clock } from "../lib/deps/clock.ts";
import { directory } from "../lib/deps/directory.ts";
import { members } from "../lib/deps/members.ts";
import { policies } from "../lib/deps/policies.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("checkAuthorization", async ({ body }) => {
  const { memberId, modifiers = [], emergency = false, ...service } = body;
  const deps = { requests, authorizations, directory, members, policies, policy, clock };
  return ok({ body: await checkAuthorization(deps, memberId, { ...service, modifiers, emergency }) });
});
