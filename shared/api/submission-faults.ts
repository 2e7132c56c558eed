import { dayOf, startOfDay, toInstant } from "../domain/calendar.ts";
import type { Fault } from "../domain/result.ts";
import { policy } from "../policy/policy.ts";

/**
 * Faults between members, told together with the faults of the members themselves: so this reads a body of any shape.
 *
 * @param now instant of the call; receipt lies in the past, and a birth not after the day of receipt in the plan's time zone
 */
export function submissionFaults(body: unknown, now: string): readonly Fault[] {
  const faults: Fault[] = [];
  const submission = record(body);
  const channel = submission.channel;
  const byClerk = channel === "mail" || channel === "phone" || channel === "fax";

  if (submission.receivedAt !== undefined && !byClerk && typeof channel === "string")
    faults.push({
      pointer: "/receivedAt",
      detail: "Only for what came by mail, phone or fax: here receipt is the submission itself.",
    });
  else faults.push(...receiptFaults(submission, now));
  if (submission.organization !== undefined && !byClerk && typeof channel === "string")
    faults.push({
      pointer: "/organization",
      detail: "Only for what came by mail, phone or fax: here the token names the organization.",
    });

  faults.push(...caseFaults(submission, asInstant(submission.receivedAt, policy.plan.timeZone) ?? now));
  return faults;
}

/** Of what a clerk keys in: it was received before that, and not at a slip of the pen. */
export function receiptFaults(body: unknown, now: string): readonly Fault[] {
  const receivedAt = asInstant(record(body).receivedAt, policy.plan.timeZone);
  if (receivedAt !== undefined && receivedAt > now) return [{ pointer: "/receivedAt", detail: "Must lie in the past." }];
  if (receivedAt !== undefined && receivedAt < earliestReceipt)
    return [{ pointer: "/receivedAt", detail: "Must not lie before the year 2000." }];
  return [];
}

/** What is said to be older is a slip of the pen: a clock must not start there, and no rule of the plan was in force. */
const firstDay = "2000-01-01";
export const earliestReceipt = `${firstDay}T00:00:00.000Z`;

/**
 * What holds for a supplement and a vendor's submission too. `receivedAt`: instant of receipt. `isSupplement`: its lines name others
 * by number, and say no codes.
 */
export function caseFaults(body: unknown, receivedAt: string, isSupplement = false): readonly Fault[] {
  const faults: Fault[] = [];
  const given = record(body);
  const birthDate = record(given.member).birthDate;
  if (isDay(birthDate) && isAfterReceipt(birthDate, receivedAt))
    faults.push({ pointer: "/member/birthDate", detail: "Must not be after the day of receipt." });

  const admissionDate = record(given.admission).date;
  if (isDay(admissionDate) && admissionDate < firstDay)
    faults.push({ pointer: "/admission/date", detail: "Must not lie before the year 2000." });

  const diagnoses = list(given.diagnoses).length;
  list(given.lines).forEach((line, index) => {
    const { code, revenueCode, serviceDate, endDate, diagnosisPointers, lineNumber } = record(line);
    const isNew = lineNumber === undefined && !isSupplement;
    if (isNew && code === undefined && revenueCode === undefined && given.admission === undefined)
      faults.push({
        pointer: `/lines/${index}/code`,
        detail: "A code or a revenueCode is required, unless an admission is asked for.",
      });
    if (isDay(serviceDate) && serviceDate < firstDay)
      faults.push({ pointer: `/lines/${index}/serviceDate`, detail: "Must not lie before the year 2000." });
    if (isDay(serviceDate) && isDay(endDate) && endDate < serviceDate)
      faults.push({ pointer: `/lines/${index}/endDate`, detail: "Must not be before serviceDate." });
    if (isNew)
      list(diagnosisPointers).forEach((pointer, position) => {
        if (typeof pointer === "number" && pointer > diagnoses)
          faults.push({ pointer: `/lines/${index}/diagnosisPointers/${position}`, detail: "Points to no diagnosis." });
      });
  });
  const numbers = list(given.lines).flatMap((line) => record(line).lineNumber ?? []);
  if (new Set(numbers).size < numbers.length) faults.push({ pointer: "/lines", detail: "Names a line twice." });
  if (textLength(body) > maxTextLength)
    faults.push({ pointer: "", detail: `All texts together have at most ${maxTextLength} characters.` });
  return faults;
}

const maxTextLength = 16_000;

/**
 * Is the date after the day of receipt in the plan's time zone? That day is never before the one before UTC's, so the calendar of a
 * time zone, which costs a start 10 ms, is asked only about dates from today on.
 */
function isAfterReceipt(date: string, receivedAt: string): boolean {
  return date >= receivedAt.slice(0, 10) && date > dayOf(receivedAt, policy.plan.timeZone);
}

const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isDay = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

function asInstant(value: unknown, timeZone: string): string | undefined {
  if (isDay(value)) return new Date(value).toISOString().startsWith(value) ? startOfDay(value, timeZone) : undefined;
  return typeof value === "string" && !Number.isNaN(Date.parse(value)) ? toInstant(Date.parse(value)) : undefined;
}

/** Free text: what people write, at whatever depth it stands. */
function textLength(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (value === null || typeof value !== "object") return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + textLength(member), 0);
}
