import { describe, expect, test } from "vitest";
import type { DecidedAsk } from "../../../shared/domain/decided-asks.ts";
import { metricsOf, type ProgramMetrics } from "../../../shared/domain/metrics.ts";
import { aDecidedAsk, hoursAfter } from "../../builders.ts";

/** Decided so many hours after it was received; standard, approved, Medicaid, 2026. */
const decided = (hours: number, more: Partial<DecidedAsk> = {}): DecidedAsk =>
  aDecidedAsk({ decidedAt: hoursAfter(hours), ...more });
const denied = { outcome: "denied" } as const;
const expedited = { priority: "expedited" } as const;

const medicaid = (entries: readonly DecidedAsk[]): ProgramMetrics => {
  const [one] = metricsOf(entries, 2026, ["medicaid"]);
  if (!one) throw new Error("no program");
  return one;
};

describe("shares", () => {
  const { shares } = medicaid([
    decided(10),
    decided(20, { extended: true }),
    decided(30, denied),
    decided(40, { ...denied, extended: true, approvedAfterAppeal: true }),
    decided(50, { ...denied, approvedAfterAppeal: true }),
    decided(60),
    decided(1, { ...expedited, ...denied }),
    decided(2, expedited),
    decided(3, { ...expedited, extended: true }),
  ]);

  test.each([
    ["standardApproved", 3, 6, 50],
    ["standardDenied", 3, 6, 50],
    ["standardApprovedAfterAppeal", 2, 6, 33.33],
    ["extendedAndApproved", 2, 9, 22.22],
    ["expeditedApproved", 2, 3, 66.67],
    ["expeditedDenied", 1, 3, 33.33],
  ] as const)("%s: %i of %i are %f %%", (name, numerator, denominator, percent) => {
    expect(shares[name]).toEqual({ numerator, denominator, percent });
  });

  test("have no percent where nothing was decided", () => {
    expect(medicaid([]).shares.standardApproved).toEqual({ numerator: 0, denominator: 0, percent: null });
  });

  test.each([
    [1, 8, 12.5],
    [1, 800, 0.13], // 0.125: a half goes up
    [1, 801, 0.12],
    [2, 3, 66.67],
    [1, 2000, 0.05],
    [9999, 10000, 99.99],
  ])("%i of %i are %f %%, rounded half up", (approved, all, percent) => {
    const entries = Array.from({ length: all }, (_, index) => decided(1, index < approved ? {} : denied));
    expect(medicaid(entries).shares.standardApproved.percent).toBe(percent);
  });
});

describe("the time to a decision", () => {
  test("of standard asks is in days: mean and median of an odd number", () => {
    const { timeToDecision } = medicaid([decided(24), decided(60), decided(132)]);
    expect(timeToDecision.standard).toEqual({
      unit: "days",
      count: 3,
      totalMilliseconds: 216 * 3_600_000,
      mean: 3,
      median: 2.5,
    });
  });

  test("of expedited asks is in hours: the median of an even number lies in the middle of two", () => {
    const { timeToDecision } = medicaid([
      decided(1, expedited),
      decided(2, expedited),
      decided(4.25, expedited),
      decided(70, expedited),
    ]);
    // 77.25 / 4 = 19.3125; (2 + 4.25) / 2 = 3.125
    expect(timeToDecision.expedited).toMatchObject({ unit: "hours", count: 4, mean: 19.31, median: 3.13 });
  });

  test("does not depend on the order of the entries", () => {
    const entries = [0.1, 0.2, 0.3, 0.7, 1.1, 2.3].map((hours) => decided(hours, expedited));
    expect(medicaid(entries.toReversed())).toEqual(medicaid(entries));
  });

  test("is exact where a sum of floating numbers is not", () => {
    // Three times 0.1 h, in which a floating sum is 0.30000000000000004.
    expect(medicaid([decided(0.1, expedited), decided(0.1, expedited), decided(0.1, expedited)]).timeToDecision.expedited).toEqual({
      unit: "hours",
      count: 3,
      totalMilliseconds: 1_080_000,
      mean: 0.1,
      median: 0.1,
    });
  });

  test("is exact for a year of a large plan", () => {
    const many = Array.from({ length: 50_000 }, () => decided(336.001));
    expect(medicaid(many).timeToDecision.standard).toMatchObject({ totalMilliseconds: 50_000 * 1_209_603_600, mean: 14 });
  });

  test("is never below nothing, whatever the vendor's clock says", () => {
    expect(medicaid([decided(-0.01)]).timeToDecision.standard).toMatchObject({ totalMilliseconds: 0, mean: 0, median: 0 });
  });

  test("is none where nothing was decided", () => {
    expect(medicaid([]).timeToDecision.expedited).toEqual({
      unit: "hours",
      count: 0,
      totalMilliseconds: 0,
      mean: null,
      median: null,
    });
  });
});

describe("what counts", () => {
  test("is each program by itself, at the level of the law", () => {
    const programs = metricsOf([decided(1), decided(2, { lineOfBusiness: "marketplace" }), decided(3)], 2026);
    expect(programs.map(({ program, cite, shares }) => [program, cite, shares.standardApproved.numerator])).toEqual([
      ["Medicaid plan", "42 CFR 438.210(f)", 2],
      ["Medicare Advantage contract", "42 CFR 422.122(c)", 0],
      ["QHP issuer", "45 CFR 156.223(c)", 1],
    ]);
  });

  test("is neither drugs nor what was asked for after its service: they are counted apart", () => {
    const { shares, timeToDecision, excluded } = medicaid([
      decided(1),
      decided(100, { ...denied, drugs: true }),
      decided(200, { ...denied, retrospective: true }),
      decided(300, { drugs: true, retrospective: true, ...expedited }),
    ]);
    expect(shares.standardApproved).toEqual({ numerator: 1, denominator: 1, percent: 100 });
    expect(timeToDecision.standard.count).toBe(1);
    expect(excluded).toEqual({ drugs: 2, retrospective: 1 });
  });

  test("is one year's", () => {
    expect(medicaid([decided(1, { year: 2025 }), decided(1), decided(1, { year: 2027 })]).shares.standardApproved.denominator).toBe(
      1,
    );
  });
});
