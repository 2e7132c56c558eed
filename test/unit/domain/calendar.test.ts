import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { addDays, dayOf, startOfDay } from "../../../shared/domain/calendar.ts";

/** Zones whose clocks change at midnight (Havana, Beirut), by half an hour (Lord Howe), by a whole day (Apia), or never. */
const zones = [
  "America/New_York",
  "America/Havana",
  "Asia/Beirut",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Asia/Kolkata",
  "Pacific/Honolulu",
  "UTC",
];
const someZone = fc.constantFrom(...zones);
const someTime = fc.date({ min: new Date("2000-01-01"), max: new Date("2040-01-01"), noInvalidDate: true });

test("a day starts when Temporal says so", () => {
  fc.assert(
    fc.property(someTime, someZone, (time, zone) => {
      const date = time.toISOString().slice(0, 10);
      const start = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
      expect(startOfDay(date, zone)).toBe(new Date(start).toISOString());
    }),
    { numRuns: 500 },
  );
});

test("an instant falls on the day that Temporal says", () => {
  fc.assert(
    fc.property(someTime, someZone, (time, zone) => {
      const day = Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(zone).toPlainDate();
      expect(dayOf(time.toISOString(), zone)).toBe(day.toString());
    }),
    { numRuns: 500 },
  );
});

test("days are counted by the calendar", () => {
  fc.assert(
    fc.property(someTime, fc.integer({ min: -10_000, max: 10_000 }), (time, days) => {
      const date = time.toISOString().slice(0, 10);
      expect(addDays(date, days)).toBe(Temporal.PlainDate.from(date).add({ days }).toString());
    }),
  );
});

test.each([
  ["a midnight that is skipped", "2024-03-31", "Asia/Beirut", "2024-03-30T22:00:00.000Z"],
  ["a midnight that comes twice", "2024-11-03", "America/Havana", "2024-11-03T04:00:00.000Z"],
  ["a day that is skipped", "2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
])("%s: the day starts at its first moment", (_, date, zone, start) => {
  expect(startOfDay(date, zone)).toBe(start);
});

test.each(["2026-02-30", "2026-13-01", "yesterday"])("%s is no date", (date) => {
  expect(() => startOfDay(date, "UTC")).toThrow(RangeError);
});
