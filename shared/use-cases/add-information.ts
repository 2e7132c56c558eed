import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { type Supplement, supplemented } from "../domain/submission.ts";
import { apply } from "../domain/transition.ts";
import { inform } from "../domain/transitions/inform.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { type PlanDataDeps, planDataOn } from "./plan-data.ts";
import { own } from "./sight.ts";

export type InformationCommand = {
  readonly requestId: string;
  readonly supplement: Supplement;
  readonly answers: readonly { readonly code: string; readonly text: string }[];
  readonly expectedVersion: number | undefined;
};

/** Fills gaps and answers questions; when nothing is missing any more, the request moves on by itself. */
export function addInformation(
  deps: ChangeDeps & PlanDataDeps,
  principal: Principal,
  { requestId, supplement, answers, expectedVersion }: InformationCommand,
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    async (request, context) => {
      const submission = supplemented(request.submission, supplement);
      const known = await planDataOn(deps, submission, request.receivedAt, context);
      return apply(inform, request, { supplement, answers, ...known }, context, expectedVersion);
    },
  );
}
