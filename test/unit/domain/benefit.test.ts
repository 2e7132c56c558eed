import { describe, expect, test } from "vitest";
import { type AuthorizationUse, unused } from "../../../shared/domain/authorization.ts";
import { agreed, type Benefit, held, leftOf, limitedLines, periodOf, untouched } from "../../../shared/domain/benefit.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { type BenefitLimit, policy } from "../../../shared/policy/policy.ts";
import { aRequest, complete, hoursAfter, therapyLine, visitLine } from "../../builders.ts";

const limitCalled = (id: string): BenefitLimit => {
  const limit = policy.benefits.limits.find((one) => one.id === id);
  if (!limit) throw new Error("no such benefit");
  return limit;
};
const visits = limitCalled("outpatient-therapy-visits");
const key = { member: "sealed", benefit: visits.id, from: "2026-01-01" };
const request = complete(aRequest({ lines: [therapyLine(), visitLine()] }));
const lookAt = hoursAfter(2);

describe("a period", () => {
  test.each([
    ["2026-01-01", "2026-01-01", "2026-12-31"],
    ["2026-12-31", "2026-01-01", "2026-12-31"],
    ["2028-02-29", "2028-01-01", "2028-12-31"],
  ])("of a calendar year holds %s", (day, from, to) => {
    expect(periodOf(visits, day)).toEqual({ from, to });
  });

  test.each([
    ["2026-06-30", "2025-07-01", "2026-06-30"],
    ["2026-07-01", "2026-07-01", "2027-06-30"],
    ["2027-06-30", "2026-07-01", "2027-06-30"],
  ])("of a benefit year holds %s", (day, from, to) => {
    expect(periodOf(limitCalled("home-care-visits"), day)).toEqual({ from, to });
  });
});

describe("a line draws on a benefit", () => {
  const drawn = (...given: Parameters<typeof aRequest>) =>
    limitedLines(aRequest(...given), policy).map(({ lineNumber, limit, from }) => [lineNumber, limit.id, from]);

  test("by its category, in the period of its day", () => {
    expect(drawn({ lines: [therapyLine(), visitLine(), therapyLine({ serviceDate: "2027-01-02" })] })).toEqual([
      [1, "outpatient-therapy-visits", "2026-01-01"],
      [3, "outpatient-therapy-visits", "2027-01-01"],
    ]);
  });
  test("by its code", () => {
    const lines = [therapyLine({ code: "98941" }), therapyLine({ code: "98943" })];
    expect(drawn({ lineOfBusiness: "medicare-advantage", lines }, { network: { servicingProvider: false } })).toEqual([
      [1, "spinal-manipulation-visits", "2026-01-01"],
    ]);
  });
  test("in its line of business and its setting only", () => {
    expect(drawn({ lineOfBusiness: "medicare-advantage", lines: [therapyLine()] })).toEqual([]);
    const admission = { date: "2026-12-20", levelOfCare: "skilled-nursing" as const, days: 20 };
    const stay = { admission, lines: [therapyLine({ quantity: 20, unit: "day" })] };
    expect(drawn({ ...stay, setting: "skilled-nursing" })).toEqual([[1, "skilled-nursing-days", "2026-01-01"]]);
    expect(drawn({ ...stay, setting: "inpatient" })).toEqual([]);
  });
});

const agreedWith = (benefit: Benefit, read: Request, use: AuthorizationUse) =>
  agreed(benefit, { requestId: read.id, authorized: { request: read, use } }, undefined, hoursAfter(3), policy);

describe("what is kept", () => {
  const kept = held(untouched(key), visits, [{ lineNumber: 1, units: 8, binding: false }], {
    requestId: request.id,
    awaits: { request: request.version },
    lookAt,
  });
  if (!kept.ok) throw new Error("nothing is kept");

  test("for a decision that can still be written stays kept, whoever looks", () => {
    expect(agreedWith(kept.value, request, unused(request.id))).toBe(kept.value);
  });
  test("is free once it cannot be written any more", () => {
    const later = { ...request, version: request.version + 1 };
    expect(agreedWith(kept.value, later, unused(request.id)).shares).toEqual([]);
  });
  test("for a claim that can still be written is looked into later, whoever looks", () => {
    const claiming = held(kept.value, visits, [{ lineNumber: 1, units: 8, binding: false }], {
      requestId: request.id,
      awaits: { use: 3 },
      lookAt,
    });
    if (!claiming.ok) throw new Error("nothing is kept");
    const usage = { claimLineId: "claim-1", lineNumber: 1, units: 2, serviceDate: "2026-12-21", at: hoursAfter(2) };
    const later = { ...request, version: request.version + 1 };
    const looked = agreedWith(claiming.value, later, { requestId: request.id, version: 3, usages: [usage] });
    expect(looked.shares).toMatchObject([{ units: 8, consumed: 2, awaits: { request: null, use: 3 }, lookAt }]);
    const over = agreedWith(looked, later, { requestId: request.id, version: 4, usages: [usage] });
    expect(over.shares).toMatchObject([{ units: 2, consumed: 2, awaits: { request: null, use: null }, lookAt: null }]);
  });
  test("is kept once, and by two reviewers of one request together", () => {
    const again = (units: number, version = request.version) =>
      held(kept.value, visits, [{ lineNumber: 1, units, binding: false }], {
        requestId: request.id,
        awaits: { request: version },
        lookAt,
      });
    expect(again(8)).toEqual({ ok: true, value: kept.value });
    expect(again(6)).toEqual({ ok: true, value: kept.value });
    expect(again(30)).toMatchObject({ ok: true, value: { shares: [{ units: 30 }] } });
    expect(again(31)).toMatchObject({ ok: false, refusal: { problem: "benefit-exhausted" } });
    expect(leftOf(kept.value, visits)).toBe(22);
  });
});
