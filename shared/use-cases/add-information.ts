import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import { type Supplement, supplemented } from "../domain/submission.ts";
import { apply } from "../domain/transition.ts";
import { inform } from "../domain/transitions/inform.ts";
import type { Directory, Members } from "../ports.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { membershipOf } from "./membership.ts";
import { homeOfServicing, networkOf, npisOf } from "./network.ts";
import { own } from "./sight.ts";

export type InformationCommand = {
  readonly requestId: string;
  readonly supplement: Supplement;
  readonly answers: readonly { readonly code: string; readonly text: string }[];
  readonly expectedVersion: number | undefined;
};

/** Fills gaps and answers questions; when nothing is missing any more, the request moves on by itself. */
export function addInformation(
  deps: ChangeDeps & { readonly directory: Directory; readonly members: Members },
  principal: Principal,
  { requestId, supplement, answers, expectedVersion }: InformationCommand,
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    async (request, context) => {
      const submission = supplemented(request.submission, supplement);
      const [directory, member] = await Promise.all([
        deps.directory.lookUp(npisOf(submission)),
        deps.members.find(submission.member.id),
      ]);
      const days = serviceDaysOf(submission, request.receivedAt, context.policy.plan.timeZone);
      const information = {
        supplement,
        answers,
        network: networkOf(submission, directory, days),
        membership: membershipOf(member, days),
        servicingOrganization: homeOfServicing(submission, directory),
      };
      return apply(inform, request, information, context, expectedVersion);
    },
  );
}
