import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { continued, continueStay as continueIt } from "../domain/transitions/continue-stay.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { type PlanDataDeps, planDataOn } from "./plan-data.ts";
import { own } from "./sight.ts";

export type MoreDaysCommand = {
  readonly requestId: string;
  readonly days: number;
  readonly from: string;
  readonly expectedVersion: number | undefined;
};

/** Asks for more days of an authorized stay. Network and eligibility are looked up for the new days. */
export function continueStay(
  deps: ChangeDeps & PlanDataDeps,
  principal: Principal,
  { requestId, days, from, expectedVersion }: MoreDaysCommand,
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    async (request, context) => {
      const submission = continued(request, { days, from });
      const { network, membership } = await planDataOn(deps, submission, request.receivedAt, context);
      return apply(continueIt, request, { days, from, network, membership }, context, expectedVersion);
    },
  );
}
