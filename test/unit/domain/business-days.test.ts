import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { afterBusinessDays, isBusinessDay } from "../../../shared/domain/business-days.ts";
import { addDays } from "../../../shared/domain/calendar.ts";

/** As the Office of Personnel Management publishes them: the days on which they are observed. */
const published: Readonly<Record<string, readonly string[]>> = {
  "2021": ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31"],
  "2022": ["01-17", "02-21", "05-30", "06-20", "07-04", "09-05", "10-10", "11-11", "11-24", "12-26"],
  "2023": ["01-02", "01-16", "02-20", "05-29", "06-19", "07-04", "09-04", "10-09", "11-10", "11-23", "12-25"],
  "2024": ["01-01", "01-15", "02-19", "05-27", "06-19", "07-04", "09-02", "10-14", "11-11", "11-28", "12-25"],
  "2025": ["01-01", "01-20", "02-17", "05-26", "06-19", "07-04", "09-01", "10-13", "11-11", "11-27", "12-25"],
  "2026": ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"],
  "2027": ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31"],
};

describe("business days of the federal government", () => {
  test.each(Object.entries(published))("in %s are all but weekends and the published holidays", (year, holidays) => {
    const off: string[] = [];
    for (let date = `${year}-01-01`; date.startsWith(year); date = addDays(date, 1)) {
      const weekend = Temporal.PlainDate.from(date).dayOfWeek > 5;
      if (weekend) expect(isBusinessDay(date), date).toBe(false);
      else if (!isBusinessDay(date)) off.push(date.slice(5));
    }
    expect(off).toEqual(holidays);
  });

  test("are over when the day after the last of them begins in the plan's time zone", () => {
    const zone = "America/New_York";
    const someTime = fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(someTime, fc.integer({ min: 1, max: 30 }), (time, count) => {
        const start = Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(zone).toPlainDate();
        const end = Temporal.Instant.from(afterBusinessDays(time.toISOString(), count, zone)).toZonedDateTimeISO(zone);
        expect(end.toPlainTime().toString()).toBe("00:00:00");
        const last = end.toPlainDate().subtract({ days: 1 });
        expect(isBusinessDay(last.toString())).toBe(true);
        let counted = 0;
        for (let date = start.add({ days: 1 }); Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 }))
          if (isBusinessDay(date.toString())) counted += 1;
        expect(counted).toBe(count);
      }),
      { numRuns: 300 },
    );
  });
});
