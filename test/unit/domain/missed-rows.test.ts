import { describe, expect, test } from "vitest";
import { requestView, summaryView } from "../../../shared/api/views.ts";
import { mailFor } from "../../../shared/domain/mail.ts";
import { owedNotices } from "../../../shared/domain/notice.ts";
import { dueAt, type Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { ask, closeQuestion } from "../../../shared/domain/transitions/ask.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { askToExpedite } from "../../../shared/domain/transitions/expedite.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { releaseReferral } from "../../../shared/domain/transitions/refer.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, at, changed, complete, hoursAfter, therapyLine } from "../../builders.ts";

const day = 24;
const lines = [therapyLine()];
const arkansas = { lineOfBusiness: "marketplace", state: "AR", lines } as const;
const ohio = () => complete(aRequest({ lines }));

/** The misses that a timer notes if it fires then, as often as it finds one. */
function missed(request: Request, hours: number): { request: Request; rules: readonly string[] } {
  const done = apply(missClock, request, {}, at(hoursAfter(hours)));
  if (!done.ok) throw new Error(done.refusal.detail);
  if (done.value.request === request) return { request, rules: [] };
  const rules = done.value.events.flatMap(({ type, reason }) => (type === "clock.missed" ? [reason ?? ""] : []));
  const next = missed(done.value.request, hours);
  return { request: next.request, rules: [...rules, ...next.rules] };
}

describe("each row of the law that ends without a decision", () => {
  test("takes its own effect: complete on the last day in Arkansas, overdue by the federal row, deemed approved by the State's", () => {
    // Complete on Tuesday, December 8, hours before the fifteen days are over: Wednesday and Thursday.
    const late = complete(aRequest(arkansas), hoursAfter(14.9 * day));
    expect(late.clock.map(({ rule, dueAt: due }) => [rule, due])).toEqual([
      ["marketplace.standard", hoursAfter(15 * day)],
      ["arkansas.standard", "2026-12-11T05:00:00.000Z"],
    ]);
    const federal = missed(late, 15 * day);
    expect(federal.rules).toEqual(["marketplace.standard"]);
    expect(federal.request).toMatchObject({ status: "in-review", missedAt: hoursAfter(15 * day) });
    expect(federal.request.wakesAt).toBe("2026-12-11T05:00:00.000Z");
    const state = missed(federal.request, 18 * day);
    expect(state.rules).toEqual(["arkansas.standard"]);
    expect(state.request).toMatchObject({
      status: "approved",
      missedAt: hoursAfter(15 * day),
      lines: [{ decision: { criterion: "A.C.A. 23-99-1105", decidedBy: { name: expect.stringMatching(/law/i) } } }],
    });
    expect(missed(state.request, 30 * day).rules).toEqual([]);
  });

  test("is noted once each after an outage, in the order in which they ended", () => {
    const both = missed(ohio(), 20 * day);
    expect(both.rules).toEqual(["medicaid.standard", "ohio.medicaid.standard"]);
    expect(both.request).toMatchObject({ status: "in-review", missedAt: hoursAfter(7 * day) });
    expect(missed(both.request, 21 * day).rules).toEqual([]);
  });

  test("begins the adverse notice once, whichever event is heard first", () => {
    const { request } = missed(ohio(), 20 * day);
    const owed = (reason: string) => owedNotices(request, { type: "clock.missed", at: hoursAfter(20 * day), reason });
    expect(owed("medicaid.standard")).toHaveLength(2);
    expect(owed("ohio.medicaid.standard")).toEqual([]);
  });

  test("is told with its own time, not with that of the row before it", () => {
    const text = (hours: number, reason: string) =>
      mailFor({ type: "clock.missed", reason, at: hoursAfter(hours) }, missed(ohio(), hours).request, "https://api.example.org")
        ?.text;
    const [first, second] = missed(ohio(), 20 * day).request.missed;
    expect(first?.dueAt).not.toBe(second?.dueAt);
    expect(text(7 * day, "medicaid.standard")).toContain(`Decision due: ${first?.dueAt}`);
    expect(text(20 * day, "ohio.medicaid.standard")).toContain(`Decision due: ${second?.dueAt}`);
  });

  test("is told to the desk, after an outage of the last alone; what a person has decided meanwhile is not the law's", () => {
    const about = (request: Request, reason: string) =>
      mailFor({ type: "clock.missed", reason, at: request.updatedAt }, request, "https://api.example.org")?.subject.replace(
        /.*: /,
        "",
      );
    const week = missed(ohio(), 7 * day).request;
    expect(about(week, "medicaid.standard")).toBe("overdue");
    const { request } = missed(ohio(), 20 * day);
    expect(about(request, "medicaid.standard")).toBeUndefined();
    expect(about(request, "ohio.medicaid.standard")).toBe("overdue");
    expect(about(approved(week, 8 * day), "medicaid.standard")).toBeUndefined();
    const deemed = missed(complete(aRequest(arkansas)), 9 * day).request;
    expect(about(deemed, "arkansas.standard")).toBe("decided by law");
  });
});

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const reviewer = { subject: "nurse", name: "Nora Reviewer", credential: "RN", mayDeny: false };
const approved = (request: Request, hours: number) =>
  changed(request, determine, { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }], reviewer }, at(hoursAfter(hours)));

describe("overdue", () => {
  const instant = 1 / 3_600_000;
  const week = 7 * day;
  const overdue = (request: Request, hours: number) => summaryView(request, hoursAfter(hours)).overdue;

  test("by flag and event alike is what is undecided when its time ends, and not a moment before", () => {
    expect([overdue(ohio(), week - instant), missed(ohio(), week - instant).rules]).toEqual([false, []]);
    expect([overdue(ohio(), week), missed(ohio(), week).rules]).toEqual([true, ["medicaid.standard"]]);
  });

  test("leaves its trace on what was decided after its time, though no timer had noted it", () => {
    expect(approved(ohio(), week)).toMatchObject({ status: "approved", missedAt: null });
    const late = approved(ohio(), week + instant);
    expect(late).toMatchObject({ status: "approved", missedAt: hoursAfter(week) });
    const view = requestView(late, undefined, { now: hoursAfter(week + 1), policy, reviews: false });
    expect(view).toMatchObject({ overdue: false, missedAt: hoursAfter(week) });
    expect(approved(missed(ohio(), week + 1).request, week + 2)).toMatchObject({ missedAt: hoursAfter(week) });
  });
});

describe("all information is in", () => {
  const question = { items: [{ code: "plan-of-care", text: "Please send the signed plan of care." }] };
  const asked = (request: Request, hours: number) => changed(request, ask, question, at(hoursAfter(hours)));

  test("not while the provider owes the plan an answer: nothing is deemed approved meanwhile", () => {
    const owed = complete(asked(aRequest(arkansas), 1), hoursAfter(2));
    expect(owed).toMatchObject({ missing: [], completeAt: null });
    expect(missed(owed, 20 * day)).toMatchObject({ rules: [], request: { status: "awaiting-information" } });
    const later = asked(complete(aRequest(arkansas)), 3);
    expect(missed(later, 20 * day)).toMatchObject({ rules: [], request: { status: "awaiting-information" } });
  });

  test("once the plan has closed its question, when nothing else was missing", () => {
    const owed = complete(asked(aRequest(arkansas), 1), hoursAfter(2));
    const end = owed.informationRequest?.dueAt ?? "";
    const closed = changed(owed, closeQuestion, {}, at(end));
    // January 7 is a Thursday: Friday and Monday.
    expect(end).toBe(hoursAfter(1 + 45 * day));
    expect(closed).toMatchObject({ status: "in-review", completeAt: end });
    expect(dueAt(closed)).toBe("2027-01-12T05:00:00.000Z");
  });
});

test("the referral waits for its share of the clock that runs, and no longer", () => {
  const haste = (request: Request, hours: number) =>
    changed(request, askToExpedite, { reason: "Pain", requestedBy: "physician" }, at(hoursAfter(hours)));
  const hurried = haste(aRequest(), 1);
  expect([dueAt(hurried), hurried.referral?.dueAt, hurried.wakesAt]).toEqual([
    hoursAfter(49),
    hoursAfter(12.25),
    hoursAfter(12.25),
  ]);
  expect(haste(aRequest(), 20).referral).toMatchObject({ dueAt: hoursAfter(17), releasedAt: hoursAfter(20) });
  // What has gone out stays as it went.
  const out = changed(aRequest(), releaseReferral, {}, at(hoursAfter(42)));
  expect(haste(out, 43).referral).toEqual(out.referral);
});
