import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { type Result, refused } from "../domain/result.ts";
import { apply, withStatus } from "../domain/transition.ts";
import { type AppealJudgment, decideAppeal as decided } from "../domain/transitions/decide-appeal.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { type BenefitDeps, keepingBenefits, reserve } from "./keep-benefits.ts";
import { lessThanRevised } from "./less-than-revised.ts";
import { forReview, reviewerOf } from "./review.ts";

/**
 * Another clinician decides an appeal; what is approved takes its units of a limited benefit first. Refuses `request-not-found`,
 * `benefit-exhausted`, `reduction-not-possible` for less than what a revision revises has left, and whatever the transition itself refuses.
 *
 * @param expectedVersion the version that the reviewer has seen
 */
export function decideAppeal(
  deps: ChangeDeps & BenefitDeps,
  principal: Principal,
  { requestId, expectedVersion }: { requestId: string; expectedVersion: number | undefined },
  judgment: Omit<AppealJudgment, "reviewer">,
): Promise<Result<Request>> {
  const requests = keepingBenefits(deps.requests, deps);
  const command = { ...judgment, reviewer: reviewerOf(principal) };
  return change(
    { ...deps, requests },
    () => forReview({ requests }, requestId),
    actorOf(principal),
    async (request, context) => {
      const judged = apply(decided, request, command, context, expectedVersion);
      if (!judged.ok || judged.value.request === request) return judged;
      const less = await lessThanRevised(deps, request, judged.value.request, context);
      if (less) return refused(withStatus(less, request));
      const reserved = await reserve(deps, judged.value, request.version);
      return reserved.ok ? judged : refused(withStatus(reserved.refusal, request));
    },
  );
}
