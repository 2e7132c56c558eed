import { describe, expect, test } from "vitest";
import { measurementsOf } from "../../../functions/lib/business-metrics.ts";
import { decidedAsks } from "../../../shared/domain/decided-asks.ts";
import { dueAt, type Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { continueStay, type MoreDays } from "../../../shared/domain/transitions/continue-stay.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { extend } from "../../../shared/domain/transitions/extend.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, asked, at, changed, complete, done, hoursAfter } from "../../builders.ts";

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const reviewer = { subject: "nurse", name: "Nora Reviewer", credential: "RN", mayDeny: false };
const admission = { date: "2026-11-24", type: "urgent", levelOfCare: "acute", days: 3 } as const;
const stayLine = { modifiers: [], investigational: false };

/** Three days from November 24, approved two hours after they were asked for. */
function aStay(state = "TX", lineOfBusiness: "medicaid" | "marketplace" = "medicaid"): Request {
  const request = complete(aRequest({ setting: "inpatient", admission, lines: [stayLine], state, lineOfBusiness }));
  return changed(
    request,
    determine,
    { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }], reviewer },
    at(hoursAfter(2)),
  );
}
const more = (days: number, from: string): MoreDays => ({
  days,
  from,
  network: { servicingProvider: true },
  membership: asked(),
});
const ask = (request: Request, now: string, days = 2, from = "2026-11-27") =>
  apply(continueStay, request, more(days, from), at(now));

describe("the clock of more days", () => {
  test("is the expedited one from when they were asked for, whatever the first was", () => {
    const request = aStay();
    const continued = done(ask(request, hoursAfter(48)));
    expect(continued).toMatchObject({ status: "in-review", priority: "standard", receivedAt: request.receivedAt });
    expect(continued.clock).toMatchObject([{ rule: "medicaid.expedited", dueAt: hoursAfter(48 + 72) }]);
    expect(continued.authorization).toEqual(request.authorization);
  });

  test("is the State's where that is earlier, and counts from the asking where it counts from the completion", () => {
    expect(done(ask(aStay("OH"), hoursAfter(48))).clock[0]).toMatchObject({
      rule: "ohio.medicaid.expedited",
      dueAt: hoursAfter(96),
    });
    const arkansas = done(ask(aStay("AR", "marketplace"), hoursAfter(48)));
    expect(arkansas.clock[0]?.rule).toBe("arkansas.expedited");
    // Asked for on Wednesday; Thursday is Thanksgiving, and Friday ends at midnight in Dayton.
    expect(arkansas.clock[0]?.dueAt).toBe("2026-11-28T05:00:00.000Z");
  });

  test("can be extended once, though the first was", () => {
    const context = (hours: number) => at(hoursAfter(hours), { type: "reviewer", id: "nurse" });
    const request = complete(aRequest({ setting: "inpatient", admission, lines: [stayLine], state: "TX" }));
    const extended = changed(request, extend, { reason: "Records are awaited." }, context(1.5));
    const approval = { lines: [{ lineNumber: 1, outcome: "approved" as const, grounds: met }], reviewer };
    const continued = done(ask(changed(extended, determine, approval, context(2)), hoursAfter(48)));
    // The first extension moves nothing of the second clock.
    expect(dueAt(continued)).toBe(hoursAfter(48 + 72));
    const again = changed(continued, extend, { reason: "Records are awaited." }, context(49));
    expect(dueAt(again)).toBe(hoursAfter(48 + 72 + 14 * 24));
    expect(again.extensions).toMatchObject([{ at: hoursAfter(1.5) }, { at: hoursAfter(49), dueBefore: hoursAfter(120) }]);
    expect(changed(again, extend, { reason: "Records are awaited." }, context(50))).toBe(again);
    expect(apply(extend, again, { reason: "Once more." }, context(50))).toMatchObject({
      refusal: { problem: "extension-not-possible" },
    });
    const second = { lines: [{ lineNumber: 2, outcome: "approved" as const, grounds: met }], reviewer };
    const both = decidedAsks(changed(again, determine, second, context(51)), policy);
    expect(both).toMatchObject([{ extended: true }, { extended: true }]);
    // Not extended by the other's.
    const once = decidedAsks(changed(continued, determine, second, context(51)), policy);
    expect(once).toMatchObject([{ extended: true }, { extended: false }]);
  });

  test("can be missed, though the first was met", () => {
    const continued = done(ask(aStay(), hoursAfter(48)));
    expect(changed(continued, missClock, {}, at(hoursAfter(119)))).toBe(continued);
    expect(changed(continued, missClock, {}, at(hoursAfter(121)))).toMatchObject({
      missedAt: hoursAfter(120),
      status: "in-review",
    });
  });
});

test("the time of its decision is measured from when it was asked for", () => {
  const continued = done(ask(aStay(), hoursAfter(48)));
  const command = { lines: [{ lineNumber: 2, outcome: "approved" as const, grounds: met }], reviewer };
  const decided = apply(determine, continued, command, at(hoursAfter(58)));
  if (!decided.ok) throw new Error(decided.refusal.detail);
  expect(measurementsOf(decided.value).find(({ metric }) => metric === "DecisionTime")).toMatchObject({ value: 10 * 3600 });
});

describe("what can be continued", () => {
  test("is a stay whose days are not over, in the plan's time zone", () => {
    expect(ask(aStay(), "2026-11-28T04:59:59.000Z").ok).toBe(true);
    expect(ask(aStay(), "2026-11-28T05:00:00.000Z")).toMatchObject({ refusal: { problem: "continued-stay-not-possible" } });
  });

  test.each([
    [2, "2026-11-23", "/from"],
    [2, "2026-11-29", "/from"],
    [1, "2026-11-25", "/days"],
  ])("%i days from %s: a fault at %s", (days, from, pointer) => {
    expect(ask(aStay(), hoursAfter(48), days, from)).toMatchObject({ refusal: { errors: [{ pointer }] } });
  });

  test("goes on from continuation to continuation", () => {
    const first = done(ask(aStay(), hoursAfter(48)));
    const approve = (request: Request, lineNumber: number) =>
      changed(request, determine, { lines: [{ lineNumber, outcome: "approved", grounds: met }], reviewer }, at(hoursAfter(50)));
    const second = approve(first, 2);
    expect(second).toMatchObject({ status: "approved", authorization: { from: "2026-11-24", to: "2026-11-29" } });
    const third = approve(done(ask(second, hoursAfter(72), 3, "2026-11-29")), 3);
    expect(third).toMatchObject({ authorization: { to: "2026-12-02" }, continuations: [{ lineNumber: 2 }, { lineNumber: 3 }] });
  });
});
