import type { Policy } from "../policy/policy.ts";
import { addDays, dayOf, type Instant } from "./calendar.ts";
import { type ClockCandidate, type ClockFacts, clockCandidates } from "./clock.ts";
import {
  type Continuation,
  extensionOf,
  type Line,
  type Membership,
  type Network,
  type Request,
  underReviewAgain,
} from "./request.ts";
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

type Clocked = Pick<
  Request,
  | "submission"
  | "lines"
  | "network"
  | "receivedAt"
  | "completeAt"
  | "priority"
  | "expedites"
  | "extensions"
  | "questions"
  | "continuations"
>;

/** The rows of the law that apply, for the lines that need a decision; empty when none does. */
export function clockOf(request: Clocked, policy: Policy): readonly ClockCandidate[] {
  const facts = clockFactsOf(request);
  return facts.categories.length === 0 ? [] : clockCandidates(facts, policy);
}

/** What the law's rows look at. */
export function clockFactsOf(request: Clocked): ClockFacts {
  const again = underReviewAgain(request);
  return again ? factsOfContinuation(request, again) : factsOfRequest(request);
}

/**
 * More days of a stay have a clock of their own from when they were asked for, and it is the expedited one: the member lies in bed
 * while the plan decides (concurrent review).
 */
function factsOfContinuation(request: Clocked, { askedAt, lineNumber }: Continuation): ClockFacts {
  return {
    ...factsOfRequest(request),
    priority: "expedited",
    receivedAt: askedAt,
    expeditedAt: null,
    hasteGrantedAt: null,
    completeAt: request.completeAt && (request.completeAt > askedAt ? request.completeAt : askedAt),
    questions: request.questions.filter((question) => question.askedAt >= askedAt),
    categories: request.lines.filter((line) => line.lineNumber === lineNumber).map((line) => line.category),
    postStabilizationOutOfNetwork: false,
  };
}

function factsOfRequest({ submission, lines, network, ...request }: Clocked): ClockFacts {
  const toDecide = lines.filter((line) => line.requirement !== "not-required");
  const haste = request.expedites.find(({ granted }) => granted);
  const facilityParticipates =
    (network.servicingFacility ?? network.servicingProvider ?? true) &&
    toDecide.every((line) => network.facilities?.[String(line.lineNumber)] ?? true);
  return {
    lineOfBusiness: submission.lineOfBusiness,
    state: submission.state,
    priority: request.priority,
    receivedAt: request.receivedAt,
    expeditedAt: haste?.at ?? null,
    hasteGrantedAt: haste ? (haste.judgedAt ?? haste.at) : null,
    completeAt: request.completeAt,
    extendedAt: extensionOf(request)?.at ?? null,
    questions: request.questions,
    categories: toDecide.map((line) => line.category),
    postStabilizationOutOfNetwork: submission.postStabilization && !facilityParticipates,
  };
}
