import type { Policy } from "../policy/policy.ts";
import { dayOf, type Instant } from "./calendar.ts";
import { type Decision, isAdverse, isDeemed } from "./decision.ts";
import { clockOf } from "./evaluate.ts";
import type { EventType } from "./events.ts";
import type { RequestId } from "./identifiers.ts";
import { type Continuation, type Expedite, type Extension, type Line, linesToDecide, type Request } from "./request.ts";
import { isRetrospective } from "./retrospective.ts";
import type { LineOfBusiness, Priority } from "./vocabulary.ts";

/**
 * What the public metrics count (42 CFR 438.210(f), 422.122(c), 45 CFR 156.223(c)): one thing that was asked for and decided. Without
 * personal data, so that it may lie apart from its request.
 */
export type DecidedAsk = {
  readonly requestId: RequestId;
  /** 1 is what was submitted; each continuation of a stay counts on. */
  readonly ask: number;
  /** The start of its clock: the receipt by the plan, or when more days were asked for. */
  readonly submittedAt: Instant;
  /** When the last of its lines was first decided. What an appeal changes later leaves it as it is. */
  readonly decidedAt: Instant;
  /** Of `decidedAt`, in the plan's time zone: the year whose metrics it counts in. */
  readonly year: number;
  readonly lineOfBusiness: LineOfBusiness;
  /** As it was decided. */
  readonly priority: Priority;
  /** As first decided, by the words of the law: denied is fully or partially denied. */
  readonly outcome: "approved" | "denied";
  readonly extended: boolean;
  /** Were all its lines, drugs among them, decided before its clock ran out? What the law deems approved was not. */
  readonly inTime: boolean;
  /** Denied at first, and as asked after an appeal. */
  readonly approvedAfterAppeal: boolean;
  /** Drugs and nothing else: the metrics leave them out, as they leave the drug lines out of other asks. */
  readonly drugs: boolean;
  /** Nothing was asked prior to the service: told apart. */
  readonly retrospective: boolean;
  /** Of the request in which it was found. */
  readonly requestVersion: number;
};

/**
 * After these an ask may be decided, or its entry be another. Not every decision has an event of its own: what is left open may turn out
 * to need none. After a restore the ledger may not have heard of what the table still has.
 */
export const ledgerEvents = [
  "line.decided",
  "information.received",
  "stay.continued",
  "appeal.decided",
  "history.restored",
] as const satisfies readonly EventType[];

/** The category of the plan's rules that has a clock of its own as a drug (42 CFR 438.210(d)(3), 422.568(b)(3)). */
const drugCategory = "drug";

type Ask = {
  readonly number: number;
  readonly lines: readonly Line[];
  readonly submittedAt: Instant;
  /** Asked for after it: it can be asked for only once everything is decided. */
  readonly next: Continuation | undefined;
};

/**
 * The asks of a request that are decided, each with all its lines. They stay as they are whatever the request goes through later, but
 * for what an appeal adds. Withdrawn, closed and not required are no decisions.
 */
export function decidedAsks(request: Request, policy: Policy): readonly DecidedAsk[] {
  if (request.withdrawal || request.closure) return [];
  return asksOf(request).flatMap((ask) => decidedAsk(request, ask, policy) ?? []);
}

function asksOf({ lines, receivedAt, continuations }: Request): readonly Ask[] {
  const first = continuations[0];
  return [
    { number: 1, lines: lines.slice(0, first && first.lineNumber - 1), submittedAt: receivedAt, next: first },
    ...continuations.map(({ lineNumber, askedAt }, index) => ({
      number: index + 2,
      lines: lines.slice(lineNumber - 1, lineNumber),
      submittedAt: askedAt,
      next: continuations[index + 1],
    })),
  ];
}

function decidedAsk(request: Request, ask: Ask, policy: Policy): DecidedAsk | undefined {
  const first = firstDecisions(request);
  const lines = linesToDecide(ask).flatMap(({ lineNumber, category, decision }) => {
    const made = first.get(lineNumber) ?? decision;
    return made && decision ? [{ lineNumber, category, made, stands: decision }] : [];
  });
  // Of a line that has come to need a decision since more days were asked for, the ask that was decided before knows nothing.
  if (lines.length === 0 || (lines.length < linesToDecide(ask).length && !ask.next)) return undefined;
  const known = ask.next ? lines.filter(({ made }) => made.decidedAt <= (ask.next?.askedAt ?? "")) : lines;
  const others = known.filter(({ category }) => category !== drugCategory);
  const counted = others.length > 0 ? others : known;
  const decidedAt = lastOf(counted);
  if (decidedAt === undefined) return undefined;
  const denied = counted.some(({ made }) => isAdverse(made.outcome));
  const { timeZone } = policy.plan;
  return {
    requestId: request.id,
    ask: ask.number,
    submittedAt: ask.submittedAt,
    decidedAt,
    year: Number(dayOf(decidedAt, timeZone).slice(0, 4)),
    lineOfBusiness: request.submission.lineOfBusiness,
    priority: priorityOf(request, ask, decidedAt),
    outcome: denied ? "denied" : "approved",
    extended: extensionsOf(request, ask).length > 0,
    inTime: isInTime(request, ask, known, policy),
    approvedAfterAppeal: denied && counted.every(({ stands }) => !isAdverse(stands.outcome)),
    drugs: others.length === 0,
    retrospective: isAskedAfterwards(request, ask, timeZone),
    requestVersion: request.version,
  };
}

/** A line whose decision was made while the ask was the latest. */
type Known = { readonly lineNumber: number; readonly made: Decision };

const lastOf = (lines: readonly Pick<Known, "made">[]): Instant | undefined =>
  lines
    .map(({ made }) => made.decidedAt)
    .toSorted()
    .at(-1);

/** The decisions that an appeal has replaced, by line: the first of each. */
function firstDecisions({ appeals }: Request): ReadonlyMap<number, Decision> {
  const replaced = appeals.flatMap(({ decision }) => decision?.replaced ?? []);
  return new Map(replaced.toReversed().map(({ lineNumber, decision }) => [lineNumber, decision]));
}

/** More days of a stay are decided on the expedited clock (concurrent review); haste that was granted later changes nothing of what was decided. */
function priorityOf({ submission, expedites }: Request, { number }: Ask, decidedAt: Instant): Priority {
  if (number > 1) return "expedited";
  const hurried = expedites.some((expedite) => isGrantedBy(expedite, decidedAt));
  return hurried ? "expedited" : submission.priority;
}

const isGrantedBy = ({ granted, at, judgedAt }: Expedite, time: Instant): boolean => granted === true && (judgedAt ?? at) <= time;

/** An extension is of the ask that was open then. */
const extensionsOf = ({ extensions }: Request, { submittedAt, next, number }: Ask): readonly Extension[] =>
  extensions.filter(({ at }) => (number === 1 || at >= submittedAt) && (next === undefined || at < next.askedAt));

/**
 * By the clock as it ran for this ask when it was decided, whatever the request has gone through since: more days of a stay have a clock
 * of their own.
 */
function isInTime(request: Request, ask: Ask, known: readonly Known[], policy: Policy): boolean {
  const decidedAt = lastOf(known) ?? ask.submittedAt;
  const continuation = request.continuations[ask.number - 2];
  const { completeAt, questions } = request;
  const asItWas: Request = {
    ...request,
    lines: continuation
      ? request.lines.map((line) => (line.lineNumber === continuation.lineNumber ? { ...line, decision: null } : line))
      : ask.lines.filter((line) => known.some(({ lineNumber }) => lineNumber === line.lineNumber)),
    continuations: continuation ? [continuation] : [],
    priority: priorityOf(request, ask, decidedAt),
    completeAt: completeAt !== null && completeAt <= decidedAt ? completeAt : null,
    extensions: extensionsOf(request, ask),
    questions: questions.filter(({ askedAt }) => askedAt <= decidedAt),
    expedites: request.expedites.filter((expedite) => isGrantedBy(expedite, decidedAt)),
  };
  const due = clockOf(asItWas, policy)[0]?.dueAt ?? null;
  return !known.some(({ made }) => isDeemed(made)) && (due === null || decidedAt <= due);
}

/** More days are asked for before those that are authorized are over. */
const isAskedAfterwards = ({ submission, receivedAt }: Request, { number, lines }: Ask, timeZone: string): boolean =>
  number === 1 &&
  isRetrospective({ submission: { ...submission, lines: submission.lines.slice(0, lines.length) }, receivedAt }, timeZone);
