import type { Policy } from "../policy/policy.ts";
import { type ClockCandidate, clockCandidates } from "./clock.ts";
import type { Line, Network, Request } from "./request.ts";
import { type LineFacts, requirementOf } from "./requirement.ts";
import type { Submission, SubmittedLine } from "./submission.ts";

/** The facts that decide about one line of a submission. */
export function factsOf(submission: Submission, line: SubmittedLine, network: Network, lineNumber: number): LineFacts {
  const pointed = line.diagnosisPointers?.flatMap((pointer) => submission.diagnoses[pointer - 1] ?? []) ?? submission.diagnoses;
  return {
    setting: submission.setting,
    emergency: submission.emergency,
    postStabilization: submission.postStabilization,
    participating: network.lines?.[String(lineNumber)] ?? network.servicingProvider,
    facilityParticipating: network.servicingFacility,
    programs: submission.member.programs,
    clinicalTrial: submission.clinicalTrial !== undefined,
    levelOfCare: submission.admission?.levelOfCare,
    code: line.code,
    revenueCode: line.revenueCode,
    modifiers: line.modifiers,
    diagnoses: pointed.map((diagnosis) => diagnosis.code),
    investigational: line.investigational,
    elective: line.elective ?? !submission.emergency,
  };
}

/** Every line settled by the plan's rules. A line that is already decided keeps its answer: a decision is not judged again. */
export function evaluatedLines(
  submission: Submission,
  network: Network,
  policy: Policy,
  settled: readonly Line[] = [],
): readonly Line[] {
  return submission.lines.map((line, index) => {
    const before = settled[index];
    if (before && (before.decision || before.escalated)) return before;
    const requirement = requirementOf(factsOf(submission, line, network, index + 1), policy);
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
  const facilityParticipates = network.servicingFacility ?? network.servicingProvider ?? true;
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
