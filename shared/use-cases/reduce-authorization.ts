import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { type Reducing, reduce } from "../domain/transitions/reduce.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { type BenefitDeps, keepingBenefits } from "./keep-benefits.ts";
import { forReview, reviewerOf } from "./review.ts";

/**
 * A clinician reduces what is authorized, never below what claims have taken by now. A claim that comes meanwhile is for a day before the
 * effect, and those days are as they were authorized. Refuses `request-not-found`, and whatever the transition itself refuses.
 *
 * @param expectedVersion the version that the reviewer has seen
 */
export function reduceAuthorization(
  deps: ChangeDeps & BenefitDeps,
  principal: Principal,
  { requestId, expectedVersion }: { requestId: string; expectedVersion: number | undefined },
  said: Omit<Reducing, "reviewer" | "use">,
): Promise<Result<Request>> {
  const requests = keepingBenefits(deps.requests, deps);
  const reviewer = reviewerOf(principal);
  return change(
    { ...deps, requests },
    () => forReview({ requests }, requestId),
    actorOf(principal),
    async (request, context) => {
      const use = await deps.authorizations.useOf(request.id);
      return apply(reduce, request, { ...said, reviewer, use }, context, expectedVersion);
    },
  );
}
