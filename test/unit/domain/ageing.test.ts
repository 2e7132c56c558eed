import { describe, expect, test } from "vitest";
import { ageingOf, type Place } from "../../../shared/domain/ageing.ts";
import type { DecidedAsk } from "../../../shared/domain/decided-asks.ts";
import { turnaroundOf } from "../../../shared/domain/turnaround.ts";
import { linesOfBusiness, priorities } from "../../../shared/domain/vocabulary.ts";
import { aDecidedAsk, hoursAfter, requestId } from "../../builders.ts";

const now = hoursAfter(0);
const due = (hours: number): Place => ({ dueAt: hoursAfter(hours), requestId });
const second = 1 / 3_600;

describe("what waits in a queue", () => {
  test("is in one band each, by how soon it is due", () => {
    const places = [-30, -second, 0, 4 - second, 4, 24 - second, 24, 72 - second, 72, 500].map(due);
    expect(ageingOf({ places, capped: false }, now)).toEqual({
      open: 10,
      // What is due at this very moment among them.
      overdue: 3,
      within4Hours: 2,
      within24Hours: 2,
      within72Hours: 2,
      later: 1,
      capped: false,
      oldest: due(-30),
    });
  });

  test("is never overdue without a due time, and counts as later", () => {
    const waiting = { dueAt: null, requestId };
    expect(ageingOf({ places: [due(1), waiting], capped: false }, now)).toMatchObject({ open: 2, overdue: 0, later: 1 });
    expect(ageingOf({ places: [waiting], capped: false }, now)).toMatchObject({ overdue: 0, later: 1, oldest: waiting });
  });

  test("says when there is more than was counted", () => {
    expect(ageingOf({ places: [due(1)], capped: true }, now)).toMatchObject({ open: 1, capped: true });
  });

  test("is nothing in an empty one", () => {
    const none = { open: 0, overdue: 0, within4Hours: 0, within24Hours: 0, within72Hours: 0, later: 0 };
    expect(ageingOf({ places: [], capped: false }, now)).toEqual({ ...none, capped: false, oldest: null });
  });
});

describe("the turnaround", () => {
  const decided = (daysAgo: number, hours: number, ask: Partial<DecidedAsk> = {}): DecidedAsk =>
    aDecidedAsk({ submittedAt: hoursAfter(-24 * daysAgo - hours), decidedAt: hoursAfter(-24 * daysAgo), ...ask });
  const of = (asks: readonly DecidedAsk[], days: 7 | 30, lineOfBusiness = "medicaid", priority = "standard") =>
    turnaroundOf(asks, now).find((one) => one.lineOfBusiness === lineOfBusiness && one.priority === priority && one.days === days);

  test("has a row for each line of business and priority, over a week and over a month", () => {
    expect(turnaroundOf([], now)).toHaveLength(linesOfBusiness.length * priorities.length * 2);
    expect(of([], 7)).toMatchObject({ hours: { count: 0, mean: null, median: null }, inTime: { denominator: 0, percent: null } });
  });

  test("is mean and median hours from the receipt to the decision, and the share in time", () => {
    const asks = [decided(1, 10), decided(2, 20), decided(3, 60, { inTime: false }), decided(8, 1_000), decided(31, 5_000)];
    expect(of(asks, 7)).toMatchObject({
      hours: { unit: "hours", count: 3, mean: 30, median: 20 },
      inTime: { numerator: 2, denominator: 3, percent: 66.67 },
    });
    expect(of(asks, 30)).toMatchObject({ hours: { count: 4 }, inTime: { numerator: 3, denominator: 4 } });
  });

  test("mixes nothing, and leaves out neither drugs nor what was asked for afterwards", () => {
    const asks = [
      decided(1, 5, { priority: "expedited" }),
      decided(1, 6, { lineOfBusiness: "marketplace" }),
      decided(1, 7, { drugs: true }),
      decided(1, 9, { retrospective: true }),
    ];
    expect(of(asks, 7)?.hours).toMatchObject({ count: 2, mean: 8 });
    expect(of(asks, 7, "medicaid", "expedited")?.hours).toMatchObject({ count: 1, mean: 5 });
    expect(of(asks, 7, "marketplace")?.hours).toMatchObject({ count: 1, mean: 6 });
  });
});
