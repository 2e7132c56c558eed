/**
 * Calendar days and moments. By what the runtime has: Temporal is not part of it yet, and its polyfill makes every start 5 ms longer.
 */

/** Instants are RFC 3339 in UTC with milliseconds, so that their order as text is their order in time. */
export type Instant = string;

const hour = 3_600_000;

export const toInstant = (time: Date | number): Instant => new Date(time).toISOString();
export const addHours = (instant: Instant, hours: number): Instant => toInstant(Date.parse(instant) + hours * hour);
export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);
export const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/**
 * One rule for the flag, the event and the counts: what is undecided when its time ends is overdue, from that instant on. A decision of
 * that very instant is still in time.
 */
export const isOver = (due: Instant | null, now: Instant): boolean => due !== null && due <= now;

/** Whole seconds until the next hour of the clock begins, 1 to 3600. */
export const secondsToNextHour = (now: Instant): number => Math.ceil((hour - (Date.parse(now) % hour)) / 1000);

/** The moment at which a share (0 to 1) of the span from `start` to `end` has passed. */
export const shareOf = (start: Instant, end: Instant, share: number): Instant =>
  toInstant(Date.parse(start) + Math.round((Date.parse(end) - Date.parse(start)) * share));

/** A date alone is the start of that day in the plan's time zone: its first moment, where a change of the clock skips midnight. */
export function startOfDay(date: string, timeZone: string): Instant {
  const midnight = utcMidnight(date);
  const guesses = [-day, day].map((away) => midnight - offsetAt(midnight + away, timeZone)).sort((a, b) => a - b);
  const exact = guesses.find((time) => time + offsetAt(time, timeZone) === midnight);
  if (exact !== undefined) return toInstant(exact);
  let before = Math.min(...guesses) - 1;
  let first = Math.max(...guesses);
  while (first - before > 1) {
    const middle = Math.floor((before + first) / 2);
    if (middle + offsetAt(middle, timeZone) >= midnight) first = middle;
    else before = middle;
  }
  return toInstant(first);
}

/** A moment as it is said: with its time, or as a date alone. */
export const momentOf = (said: string, timeZone: string): Instant =>
  said.includes("T") ? toInstant(new Date(said)) : startOfDay(said, timeZone);

/** The calendar day on which an instant falls in the plan's time zone, ISO. */
export function dayOf(instant: Instant, timeZone: string): string {
  const time = Date.parse(instant);
  return toInstant(time + offsetAt(time, timeZone)).slice(0, 10);
}

export function addDays(date: string, days: number): string {
  return toInstant(utcMidnight(date) + days * day).slice(0, 10);
}

const day = 24 * hour;

/** @throws on what is no date */
function utcMidnight(date: string): number {
  const time = Date.parse(date);
  if (Number.isNaN(time) || toInstant(time).slice(0, 10) !== date) throw new RangeError("not a date");
  return time;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds by which the clocks of a time zone are ahead of UTC at a moment. */
function offsetAt(time: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  formats.set(timeZone, format);
  const shown: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(time)) shown[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}
