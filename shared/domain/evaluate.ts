import type { Policy } from "../policy/policy.ts";
import { addDays, dayOf, type Instant } from "./calendar.ts";
import { type ClockCandidate, clockCandidates } from "./clock.ts";
import type { Line, Membership, Network, Request } from "./request.ts";
import { type LineFacts, requirementOf } from "./requirement.ts";
import { serviceDayOf } from "./service-days.ts";
import type { Inquiry, SubmittedLine } from "./submission.ts";

/** What the plan itself knows: its own data on who is named (no membership while it is not known for whom), and the receipt. */
export type Known = { readonly network: Network; readonly membership?: Membership; readonly receivedAt: Instant };

/** The facts that decide about one line of a submission. */
export function factsOf(
  submission: Inquiry,
  line: SubmittedLine,
  { network, membership, receivedAt }: Known,
  lineNumber: number,
  policy: Policy,
): LineFacts {
  const pointed = line.diagnosisPointers?.flatMap((pointer) => submission.diagnoses[pointer - 1] ?? []) ?? submission.diagnoses;
  return {
    lineOfBusiness: submission.lineOfBusiness,
    setting: submission.setting,
    emergency: submission.emergency,
    postStabilization: submission.postStabilization,
    participating: network.lines?.[String(lineNumber)] ?? network.servicingProvider,
    facilityParticipating: network.facilities?.[String(lineNumber)] ?? network.servicingFacility,
    programs: [...new Set([...submission.member.programs, ...(membership?.programs?.[String(lineNumber)] ?? [])])],
    clinicalTrial: submission.clinicalTrial !== undefined,
    levelOfCare: submission.admission?.levelOfCare,
    stayDays: submission.admission?.days,
    code: line.code,
    revenueCode: line.revenueCode,
    modifiers: line.modifiers,
    diagnoses: pointed.map((diagnosis) => diagnosis.code),
    investigational: line.investigational,
    elective: line.elective ?? !submission.emergency,
    serviceDate: serviceDayOf(line, submission, () => dayOfReceipt(receivedAt, policy)),
  };
}

/**
 * In the plan's time zone, where that matters: its calendar costs a start 10 ms, and is asked only when something begins or ends to
 * hold within a day of UTC's.
 */
export function dayOfReceipt(receivedAt: Instant, { turningDays, plan }: Policy): string {
  const day = receivedAt.slice(0, 10);
  return [-1, 0, 1].some((away) => turningDays.has(addDays(day, away))) ? dayOf(receivedAt, plan.timeZone) : day;
}

/** Every line settled by the plan's rules. A line that is already decided keeps its answer: a decision is not judged again. */
export function evaluatedLines(submission: Inquiry, known: Known, policy: Policy, settled: readonly Line[] = []): readonly Line[] {
  return submission.lines.map((line, index) => {
    const before = settled[index];
    if (before && (before.decision || before.escalated)) return before;
    const requirement = requirementOf(factsOf(submission, line, known, index + 1, policy), policy);
    return { lineNumber: index + 1, ...requirement, escalated: false, decision: null };
  });
}

/** The rows of the law that apply, for the lines that need a decision; empty when none does. */
export function clockOf(
  { submission, lines, network, receivedAt }: Pick<Request, "submission" | "lines" | "network" | "receivedAt">,
  policy: Policy,
): readonly ClockCandidate[] {
  const toDecide = lines.filter((line) => line.requirement !== "not-required");
  if (toDecide.length === 0) return [];
  const facilityParticipates =
    (network.servicingFacility ?? network.servicingProvider ?? true) &&
    toDecide.every((line) => network.facilities?.[String(line.lineNumber)] ?? true);
  return clockCandidates(
    {
      lineOfBusiness: submission.lineOfBusiness,
      priority: submission.priority,
      receivedAt,
      categories: toDecide.map((line) => line.category),
      postStabilizationOutOfNetwork: submission.postStabilization && !facilityParticipates,
    },
    policy,
  );
}
