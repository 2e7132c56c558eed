import type { Policy } from "../../policy/policy.ts";
import { type Appeal, type AppealDecision, appealable, appealRowOf } from "../appeal.ts";
import { askedOn } from "../asked.ts";
import { askedGrant, fallsShort } from "../asked-grant.ts";
import { limitsOn } from "../benefit.ts";
import { addDays, addHours, dayOf, type Instant } from "../calendar.ts";
import { canonicalJson } from "../canonical-json.ts";
import { adverseDecision, approval, type Decision, type Grant, type Grounds, isAgainst, nothingGranted } from "../decision.ts";
import { holding, type Reduction, reductionRowOf } from "../reduction.ts";
import type { Line, Request } from "../request.ts";
import { type Fault, type Refusal, validationFailed } from "../result.ts";
import { transition } from "../transition.ts";
import type { AdverseReason, AppealOutcome } from "../vocabulary.ts";
import { clinicianOn, type Reviewer } from "./determine.ts";

/** What becomes of an appeal's lines. */
export type AppealJudgment = {
  readonly appealId: string;
  readonly outcome: AppealOutcome;
  /** What is overturned. Without them: every line of the appeal, where everything is. What is left unsaid is as asked. */
  readonly lines?: readonly {
    readonly lineNumber: number;
    readonly quantity?: number;
    readonly from?: string;
    readonly to?: string;
  }[];
  /** As found on the appeal. Required for whatever is upheld, with reason and criterion. */
  readonly grounds?: Grounds;
  readonly reason?: { readonly code: AdverseReason; readonly text: string };
  readonly criterion?: string;
  readonly reviewer: Reviewer;
};

/**
 * Somebody decides who had no part in the decision before and has the right expertise (42 CFR 438.406(b)(2), 422.590(h)). What is
 * overturned is approved from now on; the decision that it replaces is kept with the appeal.
 */
export const decideAppeal = transition<AppealJudgment>({
  name: "decide an appeal",
  from: appealable,
  to: { denied: ["approved", "partially-approved"], "partially-approved": ["approved"] },
  emits: ["appeal.decided"],
  already: (request, judgment, { policy }) => {
    const appeal = request.appeals.find(({ id }) => id === judgment.appealId);
    return appeal?.decision?.decidedBy.subject === judgment.reviewer.subject && saysTheSame(request, appeal, judgment, policy);
  },
  refuses: (request, judgment, { now, policy }) => {
    const appeal = request.appeals.find(({ id }) => id === judgment.appealId);
    if (!appeal) return { problem: "appeal-not-found", detail: "The request has no such appeal." };
    if (appeal.decision) return { problem: "not-possible-now", detail: "The appeal is decided already." };
    const faults = faultsOf(request, appeal, judgment, now, policy);
    if (faults.length > 0) return validationFailed(faults);
    return appeal.lines
      .map((lineNumber) => refusalOf(request, appeal, request.lines[lineNumber - 1], judgment.reviewer, policy))
      .find((refusal) => refusal !== undefined);
  },
  decide: (request, judgment, { now, policy }) => {
    const appeal = request.appeals.find(({ id }) => id === judgment.appealId);
    if (!appeal) return request;
    const decided = overturnedIn(appeal, judgment).flatMap((said) => {
      const line = request.lines[said.lineNumber - 1];
      const decision = line && newDecision(request, line, said, judgment, now, policy);
      return line?.decision && decision ? [{ lineNumber: said.lineNumber, before: line.decision, decision }] : [];
    });
    const against = request.reductions.find(({ id }) => id === appeal.reductionId);
    const isOverturned = decided.length > 0 || (against !== undefined && judgment.outcome === "overturned");
    const effect = isOverturned ? appealRowOf(request, policy)?.effective : undefined;
    const { name, credential, subject } = judgment.reviewer;
    const decision: AppealDecision = {
      outcome: judgment.outcome,
      decidedAt: now,
      decidedBy: { name, credential: credential ?? "", subject },
      grounds: judgment.grounds ?? null,
      reason: judgment.reason ?? null,
      criterion: judgment.criterion ?? null,
      replaced: decided.map(({ lineNumber, before }) => ({ lineNumber, decision: before })),
      effectiveAt: isOverturned ? now : null,
      effectiveBy: effect ? addHours(now, effect.hours) : null,
      effectiveCite: effect?.cite ?? null,
    };
    const judged: Request = {
      ...request,
      lines: request.lines.map((line) => {
        const found = decided.find(({ lineNumber }) => lineNumber === line.lineNumber);
        return found ? { ...line, decision: found.decision } : line;
      }),
      appeals: request.appeals.map((one) => (one.id === appeal.id ? { ...one, decision } : one)),
      assignment: null,
    };
    return against ? holding(judged, against, heldAfter(against, judgment.outcome, now, request, policy)) : judged;
  },
  events: (_before, { appealId, outcome }, after) => {
    const appeal = after.appeals.find(({ id }) => id === appealId);
    const replaced = appeal?.decision?.replaced.map(numberOf) ?? [];
    const isWhole = outcome === "upheld" || appeal?.reductionId !== null;
    return [{ type: "appeal.decided", appealId, outcome, lines: isWhole ? (appeal?.lines ?? []) : replaced }];
  },
});

/** A repeat says the same in every word: an appeal is decided once. */
function saysTheSame(request: Request, appeal: Appeal, judgment: AppealJudgment, policy: Policy): boolean {
  const { decision } = appeal;
  if (decision === null) return false;
  const { outcome, grounds, reason, criterion, decidedAt, replaced } = decision;
  const granted = replaced.map(({ lineNumber }) => ({ lineNumber, ...grantIn(request.lines[lineNumber - 1]?.decision) }));
  const said = overturnedIn(appeal, judgment).map((line) => {
    const before = replaced.find(({ lineNumber }) => lineNumber === line.lineNumber)?.decision;
    return { lineNumber: line.lineNumber, ...grantOf(request, line, before, decidedAt, policy) };
  });
  return (
    canonicalJson({ outcome, grounds, reason, criterion, lines: granted.toSorted(byNumber) }) ===
    canonicalJson({
      outcome: judgment.outcome,
      grounds: judgment.grounds ?? null,
      reason: judgment.reason ?? null,
      criterion: judgment.criterion ?? null,
      lines: said.toSorted(byNumber),
    })
  );
}

const grantIn = (decision: Decision | null | undefined): Grant => {
  const { quantity, unit, from, to } = decision ?? nothingGranted;
  return { quantity, unit, from, to };
};

type Numbered = { readonly lineNumber: number };
const byNumber = (one: Numbered, other: Numbered): number => one.lineNumber - other.lineNumber;

type Overturned = NonNullable<AppealJudgment["lines"]>[number];

const numberOf = ({ lineNumber }: Numbered): number => lineNumber;

/** From when a reduction holds after its appeal. What went on during the appeal goes on until the State can be asked (42 CFR 438.420(c)(2)). */
function heldAfter(
  { effectiveFrom, holdsFrom }: Reduction,
  outcome: AppealOutcome,
  now: Instant,
  request: Request,
  policy: Policy,
): string | null {
  if (outcome === "overturned") return null;
  if (holdsFrom !== null) return holdsFrom;
  const days = reductionRowOf(request, policy)?.continuation.daysAfterAppeal ?? 0;
  const first = addDays(dayOf(now, policy.plan.timeZone), days + 1);
  return first > effectiveFrom ? first : effectiveFrom;
}

/** Of an appeal of decisions; what a reduction would have taken was never taken back from its decision. */
const overturnedIn = (appeal: Appeal, { outcome, lines }: AppealJudgment): readonly Overturned[] =>
  appeal.reductionId !== null
    ? []
    : (lines ?? (outcome === "overturned" ? appeal.lines.map((lineNumber) => ({ lineNumber })) : []));

function refusalOf(
  request: Request,
  { reductionId }: Appeal,
  line: Line | undefined,
  reviewer: Reviewer,
  policy: Policy,
): Refusal | undefined {
  if (!line || !clinicianOn(line, reviewer, policy))
    return { problem: "clinician-required", detail: "Deciding an appeal takes a clinician who may deny this service." };
  const appealed = request.reductions.find(({ id }) => id === reductionId) ?? line.decision;
  return appealed?.decidedBy.subject === reviewer.subject
    ? { problem: "another-clinician-required", detail: "You made the decision that is appealed: another clinician decides." }
    : undefined;
}

function faultsOf(request: Request, appeal: Appeal, judgment: AppealJudgment, now: Instant, policy: Policy): readonly Fault[] {
  const { outcome, lines, grounds, reason, criterion } = judgment;
  const faults: Fault[] = [];
  if (outcome !== "overturned" && !grounds)
    faults.push({ pointer: "/grounds", detail: "Required with whatever is upheld: what is found on each of the three grounds." });
  if (grounds && outcome !== "overturned" && !isAgainst(grounds))
    faults.push({ pointer: "/grounds", detail: "An adverse decision names the ground that is not met." });
  if (grounds && outcome === "overturned" && isAgainst(grounds))
    faults.push({ pointer: "/grounds", detail: "An approval leaves no ground unmet." });
  if (outcome !== "overturned" && !reason)
    faults.push({ pointer: "/reason", detail: "Required with whatever is upheld: a specific reason, by code and in words." });
  if (outcome !== "overturned" && !criterion)
    faults.push({ pointer: "/criterion", detail: "Required with whatever is upheld: the criterion that it rests on." });
  if (appeal.reductionId !== null) {
    if (lines) faults.push({ pointer: "/lines", detail: "A reduction is upheld or overturned as a whole." });
    if (outcome === "partly-overturned")
      faults.push({ pointer: "/outcome", detail: "A reduction is upheld or overturned as a whole." });
    return faults;
  }
  const overturned = overturnedIn(appeal, judgment);
  const less = overturned.filter((said) => fallsShort(request, said.lineNumber, said, now, policy));
  const all = appeal.lines.every((number) => overturned.some((said) => said.lineNumber === number));
  for (const { lineNumber, quantity } of overturned) {
    const counted = quantity ?? askedOn(request.submission, lineNumber).quantity;
    if (counted === undefined && limitsOn(request, lineNumber, policy).length > 0)
      faults.push({ pointer: "/lines", detail: `A benefit with a limit counts the units of line ${lineNumber}: say how many.` });
  }
  lines?.forEach((said, index) => {
    const asked = askedOn(request.submission, said.lineNumber);
    if (!appeal.lines.includes(said.lineNumber))
      faults.push({ pointer: `/lines/${index}/lineNumber`, detail: "The appeal is not about this line." });
    if (said.quantity !== undefined && asked.quantity !== undefined && said.quantity > asked.quantity)
      faults.push({ pointer: `/lines/${index}/quantity`, detail: "Must not be more than was asked for." });
    const { quantity, from, to } = request.lines[said.lineNumber - 1]?.decision ?? nothingGranted;
    if (said.quantity !== undefined && said.quantity < (quantity ?? 0))
      faults.push({ pointer: `/lines/${index}/quantity`, detail: "Must not be less than was granted before." });
    if (said.from !== undefined && from !== null && said.from > from)
      faults.push({ pointer: `/lines/${index}/from`, detail: "Must not be later than was granted before." });
    if (said.to !== undefined && to !== null && said.to < to)
      faults.push({ pointer: `/lines/${index}/to`, detail: "Must not be earlier than was granted before." });
    if (said.from !== undefined && said.to !== undefined && said.to < said.from)
      faults.push({ pointer: `/lines/${index}/to`, detail: "Must not be before from." });
  });
  if (outcome === "upheld" && lines !== undefined)
    faults.push({ pointer: "/lines", detail: "Names what is overturned: nothing, when everything is upheld." });
  if (outcome === "overturned" && (!all || less.length > 0))
    faults.push({ pointer: "/lines", detail: "Overturned is every line of the appeal as asked; else it is partly-overturned." });
  if (outcome === "partly-overturned" && lines === undefined)
    faults.push({ pointer: "/lines", detail: "Required: the lines that are overturned." });
  if (outcome === "partly-overturned" && lines !== undefined && all && less.length === 0)
    faults.push({ pointer: "/outcome", detail: "Every line is approved as asked: it is overturned." });
  return faults;
}

type Day = Grant["from"];
const first = (one: Day, other: Day): Day => (one === null || (other !== null && other < one) ? other : one);
const last = (one: Day, other: Day): Day => (one === null || (other !== null && other > one) ? other : one);

/** As asked; or more than before, but less than that. */
function newDecision(
  request: Request,
  line: Line,
  said: Overturned,
  { outcome, grounds: found, reason, criterion, reviewer }: AppealJudgment,
  now: Instant,
  policy: Policy,
): Decision | undefined {
  const grant = grantOf(request, said, line.decision, now, policy);
  const clinician = clinicianOn(line, reviewer, policy);
  if (!clinician) return undefined;
  if (!fallsShort(request, line.lineNumber, said, now, policy)) {
    const { name, credential, subject } = reviewer;
    // What is found with an appeal that is overturned in part is found of the rest.
    const before = line.decision?.grounds ?? null;
    const grounds = outcome === "overturned" && found ? found : before && allMet(before);
    const basis = { grounds, criterion: null, decidedAt: now };
    return approval(grant, { ...basis, decidedBy: { name, credential, subject } });
  }
  if (!reason || !found) return undefined;
  const basis = { grounds: found, criterion: criterion ?? null, decidedAt: now };
  return adverseDecision("approved-less", grant, { ...basis, reason, clinician, subject: reviewer.subject });
}

function grantOf(request: Request, said: Overturned, before: Decision | null | undefined, now: Instant, policy: Policy): Grant {
  const asked = askedGrant(request, said.lineNumber, now, policy);
  const granted = before ?? nothingGranted;
  return {
    quantity: said.quantity ?? asked.quantity,
    unit: asked.unit ?? (said.quantity === undefined ? null : granted.unit),
    // What was granted beyond what was asked for stays granted.
    from: said.from ?? [asked.from, granted.from].reduce(first),
    to: said.to ?? [asked.to, granted.to].reduce(last),
  };
}

/** Overturned: what had not been found met is. */
const allMet = (grounds: Grounds): Grounds => {
  const found = (ground: keyof Grounds) => (grounds[ground] === "not-met" ? "met" : grounds[ground]);
  return {
    medicalNecessity: found("medicalNecessity"),
    medicalAppropriateness: found("medicalAppropriateness"),
    benefitLimits: found("benefitLimits"),
  };
};
