import type { Policy } from "../policy/policy.ts";
import { type ClockCandidate, type ClockFacts, clockCandidates } from "./clock.ts";
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

type Clocked = Pick<
  Request,
  "submission" | "lines" | "network" | "receivedAt" | "completeAt" | "priority" | "expedites" | "extension" | "questions"
>;

/** The rows of the law that apply, for the lines that need a decision; empty when none does. */
export function clockOf(request: Clocked, policy: Policy): readonly ClockCandidate[] {
  const facts = clockFactsOf(request);
  return facts.categories.length === 0 ? [] : clockCandidates(facts, policy);
}

/** What the law's rows look at. */
export function clockFactsOf({ submission, lines, network, ...request }: Clocked): ClockFacts {
  return {
    lineOfBusiness: submission.lineOfBusiness,
    state: submission.state,
    priority: request.priority,
    receivedAt: request.receivedAt,
    expeditedAt: request.expedites.find(({ granted }) => granted)?.at ?? null,
    completeAt: request.completeAt,
    extended: request.extension !== null,
    questions: request.questions,
    categories: lines.filter((line) => line.requirement !== "not-required").map((line) => line.category),
    postStabilizationOutOfNetwork:
      submission.postStabilization && !(network.servicingFacility ?? network.servicingProvider ?? true),
  };
}
