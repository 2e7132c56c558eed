import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, dayOf, shareOf, startOfDay } from "../../../shared/domain/calendar.ts";
import { type ClockFacts, clockCandidates, type Question } from "../../../shared/domain/clock.ts";
import { dueAt } from "../../../shared/domain/request.ts";
import { ask } from "../../../shared/domain/transitions/ask.ts";
import { askToExpedite } from "../../../shared/domain/transitions/expedite.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, at, changed, complete, hoursAfter, mriLine, received, therapyLine, visitLine } from "../../builders.ts";

const rows = (facts: Partial<ClockFacts>) =>
  clockCandidates(
    {
      lineOfBusiness: "medicaid",
      state: "TX",
      priority: "standard",
      receivedAt: received,
      expeditedAt: null,
      hasteGrantedAt: null,
      completeAt: null,
      extendedAt: null,
      questions: [],
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
    expect(rows({ lineOfBusiness, priority })).toEqual([
      { rule, meaning: expect.stringMatching(/: /), cite, dueAt: hoursAfter(hours), whenMissed: "adverse-notice" },
    ]);
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
    expect(aRequest({ priority: "expedited", state: "TX" }).referral?.dueAt).toBe(hoursAfter(18));
    expect(aRequest({ lineOfBusiness: "marketplace", state: "TX" }).referral?.dueAt).toBe(hoursAfter(90));
    expect(aRequest({ lineOfBusiness: "marketplace", state: "OH" }).referral?.dueAt).toBe(hoursAfter(60));
  });
});

describe("a state's own rule", () => {
  const dues = (facts: Partial<ClockFacts>) => rows(facts).map(({ rule, dueAt }) => [rule, dueAt]);

  test("in Ohio stands beside the federal one, and the earlier rules", () => {
    expect(dues({ state: "OH" })).toEqual([
      ["medicaid.standard", hoursAfter(7 * days)],
      ["ohio.medicaid.standard", hoursAfter(10 * days)],
    ]);
    expect(dues({ state: "OH", priority: "expedited" })[0]).toEqual(["ohio.medicaid.expedited", hoursAfter(48)]);
    expect(dues({ state: "OH", lineOfBusiness: "marketplace" })[0]).toEqual(["ohio.marketplace.standard", hoursAfter(10 * days)]);
  });

  test("does not reach Medicare Advantage (42 CFR 422.402)", () => {
    for (const state of ["OH", "AR"])
      expect(dues({ state, lineOfBusiness: "medicare-advantage", completeAt: received })).toHaveLength(1);
  });

  test("in Arkansas waits for the completion, and then gives two business days, or one in haste", () => {
    const arkansas = { state: "AR", lineOfBusiness: "marketplace" } as const;
    expect(dues(arkansas)).toEqual([
      ["marketplace.standard", hoursAfter(15 * days)],
      ["arkansas.standard", null],
    ]);
    // Complete on Monday, November 23: the 24th and the 25th count, Thanksgiving begins when they are over.
    expect(dues({ ...arkansas, completeAt: received })[0]).toEqual(["arkansas.standard", "2026-11-26T05:00:00.000Z"]);
    expect(dues({ ...arkansas, completeAt: "2026-11-25T15:00:00.000Z" })[0]).toEqual([
      "arkansas.standard",
      // The 26th is Thanksgiving; the 27th and Monday, the 30th, count.
      "2026-12-01T05:00:00.000Z",
    ]);
    expect(rows({ ...arkansas, completeAt: received, priority: "expedited" })[0]).toMatchObject({
      rule: "arkansas.expedited",
      dueAt: "2026-11-25T05:00:00.000Z",
      whenMissed: "deemed-approved",
    });
  });
});

describe("an extension", () => {
  const due = (facts: Partial<ClockFacts>) => rows({ extendedAt: hoursAfter(1), ...facts })[0];

  test.each([
    ["medicaid", "standard", (7 + 14) * days],
    ["medicaid", "expedited", 72 + 14 * days],
    ["medicare-advantage", "standard", (7 + 14) * days],
    ["medicare-advantage", "expedited", 72 + 14 * days],
    ["marketplace", "standard", (15 + 15) * days],
    ["marketplace", "expedited", 72],
  ] as const)("of %s, %s: %d hours in all", (lineOfBusiness, priority, hours) => {
    expect(due({ lineOfBusiness, priority })?.dueAt).toBe(hoursAfter(hours));
  });

  test("moves no drug's time, no state's and no post-stabilization's", () => {
    expect(due({ categories: ["drug"] })).toMatchObject({ rule: "medicaid.drug", dueAt: hoursAfter(24) });
    expect(due({ state: "OH" })).toMatchObject({ rule: "ohio.medicaid.standard", dueAt: hoursAfter(10 * days) });
    expect(due({ postStabilizationOutOfNetwork: true })).toMatchObject({ rule: "post-stabilization", whenMissed: "plan-liable" });
  });
});

describe("a question of the plan", () => {
  const asked = (answeredAt: string | null, more: Partial<Question> = {}): readonly Question[] => [
    { askedAt: hoursAfter(24), answerBy: hoursAfter(24 + 45 * days), answeredAt, ...more },
  ];
  const due = (facts: Partial<ClockFacts>) => rows({ lineOfBusiness: "marketplace", ...facts })[0]?.dueAt;

  test("stops the Marketplace's clock until its answer, or until its own end", () => {
    expect(due({ questions: asked(hoursAfter(34)) })).toBe(hoursAfter(15 * days + 10));
    expect(due({ questions: asked(null) })).toBe(hoursAfter(15 * days + 45 * days));
    expect(due({ questions: asked(hoursAfter(24 + 50 * days)) })).toBe(hoursAfter(15 * days + 45 * days));
  });

  test("stops it as often as one is asked, and no more once it has run out", () => {
    const second = { askedAt: hoursAfter(48), answerBy: hoursAfter(48 + 45 * days), answeredAt: hoursAfter(50) };
    expect(due({ questions: [...asked(hoursAfter(34)), second] })).toBe(hoursAfter(15 * days + 12));
    const late = { askedAt: hoursAfter(16 * days), answerBy: hoursAfter(61 * days), answeredAt: null };
    expect(due({ questions: [late] })).toBe(hoursAfter(15 * days));
  });

  test("of the first day gives an urgent one of the Marketplace 48 hours from the answer", () => {
    const urgent = (question: Partial<Question>) =>
      due({ priority: "expedited", questions: asked(null, { answerBy: hoursAfter(72), ...question }) });
    expect(urgent({})).toBe(hoursAfter(72 + 48));
    expect(urgent({ answeredAt: hoursAfter(30) })).toBe(hoursAfter(30 + 48));
    expect(urgent({ askedAt: hoursAfter(25) })).toBe(hoursAfter(72));
  });

  test("gives the provider of an urgent request 48 hours, and not the standard one's 45 days, though haste was asked for later", () => {
    const claim = complete(aRequest({ lineOfBusiness: "marketplace", state: "TX", lines: [therapyLine()] }));
    const question = { items: [{ code: "plan-of-care", text: "Please send the signed plan of care." }] };
    expect(changed(claim, ask, question, at(hoursAfter(30))).informationRequest?.dueAt).toBe(hoursAfter(30 + 45 * days));
    const hurried = changed(claim, askToExpedite, { reason: "Pain", requestedBy: "physician" }, at(hoursAfter(20)));
    const asked = changed(hurried, ask, question, at(hoursAfter(30)));
    expect(asked.informationRequest?.dueAt).toBe(hoursAfter(30 + 48));
    expect(dueAt(asked)).toBe(hoursAfter(30 + 48 + 48));
  });

  test("stops nobody else's clock", () => {
    for (const lineOfBusiness of ["medicaid", "medicare-advantage"] as const)
      expect(due({ lineOfBusiness, questions: asked(null) })).toBe(hoursAfter(7 * days));
  });
});

describe("haste that was asked for later", () => {
  test("runs from when it was granted, and the time that stood before rules while it is earlier", () => {
    const later = { priority: "expedited" as const, expeditedAt: hoursAfter(24) };
    expect(rows(later).map(({ rule, dueAt }) => [rule, dueAt])).toEqual([
      ["medicaid.expedited", hoursAfter(24 + 72)],
      ["medicaid.standard", hoursAfter(7 * days)],
    ]);
    expect(rows({ ...later, expeditedAt: hoursAfter(6 * days) })[0]).toMatchObject({
      rule: "medicaid.standard",
      dueAt: hoursAfter(7 * days),
    });
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
