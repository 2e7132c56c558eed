import { describe, expect, it } from "vitest";
import { worthAMail } from "../../../infra/events-stack.ts";
import { requestView } from "../../../shared/api/views.ts";
import { indexAttributes } from "../../../shared/aws/stored-request.ts";
import { timeKeyFrom } from "../../../shared/aws/time-key.ts";
import { taken, unused } from "../../../shared/domain/authorization.ts";
import type { EventDraft } from "../../../shared/domain/events.ts";
import { mailFor } from "../../../shared/domain/mail.ts";
import { type Notice, owedNotices } from "../../../shared/domain/notice.ts";
import { longDate } from "../../../shared/domain/notice-dates.ts";
import { letterOf } from "../../../shared/domain/notice-letter.ts";
import { remindersDue } from "../../../shared/domain/reminders.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { ask } from "../../../shared/domain/transitions/ask.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { recordNotices } from "../../../shared/domain/transitions/record-notices.ts";
import { remind } from "../../../shared/domain/transitions/remind.ts";
import { linesOfBusiness } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { at, changed, hoursAfter, referred, vendor, vendorDecides, denial as vendorDenial } from "../../builders.ts";
import { appealed, deny, director, inReview, refused } from "../notices/cases.ts";

const { reminders } = policy.plan;
const filing = { reason: "Strength has not come back.", expedited: false };
const second = { subject: "director-2", name: "Devon Second", credential: "DO", mayDeny: true };

/** With the letters of an event on record, and what the member's says. */
function told(request: Request, event: { type: "line.decided"; at: string; lines: number[] }) {
  const owed = owedNotices(request, event);
  const notices: Notice[] = owed.map(({ id, audience, kind, at: date, lines }) => ({
    id,
    audience,
    kind,
    at: date,
    lines,
    recordsVersionId: "v1",
  }));
  const letter = owed.find(({ audience }) => audience === "member");
  if (!letter) throw new Error("no letter is owed to the member");
  return {
    request: changed(request, recordNotices, { notices }, at(event.at)),
    text: JSON.stringify(letterOf(request, letter, policy)),
  };
}
const mayFile = (request: Request, now: string) => apply(fileAppeal, request, filing, at(now)).ok;

describe("the last day for an appeal", () => {
  // The vendor's word of Monday evening is heard on Wednesday, and told by a letter of that day.
  const decidedAt = "2026-11-30T23:00:00.000Z";
  const heardAt = "2026-12-02T16:00:00.000Z";
  const heard = (lineOfBusiness: (typeof linesOfBusiness)[number]) =>
    changed(
      referred({ lineOfBusiness, state: "TX" }),
      hearVendor,
      vendorDecides(1, [vendorDenial], { occurredAt: decidedAt }),
      at(heardAt, vendor),
    );

  it.each([
    ["medicaid", "2027-01-31"],
    ["medicare-advantage", "2027-02-05"],
    ["marketplace", "2027-05-31"],
  ] as const)("in %s counts from the letter, which names it: %s", (lineOfBusiness, lastDay) => {
    const { request, text } = told(heard(lineOfBusiness), { type: "line.decided", at: heardAt, lines: [1] });
    expect(text).toContain(`until ${longDate(lastDay)}`);
    expect(mayFile(request, `${lastDay}T22:00:00.000Z`)).toBe(true);
    expect(mayFile(request, new Date(Date.parse(`${lastDay}T22:00:00.000Z`) + 86_400_000).toISOString())).toBe(false);
  });

  it("counts from the decision while no letter told of it", () => {
    expect(mayFile(heard("medicaid"), "2027-01-29T22:00:00.000Z")).toBe(true);
    expect(mayFile(heard("medicaid"), "2027-01-30T22:00:00.000Z")).toBe(false);
  });

  it("is the same in letter and code for what the plan decides, at any hour of the day", () => {
    for (const lineOfBusiness of linesOfBusiness)
      for (let hour = 0; hour < 26; hour += 1) {
        const decided = changed(
          inReview({ lineOfBusiness, state: "TX" }),
          determine,
          { lines: [deny(1), deny(2)], reviewer: director },
          at(hoursAfter(hour + 2)),
        );
        const { request, text } = told(decided, { type: "line.decided", at: hoursAfter(hour + 2), lines: [1] });
        const [, printed = ""] = /until (\w+ \d+, \d{4})/.exec(text) ?? [];
        const days = Array.from({ length: 200 }, (_, day) => new Date(Date.UTC(2026, 10, 23 + day, 17)).toISOString());
        const last = days.findLast((day) => mayFile(request, day)) ?? "";
        expect(longDate(last.slice(0, 10))).toBe(printed);
      }
  });

  it("of a line is not moved by another line's letter", () => {
    const first = changed(inReview({ state: "TX" }), determine, { lines: [deny(1)], reviewer: director }, at(hoursAfter(2)));
    const both = changed(first, determine, { lines: [deny(2)], reviewer: director }, at(hoursAfter(98)));
    const { request } = told(both, { type: "line.decided", at: hoursAfter(98), lines: [2] });
    const late = apply(fileAppeal, request, { ...filing, lines: [1] }, at(hoursAfter(24 * 62)));
    expect(late).toMatchObject({ refusal: { problem: "appeal-window-over" } });
    expect(apply(fileAppeal, request, { ...filing, lines: [2] }, at(hoursAfter(24 * 62))).ok).toBe(true);
  });
});

const filedAt = hoursAfter(100);
const filed = (expedited = false) => changed(refused(), fileAppeal, { ...filing, expedited }, at(filedAt));
const hoursOn = (hours: number) => hoursAfter(100 + hours);
const kinds = (request: Request, now: string) => remindersDue(request, reminders, now).map(({ kind }) => kind);
const appealKinds = (request: Request, now: string) => kinds(request, now).filter((kind) => kind.startsWith("appeal"));

describe("the clock of an open appeal", () => {
  it.each([
    [false, 720],
    [true, 72],
  ])("reminds at its shares and its end, once each (expedited: %s)", (expedited, hours) => {
    let request = filed(expedited);
    for (const share of [0.5, 0.75, 0.9]) {
      expect(appealKinds(request, hoursOn(hours * share - 0.001))).toEqual([]);
      expect(appealKinds(request, hoursOn(hours * share))).toEqual(["appeal-due"]);
      request = changed(request, remind, {}, at(hoursOn(hours * share)));
    }
    expect(appealKinds(request, hoursOn(hours - 0.001))).toEqual([]);
    expect(appealKinds(request, hoursOn(hours))).toEqual(["appeal-overdue"]);
    request = changed(request, remind, {}, at(hoursOn(hours)));
    expect(appealKinds(request, hoursOn(hours * 3))).toEqual([]);
  });

  it("wakes the request, though nothing else would", () => {
    const request = changed(inReview(), determine, { lines: [deny(1), deny(2)], reviewer: director }, at(hoursAfter(20)));
    expect(request.wakesAt).toBeNull();
    const appealOpen = changed(request, fileAppeal, filing, at(filedAt));
    expect(appealOpen.wakesAt).toBe(hoursOn(360));
    const judgment = { appealId: "appeal-1", outcome: "overturned" as const, reviewer: second };
    const judged = changed(appealOpen, decideAppeal, judgment, at(hoursOn(10)));
    expect(appealKinds(judged, hoursOn(10_000))).toEqual([]);
  });

  const overdueOf = (request: Request, now: string) =>
    requestView(request, undefined, { now, policy, reviews: false }).appeals.map(({ overdue }) => overdue);

  it("that has run out is seen, and counted among what is overdue", () => {
    const request = filed();
    expect(overdueOf(request, hoursOn(719))).toEqual([false]);
    expect(overdueOf(request, hoursOn(721))).toEqual([true]);
    const { timersKey, timersSort = "" } = indexAttributes(request);
    // Counted by its key even before it has been woken.
    expect([timersKey?.split("#")[0], timeKeyFrom(timersSort).dueAt]).toEqual(["timers", hoursOn(720)]);
    const woken = changed(request, remind, {}, at(hoursOn(721)));
    const after = indexAttributes(woken);
    expect([after.timersKey?.split("#")[0], timeKeyFrom(after.timersSort ?? "").dueAt]).toEqual(["clock", hoursOn(720)]);
    const judgment = { appealId: "appeal-1", outcome: "overturned" as const, reviewer: second };
    const judged = changed(woken, decideAppeal, judgment, at(hoursOn(730)));
    expect(indexAttributes(judged).timersKey?.split("#")[0]).not.toBe("clock");
    expect(overdueOf(judged, hoursOn(800))).toEqual([false]);
  });
});

describe("an overturned denial", () => {
  it("is in effect with the decision, long before the law's 72 hours: claims may count at once", () => {
    const request = appealed("overturned");
    const decision = request.appeals[0]?.decision;
    expect(decision).toMatchObject({ effectiveAt: hoursAfter(40), effectiveBy: hoursAfter(40 + 72) });
    const claim = { claimLineId: "claim-1", units: 1, serviceDate: "2026-12-05", lineNumber: 2 };
    expect(taken(request, unused(request.id), claim, "2026-12-05T15:00:00.000Z", policy.plan.timeZone)).toMatchObject({ ok: true });
    expect(appealed("upheld").appeals[0]?.decision).toMatchObject({ effectiveAt: null, effectiveBy: null });
  });

  it("has its authorization though another line of the request is not decided yet", () => {
    const half = changed(inReview(), determine, { lines: [deny(1)], reviewer: director }, at(hoursAfter(20)));
    const open = changed(half, fileAppeal, filing, at(hoursAfter(30)));
    expect(open.authorization).toBeNull();
    const judgment = { appealId: "appeal-1", outcome: "overturned" as const, reviewer: second };
    const judged = changed(open, decideAppeal, judgment, at(hoursAfter(40)));
    expect(judged).toMatchObject({ status: "in-review", authorization: { from: "2026-12-01", to: "2027-01-30" } });
    // A question about the other line takes nothing of it back.
    const asked = changed(judged, ask, { items: [{ code: "x", text: "How long?" }] }, at(hoursAfter(41)));
    expect(asked.authorization).toEqual(judged.authorization);
  });
});

describe("mails about an appeal", () => {
  const mail = (event: EventDraft, request: Request) =>
    mailFor({ ...event, at: request.updatedAt }, request, "https://api.example.org");
  const decidedEvent: EventDraft = { type: "appeal.decided", appealId: "appeal-1", outcome: "overturned" };

  it("tell the desk of its filing, with its time, and the provider of its decision", () => {
    const { to, subject, text } = mail({ type: "appeal.filed", appealId: "appeal-1" }, filed()) ?? {};
    expect([to, subject?.replace(/.*: /, "")]).toEqual(["desk", "appealed"]);
    expect(text).toContain(`Appeal due: ${hoursOn(720)}`);
    expect(text).not.toContain(filing.reason);
    expect(mail(decidedEvent, appealed("overturned"))).toMatchObject({ to: "provider" });
    for (const type of ["appeal.filed", "appeal.decided"]) expect(worthAMail).toContain(type);
  });

  it("are not sent once they are overtaken, nor before there is anything to say", () => {
    expect(mail({ type: "appeal.filed", appealId: "appeal-1" }, appealed("upheld"))).toBeUndefined();
    expect(mail(decidedEvent, filed())).toBeUndefined();
    for (const reason of ["appeal-due", "appeal-overdue"]) {
      expect(mail({ type: "reminder.due", reason }, filed())).toMatchObject({ to: "desk" });
      expect(mail({ type: "reminder.due", reason }, appealed("upheld"))).toBeUndefined();
    }
    // Both come at once after an outage.
    const late = changed(filed(), remind, {}, at(hoursOn(721)));
    expect(mail({ type: "reminder.due", reason: "appeal-due" }, late)).toBeUndefined();
    expect(mail({ type: "reminder.due", reason: "appeal-overdue" }, late)).toMatchObject({ to: "desk" });
  });
});

it("an appeal's letter says since when an overturned denial is in effect", () => {
  const request = appealed("overturned");
  const [letter] = owedNotices(request, { type: "appeal.decided", at: hoursAfter(40), appealId: "appeal-1", lines: [2] });
  if (!letter) throw new Error("no letter is owed");
  const text = JSON.stringify(letterOf(request, letter, policy));
  expect(text).toContain("In effect since");
  expect(text).toContain("42 CFR 438.424(a)");
});
