import { describe, expect, it } from "vitest";
import { worthAMail } from "../../../infra/events-stack.ts";
import { requestView } from "../../../shared/api/views.ts";
import { type AuthorizationUse, taken, unused } from "../../../shared/domain/authorization.ts";
import { checkedAgainst } from "../../../shared/domain/authorization-check.ts";
import { agreed, type Benefit, held, limitedLines, reservedOf, untouched } from "../../../shared/domain/benefit.ts";
import { startOfDay } from "../../../shared/domain/calendar.ts";
import type { Npi } from "../../../shared/domain/identifiers.ts";
import { mailFor } from "../../../shared/domain/mail.ts";
import { owedNotices } from "../../../shared/domain/notice.ts";
import { letterOf } from "../../../shared/domain/notice-letter.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { type AppealJudgment, decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { type Reducing, reduce } from "../../../shared/domain/transitions/reduce.ts";
import type { LineOfBusiness } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, at, changed, complete, therapyLine } from "../../builders.ts";

const { timeZone } = policy.plan;
/** Noon of a day in Dayton. */
const noon = (day: string) => new Date(Date.parse(startOfDay(day, timeZone)) + 12 * 3_600_000).toISOString();
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const unmet = { ...met, medicalNecessity: "not-met" } as const;
const who = (subject: string, credential = "MD", mayDeny = true) => ({ subject, name: "Dana Director", credential, mayDeny });

/** Twenty visits of therapy from December 1 to February 28, approved as asked. */
function running(lineOfBusiness: LineOfBusiness = "medicaid"): Request {
  const line = therapyLine({ serviceDate: "2026-12-01", endDate: "2027-02-28", quantity: 20 });
  const request = complete(aRequest({ lineOfBusiness, state: "TX", lines: [line] }));
  const lines = [{ lineNumber: 1, outcome: "approved", grounds: met }] as const;
  return changed(request, determine, { lines, reviewer: who("nurse", "RN", false) }, at("2026-11-25T15:00:00.000Z"));
}

const today = "2026-12-21";
const effectiveFrom = "2027-01-01";
const less = (more: Partial<Reducing> = {}): Reducing => ({
  lines: [{ lineNumber: 1, quantity: 10 }],
  grounds: unmet,
  reason: { code: "0F", text: "Strength is restored." },
  criterion: "Plan guideline PT-4, section 2.",
  effectiveFrom,
  reviewer: who("director"),
  use: unused(running().id),
  ...more,
});
const end = (to = "2026-12-31") => less({ lines: [{ lineNumber: 1, to }] });
const reducing = (request: Request, more: Partial<Reducing> = {}, day = today) => apply(reduce, request, less(more), at(noon(day)));
const reduced = (command = less(), request = running()) => changed(request, reduce, command, at(noon(today)));
const claim = (request: Request, serviceDate: string, units: number, use: AuthorizationUse = unused(request.id)) =>
  taken(request, use, { claimLineId: `claim-${serviceDate}`, units, serviceDate }, noon(serviceDate), timeZone);
const checked = (request: Request, serviceDate: string, units: number) =>
  checkedAgainst(
    [{ request, use: unused(request.id) }],
    { npi: "1245319599" as Npi, code: "97110", modifiers: [], serviceDate, units, emergency: false },
    { requirement: "required" } as never,
    policy,
  );

describe("a reduction", () => {
  it("takes effect with services from its day on; for those before everything stands", () => {
    const request = reduced();
    expect(checked(request, "2026-12-31", 20)).toMatchObject({ answer: "authorized", unitsLeft: 20 });
    expect(checked(request, "2027-01-01", 20)).toMatchObject({ answer: "partial", unitsLeft: 10 });
    expect(claim(request, "2026-12-31", 15)).toMatchObject({ ok: true });
    expect(claim(request, "2027-01-01", 11)).toMatchObject({ refusal: { problem: "units-exceeded" } });
    expect(claim(request, "2027-01-01", 10)).toMatchObject({ ok: true });
  });

  it("finds no use to run into that lies behind it: none is counted before its day", () => {
    const request = reduced();
    const ahead = { claimLineId: "claim-ahead", units: 15, serviceDate: "2026-12-31" };
    const counting = (day: string) => taken(request, unused(request.id), ahead, noon(day), timeZone);
    expect(counting("2026-12-30")).toMatchObject({
      refusal: { problem: "validation-failed", errors: [{ pointer: "/serviceDate" }] },
    });
    expect(counting("2026-12-31")).toMatchObject({ ok: true });
  });

  it("names the ground that is not met", () => {
    expect(reducing(running(), { grounds: met })).toMatchObject({
      refusal: { problem: "validation-failed", errors: [{ pointer: "/grounds" }] },
    });
    // Said with other grounds it is another reduction, and of this line one is awaited.
    expect(reducing(reduced(), { grounds: { ...unmet, benefitLimits: "not-met" } })).toMatchObject({
      refusal: { problem: "reduction-not-possible" },
    });
  });

  it("counts what was used before among what is left, and leaves no debt", () => {
    const request = reduced();
    const before = claim(request, "2026-12-30", 15);
    if (!before.ok) throw new Error(before.refusal.detail);
    const after = claim(request, "2027-01-02", 1, before.value);
    expect(after).toMatchObject({ refusal: { problem: "units-exceeded", detail: expect.stringContaining(" 0 units") } });
  });

  it("may end the services: the authorization says its new end, and reminds of it", () => {
    const request = reduced(end());
    expect(request.authorization).toMatchObject({ from: "2026-12-01", to: "2026-12-31" });
    expect(checked(request, "2026-12-31", 2)).toMatchObject({ answer: "authorized" });
    expect(checked(request, "2027-01-01", 2)).toMatchObject({ answer: "expired" });
    expect(request.wakesAt).toBe("2026-12-17T12:00:00.000Z");
  });

  it("keeps the decision as it was made, and tells of itself", () => {
    const before = running();
    const result = reducing(before);
    expect(result).toMatchObject({
      value: { events: [{ type: "authorization.reduced", reductionId: "reduction-1", lines: [1], reason: "0F" }] },
    });
    const request = reduced();
    expect(request).toMatchObject({ status: "approved", lines: before.lines });
    const { reductions } = requestView(request, undefined, { now: noon(today), policy, reviews: false });
    expect(reductions).toEqual([
      {
        id: "reduction-1",
        noticedAt: noon(today),
        grounds: unmet,
        reason: less().reason,
        criterion: less().criterion,
        decidedBy: { name: "Dana Director", credential: "MD" },
        lines: [{ lineNumber: 1, quantity: 10, to: null, before: { quantity: 20, to: "2027-02-28" } }],
        effectiveFrom,
        holdsFrom: effectiveFrom,
        cite: "42 CFR 438.404(c)(1), 431.211",
        standing: "announced",
      },
    ]);
    const later = requestView(request, undefined, { now: noon(effectiveFrom), policy, reviews: false });
    expect(later.reductions).toMatchObject([{ standing: "in-effect" }]);
  });

  it("is recognised when it is said again, and is another's to say otherwise", () => {
    const request = reduced();
    expect(changed(request, reduce, less(), at(noon("2026-12-22")))).toBe(request);
    expect(reducing(request, { reviewer: who("other") })).toMatchObject({ refusal: { problem: "reduction-not-possible" } });
  });
});

describe("ten full days lie between notice and effect, by the plan's calendar", () => {
  it.each([
    ["2026-12-21T05:00:00.000Z", "2027-01-01"],
    ["2026-12-22T04:59:59.999Z", "2027-01-01"],
    ["2026-12-22T05:00:00.000Z", "2027-01-02"],
    // Summer time begins on March 14.
    ["2027-02-20T17:00:00.000Z", "2027-03-03"],
  ])("told at %s: from %s on", (now, first) => {
    const request = {
      ...running(),
      lines: running().lines.map((line) => ({ ...line, decision: line.decision && { ...line.decision, to: "2027-06-30" } })),
    };
    const told = (day: string) => apply(reduce, request, less({ effectiveFrom: day }), at(now));
    const before = new Date(Date.parse(`${first}T12:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    expect(told(first)).toMatchObject({ ok: true });
    expect(told(before)).toMatchObject({ refusal: { problem: "validation-failed", errors: [{ pointer: "/effectiveFrom" }] } });
  });

  it("or the days that another line of business has; where it has none, nothing is reduced", () => {
    const marketplace = (day: string) => reducing(running("marketplace"), { effectiveFrom: day });
    expect(marketplace("2027-01-20")).toMatchObject({ refusal: { problem: "validation-failed" } });
    expect(marketplace("2027-01-21")).toMatchObject({ ok: true });
    expect(reducing(running("medicare-advantage"))).toMatchObject({ refusal: { problem: "reduction-not-possible" } });
  });
});

describe("nobody reduces", () => {
  it.each([
    ["a nurse", who("nurse", "RN")],
    ["a psychologist, of therapy", who("other", "PhD")],
    ["whose token may not deny", who("other", "MD", false)],
    ["automation", { ...who("job"), credential: null }],
  ])("%s", (_who, reviewer) =>
    expect(reducing(running(), { reviewer })).toMatchObject({ refusal: { problem: "clinician-required" } }),
  );

  it("what does not run today, or is not authorized", () => {
    const problem = { refusal: { problem: "reduction-not-possible" } };
    expect(reducing(running(), { effectiveFrom: "2026-12-20" }, "2026-11-30")).toMatchObject(problem);
    expect(reducing(running(), { effectiveFrom: "2027-04-01" }, "2027-03-01")).toMatchObject(problem);
    expect(reducing(running(), { lines: [{ lineNumber: 2, quantity: 1 }] })).toMatchObject({
      refusal: { problem: "validation-failed", errors: [{ pointer: "/lines/0/lineNumber" }] },
    });
    const open = complete(aRequest({ state: "TX", lines: [therapyLine()] }));
    expect(reducing(open)).toMatchObject({ refusal: { problem: "not-possible-now" } });
  });

  it("below what claims have taken, in units or in days", () => {
    const request = running();
    const used = claim(request, "2026-12-15", 12);
    if (!used.ok) throw new Error(used.refusal.detail);
    expect(reducing(request, { use: used.value })).toMatchObject({ refusal: { problem: "reduction-not-possible" } });
    expect(reducing(request, { use: used.value, lines: [{ lineNumber: 1, quantity: 12 }] })).toMatchObject({ ok: true });
    const ahead = claim(request, "2027-01-05", 1);
    if (!ahead.ok) throw new Error(ahead.refusal.detail);
    expect(reducing(request, { ...end(), use: ahead.value })).toMatchObject({ refusal: { problem: "reduction-not-possible" } });
  });

  it.each([
    ["to nothing in particular", { lineNumber: 1 }, "/lines/0"],
    ["to as much as before", { lineNumber: 1, quantity: 20 }, "/lines/0/quantity"],
    ["to the same end", { lineNumber: 1, to: "2027-02-28" }, "/lines/0/to"],
    ["days before the effect", { lineNumber: 1, to: "2026-12-30" }, "/lines/0/to"],
  ])("%s", (_what, line, pointer) =>
    expect(reducing(running(), { lines: [line] })).toMatchObject({ refusal: { errors: [{ pointer }] } }),
  );

  it("a line again before the first reduction holds; after that, once more", () => {
    const again = { lines: [{ lineNumber: 1, quantity: 5 }], effectiveFrom: "2027-01-20" };
    expect(reducing(reduced(), again, "2026-12-31")).toMatchObject({ refusal: { problem: "reduction-not-possible" } });
    const twice = reducing(reduced(), again, "2027-01-02");
    if (!twice.ok) throw new Error(twice.refusal.detail);
    expect(checked(twice.value.request, "2027-01-19", 10)).toMatchObject({ answer: "authorized", unitsLeft: 10 });
    expect(checked(twice.value.request, "2027-01-20", 10)).toMatchObject({ answer: "partial", unitsLeft: 5 });
  });
});

describe("an appeal of a reduction", () => {
  const filing = { reason: "Strength has not come back.", expedited: false, reductionId: "reduction-1" };
  const filed = (day: string, request = reduced(end())) => changed(request, fileAppeal, filing, at(noon(day)));
  const judged = (request: Request, outcome: AppealJudgment["outcome"], day: string, subject = "second") =>
    apply(
      decideAppeal,
      request,
      {
        appealId: "appeal-1",
        outcome,
        ...(outcome === "overturned" ? {} : { grounds: unmet, reason: less().reason, criterion: "PT-4." }),
        reviewer: who(subject),
      },
      at(noon(day)),
    );
  const standing = (request: Request, day: string) =>
    requestView(request, undefined, { now: noon(day), policy, reviews: false }).reductions[0]?.standing;

  it.each(["2026-12-22", effectiveFrom])("filed on %s keeps the services going until it is decided", (day) => {
    const open = filed(day);
    expect(open.appeals).toMatchObject([{ reductionId: "reduction-1", lines: [1], decision: null }]);
    expect(standing(open, "2027-01-15")).toBe("suspended");
    expect(open.authorization).toMatchObject({ to: "2027-02-28" });
    expect(checked(open, "2027-01-15", 2)).toMatchObject({ answer: "authorized" });
  });

  it("filed after the effect keeps nothing going", () => {
    const open = filed("2027-01-02");
    expect(checked(open, "2027-01-15", 2)).toMatchObject({ answer: "expired" });
    const back = judged(open, "overturned", "2027-01-10");
    if (!back.ok) throw new Error(back.refusal.detail);
    expect(checked(back.value.request, "2027-01-05", 2)).toMatchObject({ answer: "authorized" });
  });

  it("that is overturned takes the reduction back for good", () => {
    const back = judged(filed("2026-12-22"), "overturned", "2027-01-05");
    if (!back.ok) throw new Error(back.refusal.detail);
    const { request, events } = back.value;
    expect(events).toMatchObject([{ type: "appeal.decided", outcome: "overturned", lines: [1] }]);
    expect([standing(request, "2027-02-01"), request.authorization?.to]).toEqual(["overturned", "2027-02-28"]);
    expect(request.lines[0]?.decision).toMatchObject({ outcome: "approved", quantity: 20 });
    expect(request.appeals[0]?.decision).toMatchObject({ effectiveAt: noon("2027-01-05"), replaced: [] });
  });

  it("that is upheld lets it hold once the State can have been asked, ten days later", () => {
    const held = judged(filed("2026-12-22"), "upheld", "2027-01-05");
    if (!held.ok) throw new Error(held.refusal.detail);
    const { request } = held.value;
    expect(request.reductions).toMatchObject([{ effectiveFrom, holdsFrom: "2027-01-16" }]);
    expect(request.authorization).toMatchObject({ to: "2027-01-15" });
    expect(checked(request, "2027-01-15", 2)).toMatchObject({ answer: "authorized" });
    expect(checked(request, "2027-01-16", 2)).toMatchObject({ answer: "expired" });
    expect(apply(fileAppeal, request, { ...filing, reason: "Again." }, at(noon("2027-01-06")))).toMatchObject({
      refusal: { problem: "line-not-appealable" },
    });
  });

  it("that is upheld early enough leaves the day as it was told", () => {
    const soon = judged(filed("2026-12-21"), "upheld", "2026-12-21");
    expect(soon).toMatchObject({ value: { request: { reductions: [{ holdsFrom: effectiveFrom }] } } });
  });

  it("is another clinician's to decide, as a whole", () => {
    const open = filed("2026-12-22");
    expect(judged(open, "overturned", "2026-12-23", "director")).toMatchObject({
      refusal: { problem: "another-clinician-required" },
    });
    expect(judged(open, "partly-overturned", "2026-12-23")).toMatchObject({ refusal: { errors: [{ pointer: "/outcome" }] } });
  });

  it("names it, in its time, once", () => {
    const request = reduced();
    const file = (more: object, day = "2026-12-22") => apply(fileAppeal, request, { ...filing, ...more }, at(noon(day)));
    expect(file({ reductionId: "reduction-2" })).toMatchObject({ refusal: { errors: [{ pointer: "/reductionId" }] } });
    expect(file({ lines: [1] })).toMatchObject({ refusal: { errors: [{ pointer: "/lines" }] } });
    expect(file({}, "2027-02-19")).toMatchObject({ ok: true });
    expect(file({}, "2027-02-20")).toMatchObject({ refusal: { problem: "appeal-window-over" } });
    const open = filed("2026-12-22");
    expect(changed(open, fileAppeal, filing, at(noon("2026-12-23")))).toBe(open);
    expect(apply(fileAppeal, open, { ...filing, reason: "More." }, at(noon("2026-12-23")))).toMatchObject({
      refusal: { problem: "appeal-open" },
    });
    const { reductionId: _, ...unnamed } = filing;
    expect(apply(fileAppeal, request, unnamed, at(noon("2026-12-22")))).toMatchObject({ refusal: { problem: "not-possible-now" } });
  });
});

describe("letters of a reduction", () => {
  const request = reduced(end());
  const event = { type: "authorization.reduced", at: noon(today), lines: [1], reductionId: "reduction-1" } as const;
  const owed = owedNotices(request, event);

  it("go to member and provider, with its day, reason, criterion and rights", () => {
    expect(owed.map(({ audience, kind }) => [audience, kind])).toEqual([
      ["provider", "reduction"],
      ["member", "reduction"],
    ]);
    for (const notice of owed) {
      const text = JSON.stringify(letterOf(request, notice, policy));
      for (const said of [
        "January 1, 2027",
        "42 CFR 438.404(c)(1)",
        "Strength is restored.",
        "Plan guideline PT-4, section 2.",
        "Dana Director, MD",
        "20 visits, December 1, 2026 to February 28, 2027",
        "20 visits, December 1, 2026 to December 31, 2026",
        "the services go on as they were approved until it is decided, and for 10 more days (42 CFR 438.420)",
        "until February 19, 2027",
        "Expedited appeal",
      ])
        expect(text).toContain(said);
    }
  });

  it("are told of by mail, without a word of what they say", () => {
    const mail = mailFor(event, request, "https://api.example.org");
    expect(mail).toMatchObject({ to: "provider" });
    expect(mail?.text).not.toContain("Strength");
    expect(worthAMail).toContain("authorization.reduced");
  });
});

describe("the letter about an appeal of a reduction", () => {
  const filing = { reason: "Strength has not come back.", expedited: false, reductionId: "reduction-1" };
  const letter = (outcome: "upheld" | "overturned") => {
    const open = changed(reduced(end()), fileAppeal, filing, at(noon("2026-12-22")));
    const because = { grounds: unmet, reason: less().reason, criterion: "PT-4." };
    const judgment = { appealId: "appeal-1", outcome, reviewer: who("second"), ...(outcome === "upheld" ? because : {}) };
    const judged = changed(open, decideAppeal, judgment, at(noon("2027-01-05")));
    const event = { type: "appeal.decided", at: noon("2027-01-05"), lines: [1], appealId: "appeal-1" } as const;
    const [owed] = owedNotices(judged, event);
    if (!owed) throw new Error("no letter is owed");
    return JSON.stringify(letterOf(judged, owed, policy));
  };

  it("says from when the reduction holds, what is left, and the next step", () => {
    const text = letter("upheld");
    for (const said of ["holds from January 16, 2027 on", "December 1, 2026 to January 15, 2027", "fair hearing"])
      expect(text).toContain(said);
    expect(text).not.toContain("Service 1: approved");
  });

  it("says that the services go on as they were", () => {
    const text = letter("overturned");
    for (const said of ["the services go on as they were approved", "December 1, 2026 to February 28, 2027", "In effect since"])
      expect(text).toContain(said);
    expect(text).not.toContain("fair hearing");
  });
});

describe("what a reduction leaves of a benefit", () => {
  it("is free once claims for the days before it have had their time", () => {
    const request = reduced();
    const [line] = limitedLines(request, policy);
    if (!line) throw new Error("therapy has a limit");
    const key = { member: "sealed", benefit: line.limit.id, from: line.from };
    const wants = [{ lineNumber: 1, units: 20, binding: false }];
    const hold = { requestId: request.id, awaits: { request: 1 }, lookAt: noon(today) };
    const kept = held(untouched(key), line.limit, wants, hold);
    if (!kept.ok) throw new Error(kept.refusal.detail);
    const agreedAt = (benefit: Benefit, now: string) =>
      agreed(benefit, { requestId: request.id, authorized: { request, use: unused(request.id) } }, undefined, now, policy);
    const before = agreedAt(kept.value, noon("2027-03-31"));
    // The 90th day after the last day before it.
    const free = startOfDay("2027-04-01", timeZone);
    expect([reservedOf(before), before.shares[0]?.lookAt]).toEqual([20, free]);
    expect(reservedOf(agreedAt(before, free))).toBe(10);
  });
});
