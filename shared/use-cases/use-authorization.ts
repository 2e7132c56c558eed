import { type AuthorizationUse, type Claim, givenBack, requestIdOf, taken, unitsLeft } from "../domain/authorization.ts";
import { isRequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { Authorizations, Clock, Requests } from "../ports.ts";
import { afterJitter, attempts } from "./change.ts";

export type UseDeps = {
  readonly requests: Pick<Requests, "find">;
  readonly authorizations: Authorizations;
  readonly clock: Clock;
};

export type Counted = { readonly claim: Claim; readonly lineNumber: number; readonly unitsLeft: number | null };

/** Counts a claim's units, once however often it is said, and never beyond what was granted. */
export async function useAuthorization(deps: UseDeps, number: string, claim: Claim): Promise<Result<Counted>> {
  const changed = await changeUse(deps, number, (request, use) => taken(request, use, claim, deps.clock.now()));
  if (!changed.ok) return changed;
  const { request, use } = changed.value;
  const lineNumber = use.usages.find(({ claimLineId }) => claimLineId === claim.claimLineId)?.lineNumber ?? 0;
  return ok({ claim, lineNumber, unitsLeft: unitsLeft(request, use, lineNumber) });
}

/** Takes a claim line back; one that was never counted is no fault. */
export async function releaseUsage(deps: UseDeps, number: string, claimLineId: string): Promise<Result<void>> {
  const changed = await changeUse(deps, number, (_request, use) => ok(givenBack(use, claimLineId)));
  return changed.ok ? ok(undefined) : changed;
}

async function changeUse(
  { requests, authorizations }: UseDeps,
  number: string,
  decide: (request: Request, use: AuthorizationUse) => Result<AuthorizationUse>,
): Promise<Result<{ request: Request; use: AuthorizationUse }>> {
  const id = requestIdOf(number);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const request = isRequestId(id) ? await requests.find(id) : undefined;
    if (!request?.authorization) return refuse("authorization-not-found", "There is no such authorization.");
    const use = await authorizations.useOf(request.id);
    const decided = decide(request, use);
    if (!decided.ok) return decided;
    if (decided.value === use || (await authorizations.save(decided.value))) return ok({ request, use: decided.value });
    await afterJitter(attempt);
  }
  return refuse("busy-try-again", "Too many claims on this authorization at once: try again in a moment.");
}
