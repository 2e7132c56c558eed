import { dayOf, type Instant } from "../calendar.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Question } from "../clock.ts";
import { clockOf, evaluatedLines } from "../evaluate.ts";
import type { Membership, Network, Request } from "../request.ts";
import { type Fault, validationFailed } from "../result.ts";
import { againstDecided } from "../settled-facts.ts";
import { type Supplement, supplemented } from "../submission.ts";
import { transition } from "../transition.ts";
import { openStatuses } from "../vocabulary.ts";
import { referralFor } from "./submit.ts";

export type Information = {
  readonly supplement: Supplement;
  readonly answers: readonly { readonly code: string; readonly text: string }[];
  /** Network status of the providers named after the supplement. */
  readonly network: Network;
  /** Of the member on the days named after the supplement. */
  readonly membership: Membership;
  readonly servicingOrganization: string | null;
};

/**
 * The provider fills gaps or answers what was asked. Lines are judged again by what is known now, except those at the vendor or
 * decided, and what decided lines rest on stays; the clock keeps the receipt (42 CFR 438.210(d): asking for information does not stop
 * it).
 */
export const inform = transition<Information>({
  name: "add information",
  from: openStatuses,
  // Decided, when what is left turns out to need no decision. The vendor's lines stay with it, and so do the medical director's.
  to: {
    "awaiting-information": [
      "in-review",
      "medical-director-review",
      "referred-to-vendor",
      "approved",
      "partially-approved",
      "denied",
      "not-required",
    ],
    "in-review": ["awaiting-information", "referred-to-vendor", "approved", "partially-approved", "denied", "not-required"],
    "medical-director-review": ["awaiting-information"],
    "referred-to-vendor": ["awaiting-information", "in-review"],
  },
  emits: ["information.received"],
  already: (request, { supplement, answers }) => {
    const recorded = answersToOpenQuestion(request);
    return (
      unknownLines(request, supplement).length === 0 &&
      answers.every(({ code, text }) => recorded.some((one) => one.code === code && one.text === text)) &&
      canonicalJson(supplemented(request.submission, supplement)) === canonicalJson(request.submission)
    );
  },
  refuses: (request, { supplement }, { policy }) => {
    const unknown = unknownLines(request, supplement);
    const errors =
      unknown.length > 0
        ? unknown
        : [...againstDecided(request, supplement), ...contradictions(request, supplement, policy.plan.timeZone)];
    return errors.length > 0 ? validationFailed(errors) : undefined;
  },
  decide: (request, { supplement, answers, network, membership, servicingOrganization }, { now, policy }) => {
    const submission = supplemented(request.submission, supplement);
    // Known to the vendor: what it was asked stays with it, what it gave back or was never asked does not go to it any more.
    const referred = request.referral !== null && (request.referral.releasedAt !== null || request.referral.caseId !== null);
    const known = { network, membership, receivedAt: request.receivedAt };
    const lines = evaluatedLines(submission, known, policy, request.lines).map((line, index) => {
      const before = request.lines[index];
      return referred && before && (before.route === "vendor" || line.route === "vendor") ? before : line;
    });
    const answered = answersQuestion(request, supplement, answers);
    const questions = answered ? answeredQuestions(request.questions, now) : request.questions;
    const clock = clockOf({ ...request, submission, lines, network, questions }, policy);
    const resumed: Request["referral"] =
      answered && request.referral?.status === "information-requested"
        ? { ...request.referral, status: request.referral.caseId ? "acknowledged" : "sent" }
        : request.referral;
    return {
      ...request,
      submission,
      network,
      membership,
      servicingOrganization,
      policyVersion: policy.version,
      lines,
      questions,
      clock,
      answers: [...request.answers, ...answers.map((answer) => ({ ...answer, at: now }))],
      informationRequest: answered ? null : request.informationRequest,
      referral: referred ? resumed : referralFor(lines, request.receivedAt, clock[0]?.dueAt, policy),
    };
  },
  events: (_before, { supplement, answers }) => [
    { type: "information.received", fields: [...Object.keys(supplement), ...(answers.length > 0 ? ["answers"] : [])].sort() },
  ],
});

const unknownLines = (request: Request, { lines = [] }: Supplement): readonly Fault[] =>
  lines.flatMap((line, index) =>
    request.lines[line.lineNumber - 1] ? [] : [{ pointer: `/lines/${index}/lineNumber`, detail: "The request has no such line." }],
  );

/** What is well-formed by itself may contradict what was submitted before. */
function contradictions({ submission, receivedAt }: Request, supplement: Supplement, timeZone: string): readonly Fault[] {
  const { lines, diagnoses } = supplemented(submission, supplement);
  const birthDate = supplement.member?.birthDate;
  const faults: Fault[] = [];
  if (birthDate !== undefined && birthDate >= receivedAt.slice(0, 10) && birthDate > dayOf(receivedAt, timeZone))
    faults.push({ pointer: "/member/birthDate", detail: "Must not be after the day of receipt." });
  supplement.lines?.forEach(({ lineNumber }, index) => {
    const line = lines[lineNumber - 1];
    if (line?.serviceDate && line.endDate && line.endDate < line.serviceDate)
      faults.push({ pointer: `/lines/${index}/endDate`, detail: "Must not be before serviceDate." });
  });
  if (lines.some((line) => line.diagnosisPointers?.some((pointer) => pointer > diagnoses.length)))
    faults.push({ pointer: supplement.diagnoses ? "/diagnoses" : "/lines", detail: "A line points to no diagnosis." });
  return faults;
}

/** What was answered before the open question was asked does not answer it. */
const answersToOpenQuestion = ({ answers, informationRequest }: Request) =>
  answers.filter((answer) => informationRequest === null || answer.at >= informationRequest.at);

/** The open question of the plan, if there is one, is the last. */
const answeredQuestions = (questions: readonly Question[], now: Instant): readonly Question[] =>
  questions.map((question) => (question.answeredAt === null ? { ...question, answeredAt: now } : question));

/** The plan's items are answered by their codes, all of them. To the vendor anything new is an answer: it asks again if it must. */
function answersQuestion(request: Request, supplement: Supplement, answers: Information["answers"]): boolean {
  const asked = request.informationRequest;
  if (!asked || asked.items.length === 0 || asked.askedBy === "vendor")
    return answers.length > 0 || Object.keys(supplement).length > 0;
  const given = new Set([...answersToOpenQuestion(request), ...answers].map((answer) => answer.code));
  return asked.items.every((item) => given.has(item.code));
}
