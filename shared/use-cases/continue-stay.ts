import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import { apply } from "../domain/transition.ts";
import { continued, continueStay as continueIt } from "../domain/transitions/continue-stay.ts";
import type { Directory, Members } from "../ports.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { membershipOf } from "./membership.ts";
import { networkOf, npisOf } from "./network.ts";
import { own } from "./sight.ts";

export type MoreDaysCommand = {
  readonly requestId: string;
  readonly days: number;
  readonly from: string;
  readonly expectedVersion: number | undefined;
};

/** Asks for more days of an authorized stay. Network and eligibility are looked up for the new days. */
export function continueStay(
  deps: ChangeDeps & { readonly directory: Directory; readonly members: Members },
  principal: Principal,
  { requestId, days, from, expectedVersion }: MoreDaysCommand,
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    async (request, context) => {
      const submission = continued(request, { days, from });
      const [directory, member] = await Promise.all([
        deps.directory.lookUp(npisOf(submission)),
        deps.members.find(submission.member.id),
      ]);
      const served = serviceDaysOf(submission, request.receivedAt, context.policy.plan.timeZone);
      const known = { network: networkOf(submission, directory, served), membership: membershipOf(member, served) };
      return apply(continueIt, request, { days, from, ...known }, context, expectedVersion);
    },
  );
}
