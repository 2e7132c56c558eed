import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, dayOf, shareOf, startOfDay } from "../../../shared/domain/calendar.ts";
import { type ClockFacts, clockCandidates } from "../../../shared/domain/clock.ts";
import { dueAt } from "../../../shared/domain/request.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, hoursAfter, mriLine, received, therapyLine, visitLine } from "../../builders.ts";

const rows = (facts: Partial<ClockFacts>) =>
  clockCandidates(
    {
      lineOfBusiness: "medicaid",
      priority: "standard",
      receivedAt: received,
      categories: ["imaging-mri-mra"],
      postStabilizationOutOfNetwork: false,
      ...facts,
    },
    policy,
  );
const days = 24;

describe("the row that rules", () => {
  test.each([
    ["medicaid", "standard", "medicaid.standard", 7 * days, "42 CFR 438.210(d)(1)"],
    ["medicaid", "expedited", "medicaid.expedited", 72, "42 CFR 438.210(d)(2)"],
    ["medicare-advantage", "standard", "medicare-advantage.standard", 7 * days, "42 CFR 422.568(b)(1)"],
    ["medicare-advantage", "expedited", "medicare-advantage.expedited", 72, "42 CFR 422.572(a)"],
    ["marketplace", "standard", "marketplace.standard", 15 * days, "29 CFR 2560.503-1(f)(2)(iii)(A)"],
    ["marketplace", "expedited", "marketplace.expedited", 72, "29 CFR 2560.503-1(f)(2)(i)"],
  ] as const)("for %s, %s is %s: %d hours from receipt", (lineOfBusiness, priority, rule, hours, cite) => {
    expect(rows({ lineOfBusiness, priority })).toEqual([{ rule, cite, dueAt: hoursAfter(hours) }]);
  });

  test.each([
    ["medicaid", "standard", "medicaid.drug", 24],
    ["medicaid", "expedited", "medicaid.drug", 24],
    ["medicare-advantage", "standard", "medicare-advantage.drug.standard", 72],
    ["medicare-advantage", "expedited", "medicare-advantage.drug.expedited", 24],
    ["marketplace", "standard", "marketplace.standard", 15 * days],
  ] as const)("for a drug in %s, %s is %s: %d hours", (lineOfBusiness, priority, rule, hours) => {
    expect(rows({ lineOfBusiness, priority, categories: ["imaging-ct-cta", "drug"] })[0]).toMatchObject({
      rule,
      dueAt: hoursAfter(hours),
    });
  });

  test("is one hour for post-stabilization asked for outside the network, in every line of business", () => {
    for (const lineOfBusiness of ["medicaid", "medicare-advantage", "marketplace"] as const) {
      const [first] = rows({ lineOfBusiness, priority: "expedited", postStabilizationOutOfNetwork: true });
      expect(first).toMatchObject({ rule: "post-stabilization", dueAt: hoursAfter(1) });
    }
  });

  test("is the earliest of all that apply, and the others are told too", () => {
    const all = rows({ categories: ["drug"], postStabilizationOutOfNetwork: true });
    expect(all.map((row) => row.rule)).toEqual(["post-stabilization", "medicaid.drug", "medicaid.standard"]);
  });
});

test("seven days are seven times 24 hours to the second, over a change to daylight time too", () => {
  const [row] = rows({ receivedAt: "2027-03-12T04:59:59.000Z" });
  expect(row?.dueAt).toBe("2027-03-19T04:59:59.000Z");
});

describe("a request's clock", () => {
  test("starts at receipt, however late it was keyed in, and runs though something is missing", () => {
    const request = aRequest({ channel: "mail", diagnoses: [] }, { receivedAt: "2026-11-20T05:00:00.000Z" });
    expect(request.status).toBe("awaiting-information");
    expect(dueAt(request)).toBe("2026-11-27T05:00:00.000Z");
  });

  test("is the drug's as soon as one line is a drug", () => {
    expect(aRequest({ lines: [mriLine(), mriLine({ code: "J1745" })] }).clock[0]?.rule).toBe("medicaid.drug");
  });

  test("does not count lines that need no decision", () => {
    expect(aRequest({ lines: [visitLine()] }).clock).toEqual([]);
    expect(dueAt(aRequest({ lines: [visitLine()] }))).toBeNull();
  });

  test("is one hour when a facility outside the network asks for post-stabilization care", () => {
    const submission = { setting: "observation", postStabilization: true, lines: [therapyLine()] } as const;
    expect(aRequest(submission, { network: { servicingProvider: true, servicingFacility: false } }).clock[0]?.rule).toBe(
      "post-stabilization",
    );
    expect(aRequest(submission, { network: { servicingProvider: false } }).clock[0]?.rule).toBe("post-stabilization");
  });

  test("sends the referral at a quarter", () => {
    expect(aRequest().referral?.dueAt).toBe(hoursAfter(42));
    expect(aRequest({ priority: "expedited" }).referral?.dueAt).toBe(hoursAfter(18));
    expect(aRequest({ lineOfBusiness: "marketplace" }).referral?.dueAt).toBe(hoursAfter(90));
  });
});

describe("days in the plan's time zone", () => {
  test("begin at its midnight, in winter and in summer", () => {
    expect(startOfDay("2026-12-20", "America/New_York")).toBe("2026-12-20T05:00:00.000Z");
    expect(startOfDay("2026-07-20", "America/New_York")).toBe("2026-07-20T04:00:00.000Z");
  });

  test("are told of an instant by its wall clock", () => {
    expect(dayOf("2026-12-20T04:59:59.999Z", "America/New_York")).toBe("2026-12-19");
    expect(dayOf("2026-12-20T05:00:00.000Z", "America/New_York")).toBe("2026-12-20");
  });

  test("can be counted over months and leap years", () => {
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  });

  test("an instant falls on the day that has begun and not ended", () => {
    const zone = policy.plan.timeZone;
    fc.assert(
      fc.property(fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }), (time) => {
        const day = dayOf(time.toISOString(), zone);
        expect(startOfDay(day, zone) <= time.toISOString()).toBe(true);
        expect(startOfDay(addDays(day, 1), zone) > time.toISOString()).toBe(true);
      }),
    );
  });
});

test("a share of a span lies within it and grows with the share", () => {
  const end = hoursAfter(168);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      expect(shareOf(received, end, less) <= shareOf(received, end, more)).toBe(true);
      expect(shareOf(received, end, less) >= received && shareOf(received, end, more) <= end).toBe(true);
    }),
  );
});
