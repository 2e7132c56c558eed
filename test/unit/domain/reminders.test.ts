import { describe, expect, test } from "vitest";
import { addDays } from "../../../shared/domain/calendar.ts";
import { mailFor } from "../../../shared/domain/mail.ts";
import { nextWakeOf, recallAt, remindersDue } from "../../../shared/domain/reminders.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { ask } from "../../../shared/domain/transitions/ask.ts";
import { continueStay } from "../../../shared/domain/transitions/continue-stay.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { recallReferral, recordReferralSent } from "../../../shared/domain/transitions/refer.ts";
import { remind, remindOfUnits } from "../../../shared/domain/transitions/remind.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { policy } from "../../../shared/policy/policy.ts";
import {
  approval,
  aRequest,
  asked,
  at,
  changed,
  complete,
  hoursAfter,
  mriLine,
  received,
  referred,
  therapyLine,
  vendorDecides,
  vendorSays,
} from "../../builders.ts";

const { reminders } = policy.plan;
const due = (request: Request, hours: number) =>
  remindersDue(request, reminders, hoursAfter(hours)).map(({ kind, at: moment }) => `${kind} ${moment}`);
const kinds = (request: Request, hours: number) => remindersDue(request, reminders, hoursAfter(hours)).map(({ kind }) => kind);
const reminded = (request: Request, hours: number) => changed(request, remind, {}, at(hoursAfter(hours)));
const eventsOf = (request: Request, hours: number) => {
  const done = apply(remind, request, {}, at(hoursAfter(hours)));
  return done.ok ? done.value.events.map(({ type, reason }) => `${type} ${reason}`) : [];
};

const approving = (...numbers: readonly number[]) => ({
  lines: numbers.map((lineNumber) => ({
    lineNumber,
    outcome: "approved" as const,
    grounds: { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const,
  })),
  reviewer: { subject: "nurse", name: "Nora Reviewer", credential: "RN", mayDeny: false },
});

/** Seven days from receipt to the due time; the service is four weeks away. */
const week = 168;
const physical = () => complete(aRequest({ lines: [therapyLine()] }));

describe("documents or information that are still missing", () => {
  test("are asked for a day and two days after the receipt, and not before", () => {
    const request = aRequest();
    expect(due(request, 23.999)).toEqual([]);
    expect(due(request, 24)).toEqual([`information-missing ${hoursAfter(24)}`]);
    const once = reminded(request, 24);
    expect(due(once, 47.999)).toEqual([]);
    expect(due(once, 48)).toEqual([`information-missing ${hoursAfter(48)}`]);
    expect(kinds(reminded(once, 48), 80)).not.toContain("information-missing");
  });

  test("are asked for once after a long outage", () => {
    expect(kinds(aRequest(), 60)).toEqual(["information-missing"]);
    expect(kinds(reminded(aRequest(), 60), 61)).toEqual([]);
  });

  test("are not asked for once they are here", () => expect(kinds(complete(aRequest()), 30)).not.toContain("information-missing"));

  test("count from the question once one is open", () => {
    const asked = changed(physical(), ask, { items: [{ code: "x", text: "How long?" }] }, at(hoursAfter(30)));
    expect(kinds(asked, 53.999)).toEqual([]);
    expect(kinds(asked, 54)).toEqual(["information-missing"]);
  });
});

describe("a decision that is due soon", () => {
  test("is told of at 50, 75 and 90 % of the clock, each once", () => {
    let request = physical();
    for (const share of [0.5, 0.75, 0.9]) {
      const moment = week * share;
      expect(kinds(request, moment - 0.001)).toEqual([]);
      expect(due(request, moment)).toEqual([`decision-due ${hoursAfter(moment)}`]);
      expect(eventsOf(request, moment)).toEqual(["reminder.due decision-due"]);
      request = reminded(request, moment);
      expect(eventsOf(request, moment)).toEqual([]);
    }
    expect(kinds(request, week - 0.001)).toEqual([]);
  });

  test("goes out once when two of the moments have passed: what was overtaken is not sent", () => {
    expect(due(physical(), week * 0.95)).toEqual([`decision-due ${hoursAfter(week * 0.9)}`]);
  });

  test.each([
    [week * 0.5, "84 h are left."],
    [week * 0.9, "16 h are left."],
    [week - 1, "1 h is left."],
    [week - 0.5, "30 min are left."],
  ])("says how much time is left: %d hours after the receipt", (hours, left) => {
    const event = { type: "reminder.due", reason: "decision-due", at: hoursAfter(hours) } as const;
    expect(mailFor(event, physical(), "https://api.example.org")?.text).toContain(`The request waits for its decision. ${left}\n`);
  });

  test("is overtaken by the end of the clock, which wakes the request itself", () => {
    const request = reminded(physical(), week * 0.9);
    expect(nextWakeOf(request, reminders)).toBe(hoursAfter(week));
    const missed = changed(physical(), missClock, {}, at(hoursAfter(week + 1)));
    expect(kinds(missed, week + 1)).toEqual([]);
    expect(missed).toMatchObject({ missedAt: hoursAfter(week) });
  });
});

describe("a date of service that is near", () => {
  const soon = (serviceDate: string) => complete(aRequest({ lines: [therapyLine({ serviceDate })] }));

  test("is told of in the morning two days before", () => {
    const request = soon("2026-11-27");
    const morning = (Date.parse("2026-11-25T12:00:00.000Z") - Date.parse(received)) / 3_600_000;
    expect(kinds(request, morning - 0.001)).toEqual([]);
    expect(kinds(request, morning)).toEqual(["service-near"]);
    expect(kinds(reminded(request, morning), morning + 1)).toEqual([]);
  });

  test("is told of for each day by itself: one that was near at the receipt hides none that comes later", () => {
    const request = complete(
      aRequest({
        lines: ["2026-11-25", "2026-11-29", "2026-11-29"].map((serviceDate) => therapyLine({ serviceDate })),
      }),
    );
    expect(due(request, 1)).toEqual([`service-near ${received}`]);
    const told = reminded(request, 1);
    expect(remindersDue(told, reminders, "2026-11-27T11:59:59.000Z").map(({ kind }) => kind)).not.toContain("service-near");
    const second = { kind: "service-near", at: "2026-11-27T12:00:00.000Z" };
    expect(remindersDue(told, reminders, second.at)).toContainEqual(second);
    const again = changed(told, remind, {}, at(second.at));
    expect(remindersDue(again, reminders, "2026-11-29T12:00:00.000Z").map(({ kind }) => kind)).not.toContain("service-near");
  });

  test("is told of at once where it was that near at the receipt, and never when the service had been delivered", () => {
    expect(due(soon("2026-11-24"), 0)).toEqual([`service-near ${received}`]);
    expect(kinds(soon("2026-11-20"), 10)).toEqual([]);
  });
});

describe("a vendor that is silent", () => {
  const sent = () => changed(referred(), recordReferralSent, { number: 1 }, at(hoursAfter(1)));

  test("is told of four hours after the release, once", () => {
    expect(kinds(sent(), 4.999)).toEqual([]);
    expect(kinds(sent(), 5)).toEqual(["vendor-silent"]);
    expect(kinds(reminded(sent(), 5), 30)).toEqual([]);
    expect(kinds(changed(sent(), hearVendor, vendorSays("acknowledged", 1), at(hoursAfter(2))), 6)).toEqual([]);
  });

  test("loses its lines at half of what was left of the clock, with the same receipt and due time", () => {
    const half = 1 + (week - 1) / 2;
    expect(recallAt(sent(), reminders)).toBe(hoursAfter(half));
    expect(changed(sent(), recallReferral, {}, at(hoursAfter(half - 0.001)))).toMatchObject({ status: "referred-to-vendor" });
    const done = apply(recallReferral, sent(), {}, at(hoursAfter(half)));
    if (!done.ok) throw new Error(done.refusal.detail);
    const { request, events } = done.value;
    expect(request).toMatchObject({
      status: "in-review",
      receivedAt: received,
      clock: sent().clock,
      referral: { status: "returned" },
      lines: [{ route: "plan", decision: null, because: "The vendor did not decide in its share of the time: the plan does." }],
    });
    expect(events).toMatchObject([{ type: "referral.recalled", lines: [1] }]);
    expect(kinds(request, half)).not.toContain("vendor-silent");
    expect(changed(request, recallReferral, {}, at(hoursAfter(half + 1)))).toBe(request);
  });

  test("keeps what it has decided, and loses the rest", () => {
    const both = changed(referred({ lines: [mriLine(), mriLine({ code: "70450" })] }), recordReferralSent, { number: 1 });
    const one = changed(both, hearVendor, vendorDecides(1, [approval]), at(hoursAfter(2)));
    const recalled = changed(one, recallReferral, {}, at(hoursAfter(100)));
    expect(recalled).toMatchObject({
      status: "in-review",
      lines: [
        { route: "vendor", decision: { outcome: "approved" } },
        { route: "plan", decision: null },
      ],
    });
  });
});

describe("an authorization", () => {
  const approved = () => changed(referred(), hearVendor, vendorDecides(1), at(hoursAfter(2)));

  test("that ends is told of 14 days before", () => {
    const moment = "2027-03-06T12:00:00.000Z";
    expect(nextWakeOf(approved(), reminders)).toBe(moment);
    expect(remindersDue(approved(), reminders, moment)).toEqual([{ kind: "authorization-ending", at: moment }]);
    expect(nextWakeOf(changed(approved(), remind, {}, at(moment)), reminders)).toBeNull();
  });

  test("that ends line by line is told of before each end, and of which line", () => {
    const from = "2026-12-01";
    const lines = [
      therapyLine({ serviceDate: from, endDate: "2027-01-15" }),
      therapyLine({ serviceDate: from, endDate: "2027-06-15" }),
    ];
    const granted = changed(complete(aRequest({ lines })), determine, approving(1, 2), at(hoursAfter(2)));
    const first = "2027-01-01T12:00:00.000Z";
    const second = "2027-06-01T12:00:00.000Z";
    const say = (request: Request) =>
      mailFor({ type: "reminder.due", reason: "authorization-ending", at: request.updatedAt }, request, "https://api.example.org")
        ?.text;
    expect(nextWakeOf(granted, reminders)).toBe(first);
    const told = changed(granted, remind, {}, at(first));
    expect(say(told)).toContain("The authorization ends on 2027-01-15 for line 1; on 2027-06-15 for line 2.");
    expect(nextWakeOf(told, reminders)).toBe(second);
    const again = changed(told, remind, {}, at(second));
    expect(say(again)).toContain("The authorization ends on 2027-06-15. ");
    expect(nextWakeOf(again, reminders)).toBeNull();
  });

  test("of a stay ends with the last of its days, not where others follow", () => {
    const admission = { date: "2026-11-24", type: "urgent", levelOfCare: "rehabilitation", days: 40 } as const;
    const stayLine = { modifiers: [], investigational: false };
    const setting = "inpatient-rehabilitation";
    const stay = changed(complete(aRequest({ setting, admission, lines: [stayLine] })), determine, approving(1), at(hoursAfter(2)));
    const to = stay.authorization?.to ?? "";
    const days = { days: 30, from: addDays(to, 1), network: { servicingProvider: true }, membership: asked() };
    const longer = changed(changed(stay, continueStay, days, at(hoursAfter(48))), determine, approving(2), at(hoursAfter(50)));
    expect(nextWakeOf(stay, reminders)).toBe(`${addDays(to, -14)}T12:00:00.000Z`);
    expect(nextWakeOf(longer, reminders)).toBe(`${addDays(longer.authorization?.to ?? "", -14)}T12:00:00.000Z`);
    expect(longer.authorization?.to).not.toBe(to);
  });

  test("that was granted for less than that is not told of", () => {
    const from = "2026-11-25";
    const brief = referred({ lines: [mriLine({ serviceDate: from })] });
    const short = changed(brief, hearVendor, vendorDecides(1, [{ ...approval, from, to: "2026-12-01" }]), at(hoursAfter(2)));
    expect(short.status).toBe("approved");
    expect(nextWakeOf(short, reminders)).toBeNull();
  });

  test("is told of once when most of its units are used", () => {
    const told = changed(approved(), remindOfUnits, {}, at(hoursAfter(50)));
    expect(told.reminded).toEqual({ "units-used": hoursAfter(50) });
    expect(changed(told, remindOfUnits, {}, at(hoursAfter(60)))).toBe(told);
  });
});

test("what has ended without an authorization never wakes again", () => {
  expect(changed(aRequest(), withdraw, { reason: "Not needed." })).toMatchObject({ status: "withdrawn", wakesAt: null });
});

test("a wake-up that has come always finds something to do", () => {
  for (const start of [aRequest(), physical(), referred(), changed(referred(), recordReferralSent, { number: 1 })]) {
    let request = start;
    for (let step = 0; step < 40 && request.wakesAt !== null; step += 1) {
      const context = at(request.wakesAt);
      const before = request;
      for (const transition of [recallReferral, missClock, remind]) request = changed(request, transition, {}, context);
      if (before === request) break;
    }
    expect(request.wakesAt === null || request.referral?.dueAt === request.wakesAt).toBe(true);
  }
});
