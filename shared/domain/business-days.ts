import { addDays, dayOf, type Instant, startOfDay } from "./calendar.ts";

/**
 * Business days of the federal government: Monday to Friday without the legal public holidays (5 U.S.C. 6103), which are computed
 * and never listed. Days are ISO dates in the plan's time zone.
 */

/** Is it neither a weekend nor a federal holiday, as it is observed? */
export const isBusinessDay = (date: string): boolean => !isWeekend(date) && !isFederalHoliday(date);

/**
 * When so many business days after an instant are over: the first moment after the last of them. The day of the instant itself does
 * not count, whatever the hour.
 */
export function afterBusinessDays(instant: Instant, count: number, timeZone: string): Instant {
  let date = dayOf(instant, timeZone);
  for (let left = count; left > 0; ) {
    date = addDays(date, 1);
    if (isBusinessDay(date)) left -= 1;
  }
  return startOfDay(addDays(date, 1), timeZone);
}

/** How many business days lie between two instants, neither of their own days counted. */
export function businessDaysBetween(from: Instant, to: Instant, timeZone: string): number {
  const end = dayOf(to, timeZone);
  let count = 0;
  for (let date = addDays(dayOf(from, timeZone), 1); date < end; date = addDays(date, 1)) if (isBusinessDay(date)) count += 1;
  return count;
}

/** 0 is Sunday. */
const weekdayOf = (date: string): number => new Date(date).getUTCDay();
const isWeekend = (date: string): boolean => weekdayOf(date) % 6 === 0;

/** A holiday on a Saturday is observed on the Friday before it, one on a Sunday on the Monday after it (5 U.S.C. 6103(b), E.O. 11582). */
function isFederalHoliday(date: string): boolean {
  if (isHolidayItself(date)) return true;
  const weekday = weekdayOf(date);
  return (weekday === 5 && isFixedHoliday(addDays(date, 1))) || (weekday === 1 && isFixedHoliday(addDays(date, -1)));
}

const isHolidayItself = (date: string): boolean => isFixedHoliday(date) || isMovingHoliday(date);

/** New Year, Juneteenth, Independence Day, Veterans Day, Christmas. */
const fixedHolidays: ReadonlySet<string> = new Set(["01-01", "06-19", "07-04", "11-11", "12-25"]);
const isFixedHoliday = (date: string): boolean => fixedHolidays.has(date.slice(5));

/** Month, weekday and which of them in the month; -1 is the last. */
const movingHolidays: readonly (readonly [month: number, weekday: number, which: number])[] = [
  [1, 1, 3], // Martin Luther King
  [2, 1, 3], // Washington
  [5, 1, -1], // Memorial Day
  [9, 1, 1], // Labor Day
  [10, 1, 2], // Columbus
  [11, 4, 4], // Thanksgiving
];

function isMovingHoliday(date: string): boolean {
  const month = Number(date.slice(5, 7));
  const week = Math.ceil(Number(date.slice(8)) / 7);
  const isLast = addDays(date, 7).slice(5, 7) !== date.slice(5, 7);
  return movingHolidays.some(
    ([inMonth, weekday, which]) => inMonth === month && weekday === weekdayOf(date) && (which === -1 ? isLast : which === week),
  );
}
