/**
 * The law's clock once more, as somebody would count it by hand: hour by hour, with a calendar of holidays on the wall. It shares
 * nothing with the product but the names of the rows.
 */

export type NaiveQuestion = { readonly askedAt: number; readonly answerBy: number; readonly answeredAt: number | null };

/** Times are seconds since 1970, in the years for which the calendar hangs on the wall. */
export type NaiveFacts = {
  readonly lineOfBusiness: "medicaid" | "medicare-advantage" | "marketplace";
  readonly state: string;
  readonly priority: "standard" | "expedited";
  readonly receivedAt: number;
  readonly expeditedAt: number | null;
  readonly hasteGrantedAt: number | null;
  readonly completeAt: number | null;
  readonly extendedAt: number | null;
  readonly questions: readonly NaiveQuestion[];
  readonly hasDrug: boolean;
  readonly postStabilization: boolean;
  readonly arkansasForMedicaid: boolean;
  readonly plan: Place;
};

/** Hours behind UTC in winter, and whether its clocks change. */
export type Place = { readonly behind: number; readonly changes: boolean };

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** What every applicable row sets, in seconds; `null` while it has not begun. */
export function naiveDueTimes(facts: NaiveFacts): ReadonlyMap<string, number | null> {
  const due = new Map<string, number | null>();
  const { lineOfBusiness: line, state, hasDrug } = facts;
  // Haste that was asked for later leaves the standard time standing beside it.
  const isStandard = facts.priority === "standard" || facts.expeditedAt !== null;
  const isExpedited = facts.priority === "expedited" || facts.expeditedAt !== null;
  const begins = facts.receivedAt;
  const hastens = facts.expeditedAt ?? facts.receivedAt;
  const more = (from: number, days: number) => (facts.extendedAt !== null && facts.extendedAt >= from ? days * day : 0);
  const granted = facts.hasteGrantedAt ?? hastens;
  const never: readonly NaiveQuestion[] = [];

  if (line === "medicaid") {
    if (isStandard) due.set("medicaid.standard", run(begins, 7 * day + more(begins, 14), never));
    if (isExpedited) due.set("medicaid.expedited", run(hastens, 72 * hour + more(granted, 14), never));
    if (hasDrug) due.set("medicaid.drug", run(begins, 24 * hour, never));
  }
  if (line === "medicare-advantage") {
    if (isStandard) due.set("medicare-advantage.standard", run(begins, 7 * day + more(begins, 14), never));
    if (isExpedited) due.set("medicare-advantage.expedited", run(hastens, 72 * hour + more(granted, 14), never));
    if (hasDrug && isStandard) due.set("medicare-advantage.drug.standard", run(begins, 72 * hour, never));
    if (hasDrug && isExpedited) due.set("medicare-advantage.drug.expedited", run(hastens, 24 * hour, never));
  }
  if (line === "marketplace") {
    if (isStandard) due.set("marketplace.standard", run(begins, 15 * day + more(begins, 15), facts.questions));
    if (isExpedited) due.set("marketplace.expedited", urgent(hastens, granted, facts.questions));
  }
  if (facts.postStabilization) due.set("post-stabilization", run(begins, hour, never));
  if (state === "AR" && (line === "marketplace" || (line === "medicaid" && facts.arkansasForMedicaid))) {
    const { completeAt } = facts;
    if (isStandard) due.set("arkansas.standard", completeAt === null ? null : businessDaysLater(completeAt, 2, facts));
    if (isExpedited)
      due.set("arkansas.expedited", completeAt === null ? null : businessDaysLater(Math.max(completeAt, hastens), 1, facts));
  }
  if (state === "OH" && line !== "medicare-advantage") {
    if (isStandard) due.set(`ohio.${line}.standard`, run(begins, 10 * day, never));
    if (isExpedited) due.set(`ohio.${line}.expedited`, run(hastens, 48 * hour, never));
  }
  return due;
}

/** Lets the clock run, an hour at a time where nothing happens in it, and holds it while any answer is awaited. */
function run(from: number, length: number, questions: readonly NaiveQuestion[]): number {
  const turns = questions.flatMap((question) => [question.askedAt, endOf(question)]);
  let now = from;
  let left = length;
  while (left > 0) {
    const step = [hour, minute, 1].find((size) => size <= left && !turns.some((turn) => turn > now && turn < now + size)) ?? 1;
    const stands = questions.some((question) => question.askedAt <= now && now < endOf(question));
    now += step;
    if (!stands) left -= step;
  }
  return now;
}

const endOf = ({ answerBy, answeredAt }: NaiveQuestion): number =>
  answeredAt !== null && answeredAt < answerBy ? answeredAt : answerBy;

/** 72 hours; or 48 more once the last answer to what was asked on the first day is in, or awaited no longer. */
function urgent(from: number, granted: number, questions: readonly NaiveQuestion[]): number {
  let last: number | undefined;
  for (const question of questions) {
    if (question.askedAt < granted || question.askedAt > from + day) continue;
    if (last === undefined || endOf(question) > last) last = endOf(question);
  }
  return last === undefined ? from + 72 * hour : last + 48 * hour;
}

/**
 * Looks at the clock on the plan's wall every full hour, and crosses out a day at each midnight: but none on which the provider owed an
 * answer, and an answer in its time begins a new sheet.
 */
function businessDaysLater(from: number, days: number, { plan, questions }: Pick<NaiveFacts, "plan" | "questions">): number {
  let left = days;
  let isFirst = true;
  let midnight = from;
  for (let now = Math.floor(from / hour) * hour + hour; ; now += hour) {
    const wall = new Date((now - hoursBehind(now, plan) * hour) * 1_000);
    if (wall.getUTCHours() !== 0) continue;
    const isOwed = questions.some((question) => question.askedAt < now && endOf(question) >= midnight);
    for (const { answeredAt, answerBy } of questions)
      if (answeredAt !== null && answeredAt <= answerBy && answeredAt >= midnight && answeredAt < now) left = days;
    midnight = now;
    const over = new Date(wall.getTime() - 12 * hour * 1_000);
    const weekday = "Sun Mon Tue Wed Thu Fri Sat".split(" ")[over.getUTCDay()];
    const isOff = weekday === "Sat" || weekday === "Sun" || onTheWall.has(over.toISOString().slice(0, 10));
    // What is left of the day on which it began is no day.
    if (!isFirst && !isOff && !isOwed) left -= 1;
    isFirst = false;
    if (left === 0) return now;
    // Nothing happens to the wall for most of a day.
    now += 21 * hour;
  }
}

function hoursBehind(now: number, { behind, changes }: Place): number {
  const year = new Date(now * 1_000).getUTCFullYear();
  const [spring, autumn] = clockChanges[year] ?? [];
  if (spring === undefined || autumn === undefined) throw new RangeError(`no calendar for ${year}`);
  // At two o'clock by the wall: in spring that of winter, in autumn that of summer.
  const begin = Date.parse(`${year}-${spring}`) / 1_000 + (2 + behind) * hour;
  const end = Date.parse(`${year}-${autumn}`) / 1_000 + (1 + behind) * hour;
  return changes && now >= begin && now < end ? behind - 1 : behind;
}

/** 15 U.S.C. 260a, by year. */
const clockChanges: Readonly<Record<number, readonly [spring: string, autumn: string]>> = {
  2024: ["03-10", "11-03"],
  2025: ["03-09", "11-02"],
  2026: ["03-08", "11-01"],
  2027: ["03-14", "11-07"],
  2028: ["03-12", "11-05"],
  2029: ["03-11", "11-04"],
  2030: ["03-10", "11-03"],
};

/** The days on which federal offices are closed, as the Office of Personnel Management lists them. */
const closed: Readonly<Record<number, string>> = {
  2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
  2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
  2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
  2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31",
  2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
  2029: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
  2030: "01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
};
const onTheWall: ReadonlySet<string> = new Set(
  Object.entries(closed).flatMap(([year, dates]) => dates.split(" ").map((date) => `${year}-${date}`)),
);
/** Where something is about to happen to the days. */
export const edges: readonly number[] = [
  ...onTheWall,
  ...Object.entries(clockChanges).flatMap(([year, dates]) => dates.map((date) => `${year}-${date}`)),
  "2024-02-29",
  "2028-02-29",
].map((date) => Date.parse(date) / 1_000);
