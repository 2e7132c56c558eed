import type { Policy } from "../../policy/policy.ts";
import {
  type Appeal,
  type AppealDecision,
  adverseLines,
  appealOf,
  appealOfReduction,
  appealRowOf,
  decisionToldAt,
  isWithinWindow,
} from "../appeal.ts";
import { askedGrant } from "../asked-grant.ts";
import { addDays, addHours, dayOf, type Instant } from "../calendar.ts";
import { adverseDecision, approval, type Decision, type Grant, type Grounds, isLess, nothingGranted } from "../decision.ts";
import { type Reduction, reductionRowOf } from "../reduction.ts";
import type { Line, Request } from "../request.ts";
import type { Fault, Refusal } from "../result.ts";
import { transition } from "../transition.ts";
import { type AdverseReason, type AppealOutcome, openStatuses, type RequestStatus } from "../vocabulary.ts";
import { clinicianOn, type Reviewer } from "./determine.ts";

export type Filing = {
  readonly reason: string;
  readonly expedited: boolean;
  /** Without them: every adverse decision that can be appealed. */
  readonly lines?: readonly number[];
  /** Instead of decisions: the reduction that it is against, all of it. */
  readonly reductionId?: string;
};

/** Statuses in which a line may have been decided against what was asked, or reduced. */
const appealable = [...openStatuses, "approved", "partially-approved", "denied"] as const satisfies readonly RequestStatus[];

/**
 * The provider appeals adverse decisions within the law's window (42 CFR 438.402(c)(2), 422.582(b), 45 CFR 147.136). What was
 * decided stands until the appeal is; services that were to be reduced go on until then (42 CFR 438.420).
 */
export const fileAppeal = transition<Filing>({
  name: "file an appeal",
  from: appealable,
  to: {},
  emits: ["appeal.filed"],
  already: (request, { reason, expedited, lines, reductionId = null }, { actor }) =>
    request.appeals.some(
      (appeal) =>
        appeal.decision === null &&
        appeal.filedBy === actor.id &&
        appeal.reason === reason &&
        appeal.expedited === expedited &&
        appeal.reductionId === reductionId &&
        (lines === undefined || sameNumbers(lines, appeal.lines)),
    ),
  refuses: (request, { lines, reductionId }, { now, policy }) => {
    if (reductionId !== undefined) return whyNotAgainst(request, reductionId, lines, now, policy);
    const unknown = (lines ?? []).flatMap((number, index) =>
      request.lines[number - 1] ? [] : [{ pointer: `/lines/${index}`, detail: "The request has no such line." }],
    );
    if (unknown.length > 0) return faulty(unknown);
    const asked = lines?.flatMap((number) => request.lines[number - 1] ?? []) ?? adverseLines(request);
    const refused = asked.map((line) => whyNotAppealable(request, line, now, policy));
    // Without a choice of lines, what cannot be appealed is passed over as long as something can.
    if (lines === undefined && refused.some((refusal) => refusal === undefined)) return undefined;
    return refused.find((refusal) => refusal !== undefined) ?? (asked.length === 0 ? nothingAdverse(request) : undefined);
  },
  decide: (request, filing, { now, actor, policy }) => {
    const row = appealRowOf(request, policy);
    const time = filing.expedited ? row?.expedited : row?.standard;
    // Refused before: without its row no appeal has a time.
    if (!time) return request;
    const against = request.reductions.find(({ id }) => id === filing.reductionId);
    const appeal: Appeal = {
      id: `appeal-${request.appeals.length + 1}`,
      filedAt: now,
      filedBy: actor.id,
      reason: filing.reason,
      expedited: filing.expedited,
      reductionId: against?.id ?? null,
      lines: against ? against.lines.map(numberOf) : linesOf(request, filing, now, policy),
      dueAt: addHours(now, time.hours),
      rule: time.rule,
      cite: time.cite,
      decision: null,
    };
    const filed = { ...request, appeals: [...request.appeals, appeal] };
    return against && isInTime(against, now, policy) ? holding(filed, against, null) : filed;
  },
  events: (_before, _filing, after) => {
    const filed = after.appeals.at(-1);
    return filed ? [{ type: "appeal.filed" as const, appealId: filed.id, lines: filed.lines }] : [];
  },
});

const faulty = (errors: readonly Fault[]): Refusal => ({
  problem: "validation-failed",
  detail: "The body has faults; each is named under errors.",
  errors,
});

const nothingAdverse = ({ status, reductions }: Request): Refusal =>
  status === "approved"
    ? {
        problem: "not-possible-now",
        detail: `The request is approved: ${reductions.length > 0 ? "say which reduction the appeal is against." : "there is nothing to appeal."}`,
      }
    : { problem: "line-not-appealable", detail: "No line was decided against what was asked." };

/** Care goes on when the appeal is filed on or before the day on which it was to be reduced (42 CFR 438.420(a)). */
const isInTime = ({ effectiveFrom }: Reduction, filedAt: Instant, { plan }: Policy): boolean =>
  dayOf(filedAt, plan.timeZone) <= effectiveFrom;

const holding = (request: Request, { id }: Reduction, holdsFrom: string | null): Request => ({
  ...request,
  reductions: request.reductions.map((one) => (one.id === id ? { ...one, holdsFrom } : one)),
});

function whyNotAgainst(
  request: Request,
  reductionId: string,
  lines: readonly number[] | undefined,
  now: Instant,
  policy: Policy,
): Refusal | undefined {
  const reduction = request.reductions.find(({ id }) => id === reductionId);
  if (!reduction) return faulty([{ pointer: "/reductionId", detail: "The request has no such reduction." }]);
  if (lines) return faulty([{ pointer: "/lines", detail: "An appeal of a reduction is against all of it." }]);
  const before = appealOfReduction(request, reduction);
  if (before?.decision === null)
    return { problem: "appeal-open", detail: "An appeal of this reduction is open: wait for its decision." };
  if (before) return { problem: "line-not-appealable", detail: "This reduction has been decided on appeal." };
  const row = appealRowOf(request, policy);
  if (!row || !isWithinWindow(reduction.noticedAt, row, now, policy))
    return { problem: "appeal-window-over", detail: "The time for an appeal of this reduction is over." };
  return undefined;
}

const sameNumbers = (some: readonly number[], others: readonly number[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

const linesOf = (request: Request, { lines }: Filing, now: Instant, policy: Policy): readonly number[] =>
  (
    lines ??
    adverseLines(request)
      .filter((line) => whyNotAppealable(request, line, now, policy) === undefined)
      .map(({ lineNumber }) => lineNumber)
  ).toSorted((a, b) => a - b);

function whyNotAppealable(request: Request, line: Line, now: Instant, policy: Policy): Refusal | undefined {
  const { lineNumber, decision } = line;
  if (!decision || decision.outcome === "approved")
    return { problem: "line-not-appealable", detail: `Line ${lineNumber} was not decided against what was asked.` };
  const before = appealOf(request, lineNumber);
  if (before && before.decision === null)
    return { problem: "appeal-open", detail: `An appeal of line ${lineNumber} is open: wait for its decision.` };
  if (before) return { problem: "line-not-appealable", detail: `Line ${lineNumber} has been decided on appeal.` };
  const row = appealRowOf(request, policy);
  if (!row || !isWithinWindow(decisionToldAt(request, lineNumber, decision), row, now, policy))
    return { problem: "appeal-window-over", detail: `The time for an appeal of line ${lineNumber} is over.` };
  return undefined;
}

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
  /** Required for whatever is upheld. */
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
  already: (request, { appealId, outcome, lines, reviewer }) => {
    const decision = request.appeals.find(({ id }) => id === appealId)?.decision;
    return (
      decision?.decidedBy.subject === reviewer.subject &&
      decision.outcome === outcome &&
      (lines === undefined || sameNumbers(lines.map(numberOf), decision.replaced.map(numberOf)))
    );
  },
  refuses: (request, judgment, { policy }) => {
    const appeal = request.appeals.find(({ id }) => id === judgment.appealId);
    if (!appeal) return { problem: "appeal-not-found", detail: "The request has no such appeal." };
    if (appeal.decision) return { problem: "not-possible-now", detail: "The appeal is decided already." };
    const faults = faultsOf(request, appeal, judgment);
    if (faults.length > 0) return faulty(faults);
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

type Overturned = NonNullable<AppealJudgment["lines"]>[number];

const numberOf = ({ lineNumber }: { readonly lineNumber: number }): number => lineNumber;

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

function faultsOf(request: Request, appeal: Appeal, judgment: AppealJudgment): readonly Fault[] {
  const { outcome, lines, reason, criterion } = judgment;
  const faults: Fault[] = [];
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
  const less = overturned.filter((said) => isLess(request.submission, said.lineNumber, said));
  const all = appeal.lines.every((number) => overturned.some((said) => said.lineNumber === number));
  lines?.forEach((said, index) => {
    const asked = request.submission.lines[said.lineNumber - 1];
    if (!appeal.lines.includes(said.lineNumber))
      faults.push({ pointer: `/lines/${index}/lineNumber`, detail: "The appeal is not about this line." });
    if (said.quantity !== undefined && asked?.quantity !== undefined && said.quantity > asked.quantity)
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
  { reason, criterion, reviewer }: AppealJudgment,
  now: Instant,
  policy: Policy,
): Decision | undefined {
  const asked = askedGrant(request, line.lineNumber, now, policy);
  const before = line.decision ?? nothingGranted;
  const grant: Grant = {
    quantity: said.quantity ?? asked.quantity,
    unit: asked.unit,
    // What was granted beyond what was asked for stays granted.
    from: said.from ?? [asked.from, before.from].reduce(first),
    to: said.to ?? [asked.to, before.to].reduce(last),
  };
  const grounds = line.decision?.grounds ?? null;
  const clinician = clinicianOn(line, reviewer, policy);
  if (!clinician) return undefined;
  if (!isLess(request.submission, line.lineNumber, said)) {
    const { name, credential, subject } = reviewer;
    const basis = { grounds: grounds && allMet(grounds), criterion: null, decidedAt: now };
    return approval(grant, { ...basis, decidedBy: { name, credential, subject } });
  }
  if (!reason) return undefined;
  const basis = { grounds, criterion: criterion ?? null, decidedAt: now };
  return adverseDecision("approved-less", grant, { ...basis, reason, clinician, subject: reviewer.subject });
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
