import type { ClockRow, Policy } from "../policy/policy.ts";
import { afterBusinessDays, businessDaysBetween } from "./business-days.ts";
import { addHours, earlier, type Instant } from "./calendar.ts";
import type { LineOfBusiness, Priority, WhenMissed } from "./vocabulary.ts";

/** One row of the law that applies to a request, and the time it sets. */
export type ClockCandidate = {
  readonly rule: string;
  /** What the row says, in a few words. */
  readonly meaning: string;
  readonly cite: string;
  /** `null` while what starts it has not happened yet. */
  readonly dueAt: Instant | null;
  /** What the law makes of a missed clock. */
  readonly whenMissed: WhenMissed;
};

/** An information request of the plan, as it bears on the clock. */
export type Question = {
  readonly askedAt: Instant;
  /** Until when the answer was asked for: a clock that it stops goes on then at the latest. */
  readonly answerBy: Instant;
  readonly answeredAt: Instant | null;
};

export type ClockFacts = {
  readonly lineOfBusiness: LineOfBusiness;
  /** Two letters, as submitted. */
  readonly state: string;
  readonly priority: Priority;
  readonly receivedAt: Instant;
  /** When it was expedited after its submission; the time that a standard request had stands beside that as long as it is earlier. */
  readonly expeditedAt: Instant | null;
  /** When that was granted: at once, or when a reviewer had judged it. */
  readonly hasteGrantedAt: Instant | null;
  /** When nothing was missing, and no question of the plan open, for the first time. */
  readonly completeAt: Instant | null;
  /** When the plan extended it, once and in time. */
  readonly extendedAt: Instant | null;
  /** In the order in which they were asked. */
  readonly questions: readonly Question[];
  /** Categories of the lines that need a decision. */
  readonly categories: readonly (string | null)[];
  /** Post-stabilization care asked for by a facility outside the network (42 CFR 422.113(c)(2)(iii)). */
  readonly postStabilizationOutOfNetwork: boolean;
};

/**
 * Every row that applies, the earliest due first: the first one rules. A row's hours are counted from receipt by the plan, to the
 * second, and do not wait for missing information (42 CFR 438.210(d), 422.568, 422.572); business days are counted in the plan's
 * time zone from the completion, and not while the provider owes the plan an answer.
 */
export function clockCandidates(facts: ClockFacts, policy: Policy): readonly ClockCandidate[] {
  return rowsFor(facts, policy)
    .map((row) => ({
      rule: row.rule,
      meaning: row.meaning,
      cite: row.cite,
      dueAt: dueBy(row, facts, policy.plan.timeZone),
      whenMissed: row.whenMissed,
    }))
    .sort((a, b) => (later(a.dueAt) < later(b.dueAt) ? -1 : later(a.dueAt) > later(b.dueAt) ? 1 : 0));
}

/** The rows that apply, in the order of the plan's data. */
export const rowsFor = (facts: ClockFacts, policy: Policy): readonly ClockRow[] =>
  policy.clocks.filter(
    (row) =>
      (row.linesOfBusiness?.includes(facts.lineOfBusiness) ?? true) &&
      (row.states?.includes(facts.state) ?? true) &&
      (row.priority === undefined || row.priority === facts.priority || facts.expeditedAt !== null) &&
      (row.category === undefined || facts.categories.includes(row.category)) &&
      (row.postStabilizationOutOfNetwork === undefined || facts.postStabilizationOutOfNetwork),
  );

function dueBy(row: ClockRow, facts: ClockFacts, timeZone: string): Instant | null {
  const start = startOf(row, facts);
  if (start === null) return null;
  if (row.businessDays !== undefined)
    return row.from === "completion"
      ? onceInformed(start, row.businessDays, facts.questions, timeZone)
      : afterBusinessDays(start, row.businessDays, timeZone);
  // What was extended is the time that ran then: haste that is granted afterwards has its own, and whole.
  const runsFrom = row.priority === "expedited" ? (facts.hasteGrantedAt ?? start) : start;
  const isExtended = facts.extendedAt !== null && facts.extendedAt >= runsFrom;
  const plain = addHours(start, (row.hours ?? 0) + (isExtended ? (row.extensionHours ?? 0) : 0));
  if (row.stopsForQuestions) return stopped(plain, facts.questions);
  if (row.question) return urgentAnswered(row.question, { start, runsFrom }, facts.questions) ?? plain;
  return plain;
}

/** Nothing expedited begins before haste was asked for, however early all information was in. */
function startOf(row: ClockRow, { completeAt, receivedAt, expeditedAt }: ClockFacts): Instant | null {
  const begun = row.priority === "expedited" && expeditedAt !== null ? expeditedAt : receivedAt;
  if (row.from === "receipt") return begun;
  return completeAt && latest([completeAt, begun]);
}

/**
 * Business days after "obtaining all necessary information" (A.C.A. 23-99-1105(a)(1), -1106(a)). What the plan asks for it holds to be
 * necessary: nothing is overdue, and nothing deemed approved, while the provider owes the answer, and its coming is the obtaining, so
 * that the time begins anew. A question that ends unanswered has obtained nothing. The plan decides by what it had, and all of that was
 * in at the completion: this stands, the days that had run are gone, and only those on which the question was open do not count. So
 * nobody is deemed approved for having kept silent, and no plan gains time by asking in vain.
 */
function onceInformed(completion: Instant, days: number, questions: readonly Question[], timeZone: string): Instant {
  let from = completion;
  let left = days;
  let due = afterBusinessDays(from, left, timeZone);
  for (const question of questions) {
    if (question.askedAt >= due) continue;
    left = isAnswered(question) ? days : left - businessDaysBetween(from, question.askedAt, timeZone);
    from = latest([from, waitedUntil(question)]);
    due = afterBusinessDays(from, left, timeZone);
  }
  return due;
}

/** In its time: later the plan has gone on without it. */
const isAnswered = ({ answerBy, answeredAt }: Question): boolean => answeredAt !== null && answeredAt <= answerBy;

/**
 * While an answer is awaited the clock stands still, once for all that is awaited (29 CFR 2560.503-1(f)(4)). What is asked after its
 * end moves it no more.
 */
function stopped(plain: Instant, questions: readonly Question[]): Instant {
  let due = plain;
  let runsFrom: Instant = "";
  for (const question of questions) {
    const stops = latest([question.askedAt, runsFrom]);
    const until = waitedUntil(question);
    if (question.askedAt >= due || until <= stops) continue;
    due = addHours(due, (Date.parse(until) - Date.parse(stops)) / 3_600_000);
    runsFrom = until;
  }
  return due;
}

/**
 * Asked in time, an urgent request is decided so long after the last answer, or after the time given for it (29 CFR
 * 2560.503-1(f)(2)(i)). A question from before its haste was granted gave the long time of a standard one, and moves nothing.
 */
function urgentAnswered(
  { askedWithinHours, decidedWithinHours }: NonNullable<ClockRow["question"]>,
  { start, runsFrom }: { start: Instant; runsFrom: Instant },
  questions: readonly Question[],
): Instant | undefined {
  const inTime = questions.filter(({ askedAt }) => askedAt >= runsFrom && askedAt <= addHours(start, askedWithinHours));
  return inTime.length === 0 ? undefined : addHours(latest(inTime.map(waitedUntil)), decidedWithinHours);
}

const latest = (times: readonly Instant[]): Instant => times.toSorted().at(-1) ?? "";

const waitedUntil = ({ answerBy, answeredAt }: Question): Instant => earlier(answeredAt ?? answerBy, answerBy);

/** Later than every instant. */
const later = (dueAt: Instant | null): string => dueAt ?? "~";
