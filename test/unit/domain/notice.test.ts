import { describe, expect, it } from "vitest";
import { maySeeNotice, type Notice, owedNotices } from "../../../shared/domain/notice.ts";
import type { Principal } from "../../../shared/domain/principal.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { extend } from "../../../shared/domain/transitions/extend.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { recordNotices } from "../../../shared/domain/transitions/record-notices.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { at, changed, denial, hoursAfter, referred, vendor, vendorDecides } from "../../builders.ts";
import { appealed, approve, deny, director, inReview, refused } from "../notices/cases.ts";

const told = (request: Request, type: "line.decided" | "request.extended" | "clock.missed" | "appeal.decided", more: object = {}) =>
  owedNotices(request, { type, at: hoursAfter(20), lines: [1], ...more }).map(({ kind, audience, lines }) => ({
    kind,
    audience,
    lines,
  }));
const both = (kind: string, lines: readonly number[]) => [
  { kind, audience: "provider", lines },
  { kind, audience: "member", lines },
];
const decide = (...lines: object[]) => changed(inReview(), determine, { lines, reviewer: director } as never, at(hoursAfter(20)));

describe("a decision is told to provider and member", () => {
  it("an approval of every line in one letter, whichever line's event comes first", () => {
    const approved = decide(approve(1), approve(2));
    expect(told(approved, "line.decided")).toEqual(both("approval", [1, 2]));
    expect(told(approved, "line.decided", { lines: [2] })).toEqual(both("approval", [1, 2]));
    const ids = (line: number) =>
      owedNotices(approved, { type: "line.decided", at: hoursAfter(20), lines: [line] }).map(({ id }) => id);
    expect(ids(1)).toEqual(ids(2));
    expect(new Set(ids(1)).size).toBe(2);
  });

  it("anything adverse as an adverse notice, whatever was approved beside it", () => {
    expect(told(decide(approve(1), deny(2)), "line.decided")).toEqual(both("adverse", [1, 2]));
    expect(told(decide(deny(1), deny(2)), "line.decided")).toEqual(both("adverse", [1, 2]));
  });

  it("of lines decided one after the other, each by its own letter", () => {
    const first = changed(inReview(), determine, { lines: [approve(1)], reviewer: director } as never, at(hoursAfter(20)));
    const second = changed(first, determine, { lines: [deny(2)], reviewer: director } as never, at(hoursAfter(21)));
    expect(told(second, "line.decided")).toEqual(both("approval", [1]));
    expect(told(second, "line.decided", { lines: [2], at: hoursAfter(21) })).toEqual(both("adverse", [2]));
  });

  it("the vendor's as well", () => {
    const denied = changed(referred(), hearVendor, vendorDecides(2, [denial]), at(hoursAfter(20), vendor));
    expect(told(denied, "line.decided")).toEqual(both("adverse", [1]));
  });

  it("the law's own approval as such", () => {
    const arkansas = inReview({ lineOfBusiness: "marketplace", state: "AR" });
    const deemed = changed(arkansas, missClock, {}, at(hoursAfter(24 * 9)));
    expect(told(deemed, "line.decided")).toEqual(both("deemed-approval", [1, 2]));
    expect(told(deemed, "clock.missed", { lines: undefined, reason: "arkansas.standard" })).toEqual([]);
  });

  it("an appeal's by a letter of its own, and what it replaced by no other", () => {
    const request = appealed("overturned");
    const appealId = request.appeals[0]?.id;
    expect(told(request, "appeal.decided", { appealId, lines: [2] })).toEqual(both("appeal", [2]));
    expect(told(request, "line.decided", { lines: [2] })).toEqual([]);
    expect(told(appealed("upheld"), "appeal.decided", { appealId })).toEqual(both("appeal", [2]));
  });
});

describe("what is no decision", () => {
  it("an extension is told while it matters", () => {
    const extended = changed(inReview(), extend, { reason: "The report is due next week." }, at(hoursAfter(20)));
    expect(told(extended, "request.extended")).toEqual(both("extension", []));
    const decided = changed(
      extended,
      determine,
      { lines: [approve(1), approve(2)], reviewer: director } as never,
      at(hoursAfter(21)),
    );
    expect(told(decided, "request.extended")).toEqual([]);
  });

  it("a missed clock begins a letter, and decides nothing", () => {
    const missed = changed(inReview(), missClock, {}, at(hoursAfter(24 * 8)));
    expect(told(missed, "clock.missed", { lines: undefined, reason: "medicaid.standard" })).toEqual(both("missed-clock", []));
    expect(missed.lines.every(({ decision }) => decision === null)).toBe(true);
  });

  it("nothing is owed where the plan is liable, or nothing was decided", () => {
    const liable = inReview(
      { setting: "inpatient", postStabilization: true },
      { servicingProvider: false, servicingFacility: false },
    );
    expect(liable.clock[0]?.whenMissed).toBe("plan-liable");
    const missed = changed(liable, missClock, {}, at(hoursAfter(2)));
    expect(told(missed, "clock.missed", { reason: "post-stabilization" })).toEqual([]);
    // The federal seven days end later, and with a notice of their own.
    const week = changed(missed, missClock, {}, at(hoursAfter(24 * 7)));
    expect(told(week, "clock.missed", { reason: "post-stabilization" })).toEqual([]);
    expect(told(week, "clock.missed", { reason: "medicaid.standard" })).toEqual(both("missed-clock", []));
    expect(told(inReview(), "line.decided")).toEqual([]);
    expect(told(inReview(), "line.decided", { lines: [9] })).toEqual([]);
  });
});

const kept = (request: Request, audiences: readonly string[] = ["provider", "member"]): Notice[] =>
  owedNotices(request, { type: "line.decided", at: hoursAfter(20), lines: [1] })
    .filter(({ audience }) => audiences.includes(audience))
    .map(({ id, audience, kind, at: date }) => ({ id, audience, kind, at: date, recordsVersionId: "v1" }));

describe("a repeat", () => {
  it("owes nothing once the letters are noted, and what is noted stays as it is", () => {
    const request = decide(deny(1), deny(2));
    const noted = changed(request, recordNotices, { notices: kept(request) }, at(hoursAfter(21)));
    expect(noted.notices).toHaveLength(2);
    expect(told(noted, "line.decided", { lines: [2] })).toEqual([]);
    const again = kept(request).map((notice) => ({ ...notice, recordsVersionId: "v2" }));
    expect(changed(noted, recordNotices, { notices: again }, at(hoursAfter(22)))).toBe(noted);
  });

  it("owes the other letter when only one was noted", () => {
    const request = decide(deny(1), deny(2));
    const half = changed(request, recordNotices, { notices: kept(request, ["member"]) }, at(hoursAfter(21)));
    expect(told(half, "line.decided")).toEqual(both("adverse", [1, 2]).slice(0, 1));
  });
});

describe("who reads a letter", () => {
  const request = refused();
  const of = (organization: string | null, scopes: readonly string[], person = false): Principal => ({
    issuer: "test",
    subject: "somebody",
    organization,
    scopes: new Set(scopes),
    person: person ? { name: "Nora Reviewer", credential: "RN", specialty: null } : null,
  });
  const requesting = of("org-demo", ["requests:read", "requests:write"]);
  const servicing = of("org-imaging", ["requests:read"]);
  const reviewer = of(null, ["reviews:read"], true);

  it("to the provider: whoever sees the request; to the member: who asked for the service, and reviewers", () => {
    const forProvider = { audience: "provider", kind: "adverse" } as const;
    const forMember = { audience: "member", kind: "adverse" } as const;
    for (const reader of [requesting, servicing, reviewer]) expect(maySeeNotice(reader, request, forProvider)).toBe(true);
    for (const reader of [requesting, reviewer]) expect(maySeeNotice(reader, request, forMember)).toBe(true);
    expect(maySeeNotice(servicing, request, forMember)).toBe(false);
  });

  const missed = changed(inReview(), missClock, {}, at(hoursAfter(24 * 8)));
  const drafts = [
    { audience: "provider", kind: "missed-clock" },
    { audience: "member", kind: "missed-clock" },
  ] as const;

  it.each(drafts)("a draft to the $audience is the reviewers' alone", (draft) => {
    expect(maySeeNotice(reviewer, missed, draft)).toBe(true);
    for (const reader of [requesting, servicing]) expect(maySeeNotice(reader, missed, draft)).toBe(false);
  });

  // It says that nothing is decided: nobody may send it once that is not so.
  it.each([
    ["decided", determine, { lines: [deny(1), deny(2)], reviewer: director }],
    ["withdrawn", withdraw, { reason: "Home early." }],
  ] as const)("a draft is nobody's once the request is %s", (_what, step, command) => {
    const after = changed(missed, step as never, command, at(hoursAfter(24 * 9)));
    for (const draft of drafts) expect(maySeeNotice(reviewer, after, draft)).toBe(false);
    expect(owedNotices(after, { type: "clock.missed", at: hoursAfter(24 * 8) })).toEqual([]);
  });
});
