import type { Instant } from "./calendar.ts";

/** Dates as a letter writes them. */

/** "November 23, 2026", of an ISO date. */
export const longDate = (date: string): string =>
  new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));

/** "November 23, 2026 at 10:04 AM EST", in the plan's time zone. */
export function longTime(instant: Instant, timeZone: string): string {
  const time = new Date(instant);
  const day = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone }).format(time);
  const hour = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone, timeZoneName: "short" }).format(
    time,
  );
  // A narrow no-break space in newer editions of the runtime's calendar: letters must not change with it.
  return `${day} at ${hour.replaceAll("\u202f", " ")}`;
}

/** "November 23, 2026", of the day on which an instant falls in the plan's time zone. */
export const dayIn = (instant: Instant, timeZone: string): string =>
  new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone }).format(new Date(instant));
