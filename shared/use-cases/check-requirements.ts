import { evaluatedLines } from "../domain/evaluate.ts";
import { missingFrom } from "../domain/missing.ts";
import { type Line, statusOf } from "../domain/request.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import type { Inquiry } from "../domain/submission.ts";
import type { MissingItem, RequestStatus } from "../domain/vocabulary.ts";
import type { Policy } from "../policy/policy.ts";
import type { Clock, Directory, Policies } from "../ports.ts";
import { networkOf, npisOf } from "./network.ts";

export type Checked = {
  readonly inquiry: Inquiry;
  readonly lines: readonly Line[];
  readonly missing: readonly MissingItem[];
  readonly status: RequestStatus;
  readonly policy: Policy;
};

/**
 * What would become of a submission, line by line, by the rules and the directory of now. Nothing is stored, and nothing is promised:
 * a member's name is not asked for, and the programs that only the plan knows of are not known.
 */
export async function checkRequirements(
  deps: { readonly directory: Directory; readonly policies: Pick<Policies, "at">; readonly clock: Clock },
  inquiry: Inquiry,
): Promise<Checked> {
  const receivedAt = deps.clock.now();
  // Asked for together: they travel as one call.
  const [directory, policy] = await Promise.all([deps.directory.lookUp(npisOf(inquiry)), deps.policies.at(receivedAt)]);
  const network = networkOf(inquiry, directory, serviceDaysOf(inquiry, receivedAt, policy.plan.timeZone));
  const lines = evaluatedLines(inquiry, { network, receivedAt }, policy);
  const missing = missingFrom({ submission: inquiry, lines, network, receivedAt, documents: [] }, policy).filter(
    (item) => item !== "member-name",
  );
  const status = statusOf({ lines, missing, informationRequest: null, withdrawal: null });
  return { inquiry, lines, missing, status, policy };
}
