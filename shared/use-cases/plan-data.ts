import type { Membership, Network } from "../domain/request.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import type { Submission } from "../domain/submission.ts";
import type { Context } from "../domain/transition.ts";
import type { Directory, Members } from "../ports.ts";
import { membershipOf } from "./membership.ts";
import { homeOfServicing, networkOf, npisOf } from "./network.ts";

export type PlanDataDeps = { readonly directory: Directory; readonly members: Members };

/** What is known of a changed submission from elsewhere. */
export type PlanData = {
  readonly network: Network;
  readonly membership: Membership;
  readonly servicingOrganization: string | null;
};

/** What the plan's directory and eligibility data say of a submission, on its days of service. */
export async function planDataOn(
  { directory, members }: PlanDataDeps,
  submission: Submission,
  receivedAt: string,
  { policy }: Pick<Context, "policy">,
): Promise<PlanData> {
  const [providers, member] = await Promise.all([directory.lookUp(npisOf(submission)), members.find(submission.member.id)]);
  const days = serviceDaysOf(submission, receivedAt, policy.plan.timeZone);
  return {
    network: networkOf(submission, providers, days),
    membership: membershipOf(member, days),
    servicingOrganization: homeOfServicing(submission, providers),
  };
}
