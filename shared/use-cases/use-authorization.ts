import { type AuthorizationUse, type Claim, givenBack, requestIdOf, taken, unitsLeft } from "../domain/authorization.ts";
import { isRequestId } from "../domain/identifiers.ts";
import { decisionOn } from "../domain/reduction.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import { supersessionOf } from "../domain/supersession.ts";
import { apply } from "../domain/transition.ts";
import { remindOfUnits } from "../domain/transitions/remind.ts";
import { afterJitter, attempts, type ChangeDeps, change } from "./change.ts";
import { agree, type BenefitDeps, reserveForClaims } from "./keep-benefits.ts";

export type Counted = { readonly claim: Claim; readonly lineNumber: number; readonly unitsLeft: number | null };

/**
 * Counts a claim's units, once however often it is said, and never beyond what was granted. Most of them being used is noted on the
 * request before the claim has its answer: should that fail, the claim is sent again, and notes it then.
 */
export async function useAuthorization(deps: BenefitDeps & ChangeDeps, number: string, claim: Claim): Promise<Result<Counted>> {
  const changed = await changeUse(deps, number, async (request, use) => {
    const { plan } = await deps.policies.of(request.policyVersion, request.receivedAt);
    return taken(request, use, claim, deps.clock.now(), plan.timeZone);
  });
  if (!changed.ok) return changed;
  const { request, use } = changed.value;
  const lineNumber = use.usages.find(({ claimLineId }) => claimLineId === claim.claimLineId)?.lineNumber ?? 0;
  const told = await tellMostlyUsed(deps, request, use, lineNumber, claim.serviceDate);
  return told.ok ? ok({ claim, lineNumber, unitsLeft: unitsLeft(request, use, lineNumber, claim.serviceDate) }) : told;
}

async function tellMostlyUsed(
  deps: ChangeDeps,
  request: Request,
  use: AuthorizationUse,
  lineNumber: number,
  serviceDate: string,
): Promise<Result<unknown>> {
  const granted = decisionOn(request, lineNumber, serviceDate)?.quantity ?? null;
  const left = unitsLeft(request, use, lineNumber, serviceDate);
  if (granted === null || left === null || request.reminded["units-used"] !== undefined) return ok(undefined);
  // More of it is asked for where it goes on.
  if (supersessionOf(request, lineNumber)) return ok(undefined);
  const load = async () => ok((await deps.requests.find(request.id)) ?? request);
  return change(deps, load, { type: "system", id: "claims" }, (read, context) =>
    granted - left >= granted * context.policy.plan.reminders.unitsUsedShare
      ? apply(remindOfUnits, read, {}, context)
      : ok({ request: read, events: [] }),
  );
}

/** Takes a claim line back; one that was never counted is no fault. */
export async function releaseUsage(deps: BenefitDeps, number: string, claimLineId: string): Promise<Result<void>> {
  const changed = await changeUse(deps, number, (_request, use) => ok(givenBack(use, claimLineId)));
  return changed.ok ? ok(undefined) : changed;
}

async function changeUse(
  deps: BenefitDeps,
  number: string,
  decide: (request: Request, use: AuthorizationUse) => Result<AuthorizationUse> | Promise<Result<AuthorizationUse>>,
): Promise<Result<{ request: Request; use: AuthorizationUse }>> {
  const { requests, authorizations } = deps;
  const id = requestIdOf(number);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const request = isRequestId(id) ? await requests.find(id) : undefined;
    if (!request?.authorization) return refuse("authorization-not-found", "There is no such authorization.");
    const use = await authorizations.useOf(request.id);
    const decided = await decide(request, use);
    if (!decided.ok) return decided;
    if (decided.value === use) return ok({ request, use });
    const reserved = await reserveForClaims(deps, request, decided.value);
    if (!reserved.ok) return reserved;
    if (await authorizations.save(decided.value)) {
      await agree(deps, request);
      return ok({ request, use: decided.value });
    }
    await afterJitter(attempt);
  }
  return refuse("busy-try-again", "Too many claims on this authorization at once: try again in a moment.");
}
