import { ok } from "../../shared/domain/result.ts";
import { releaseUsage } from "../../shared/use-cases/use-authorization.ts";
import { authorizations } from "../lib/deps/authorizations.ts";
import { clock } from "../lib/deps/clock.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("releaseUsage", async ({ path }) => {
  const released = await releaseUsage({ requests, authorizations, clock }, path.number, path.claimLineId);
  return released.ok ? ok({ body: { authorizationNumber: path.number, claimLineId: path.claimLineId } }) : released;
});
