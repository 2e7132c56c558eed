import { isRequestId } from "../domain/identifiers.ts";
import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse, refused } from "../domain/result.ts";
import { apply, withStatus } from "../domain/transition.ts";
import { type DeterminedLine, determine } from "../domain/transitions/determine.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { type BenefitDeps, keepingBenefits, reserve } from "./keep-benefits.ts";
import { lessThanRevised } from "./less-than-revised.ts";
import { reviewerOf } from "./review.ts";

/**
 * A reviewer decides lines; what a benefit limits takes its units first. Refuses `request-not-found`, `benefit-exhausted`,
 * `reduction-not-possible` for less than a revision's own authorization has left, and whatever the transition itself refuses.
 *
 * @param expectedVersion the version that the reviewer has seen
 */
export function determineRequest(
  deps: ChangeDeps & BenefitDeps,
  principal: Principal,
  { requestId, expectedVersion }: { requestId: string; expectedVersion: number | undefined },
  lines: readonly DeterminedLine[],
): Promise<Result<Request>> {
  const requests = keepingBenefits(deps.requests, deps);
  const load = async () => {
    const request = isRequestId(requestId) ? await requests.find(requestId) : undefined;
    return request ? ok(request) : refuse("request-not-found", "There is no such request, or it is not yours to see.");
  };
  const command = { lines, reviewer: reviewerOf(principal) };
  return change({ ...deps, requests }, load, actorOf(principal), async (request, context) => {
    const decided = apply(determine, request, command, context, expectedVersion);
    if (!decided.ok || decided.value.request === request) return decided;
    const less = await lessThanRevised(deps, request, decided.value.request, context);
    if (less) return refused(withStatus(less, request));
    const reserved = await reserve(deps, decided.value, request.version);
    return reserved.ok ? decided : refused(withStatus(reserved.refusal, request));
  });
}
