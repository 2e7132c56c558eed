import { Temporal } from "temporal-polyfill";

/** Instants are RFC 3339 in UTC with milliseconds, so that their order as text is their order in time. */
export type Instant = string;

const hour = 3_600_000;

export const toInstant = (time: Date | number): Instant => new Date(time).toISOString();
export const addHours = (instant: Instant, hours: number): Instant => toInstant(Date.parse(instant) + hours * hour);
export const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** The moment at which a share (0 to 1) of the span from `start` to `end` has passed. */
export const shareOf = (start: Instant, end: Instant, share: number): Instant =>
  toInstant(Date.parse(start) + Math.round((Date.parse(end) - Date.parse(start)) * share));

/** A date alone is the start of that day in the plan's time zone. */
export function startOfDay(date: string, timeZone: string): Instant {
  return toInstant(Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds);
}

/** The calendar day on which an instant falls in the plan's time zone, ISO. */
export function dayOf(instant: Instant, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}
