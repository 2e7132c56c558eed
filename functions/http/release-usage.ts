import { ok } from "../../shared/domain/result.ts";
import { releaseUsage } from "../../shared/use-cases/use-authorization.ts";
import { benefitDeps } from "../lib/deps/benefits.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("releaseUsage", async ({ path }) => {
  const released = await releaseUsage(benefitDeps, path.number, path.claimLineId);
  return released.ok ? ok({ body: { authorizationNumber: path.number, claimLineId: path.claimLineId } }) : released;
});
