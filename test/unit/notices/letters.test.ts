import { describe, expect, it } from "vitest";
import { owedNotices } from "../../../shared/domain/notice.ts";
import { letterOf } from "../../../shared/domain/notice-letter.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { extend } from "../../../shared/domain/transitions/extend.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { type LineOfBusiness, linesOfBusiness, type NoticeAudience } from "../../../shared/domain/vocabulary.ts";
import { pdfPrinter } from "../../../shared/notices/pdf-printer.ts";
import { writable } from "../../../shared/notices/writable.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { at, changed, hoursAfter } from "../../builders.ts";
import { textOf } from "../../letter-text.ts";
import { appealed, approve, director, inReview, refused } from "./cases.ts";

type EventType = "line.decided" | "request.extended" | "clock.missed" | "appeal.decided";

/** The letter as it is printed. Decisions and extensions are told 20 hours after receipt, on November 24, 2026. */
async function printed(request: Request, audience: NoticeAudience, type: EventType = "line.decided", more: object = {}) {
  const owed = owedNotices(request, { type, at: hoursAfter(20), lines: [1], ...more }).find((one) => one.audience === audience);
  if (!owed) throw new Error("no letter is owed");
  return pdfPrinter.print(letterOf(request, owed, policy));
}
const read = async (...letter: Parameters<typeof printed>) => textOf(await printed(...letter));

const approved = () => changed(inReview(), determine, { lines: [approve(1), approve(2)], reviewer: director }, at(hoursAfter(20)));

describe("an approval", () => {
  it("states number, units and dates, and what else to look at", async () => {
    const text = await read(approved(), "provider");
    for (const said of [
      "Notice of approval",
      "Dear Dayton Orthopaedics:",
      "Ada Reyes, ID 10487654321",
      "AU-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
      "Service 1: approved",
      "Therapeutic exercises, twelve weeks, 97110",
      "24 visits",
      "December 1, 2026 to January 30, 2027",
      "Dana Director, MD, on November 24, 2026",
      policy.plan.reminder,
    ])
      expect(text).toContain(said);
    expect(text).not.toContain("appeal");
  });

  it("of some lines says that its number is still to come", async () => {
    const half = changed(inReview(), determine, { lines: [approve(1)], reviewer: director }, at(hoursAfter(20)));
    const text = await read(half, "provider");
    expect(text).toContain("Its number follows when the other services of this request are decided.");
    expect(text).not.toContain("AU-");
  });

  it("by operation of law names the statute, and nobody as having judged", async () => {
    const arkansas = inReview({ lineOfBusiness: "marketplace", state: "AR" });
    const text = await read(changed(arkansas, missClock, {}, at(hoursAfter(24 * 9))), "member");
    expect(text).toMatch(/The law therefore approves it as it was asked for \(A\.C\.A\. 23-99-\d+\)/);
    expect(text).toContain("The law, on ");
  });
});

describe("an adverse notice", () => {
  it("gives the specific reason in words and by code, the criterion, the grounds, and who decided", async () => {
    for (const audience of ["provider", "member"] as const) {
      const text = await read(refused(), audience);
      for (const said of [
        "Notice of decision: not approved as asked",
        "Service 1: approved for less than was asked",
        "24 visits, December 1, 2026 to January 30, 2027",
        "12 visits",
        "The benefit covers 30 visits a year, of which 18 are used.",
        "0L: exceeds plan maximums",
        "Member handbook, section 7.4 (outpatient therapies).",
        "Service 2: not approved",
        "Six visits have restored full function.",
        "0F: not medically necessary",
        "Plan guideline PT-4, section 2",
        "Medical necessity not met; medical appropriateness met; benefit limits met",
        "Dana Director, MD, on November 24, 2026",
      ])
        expect(text).toContain(said);
    }
  });

  it.each([
    [
      "medicaid",
      "60 calendar days",
      "January 23, 2027",
      ["42 CFR 438.402", "42 CFR 438.420", "fair hearing within 120 calendar days"],
    ],
    [
      "medicare-advantage",
      "65 calendar days",
      "January 28, 2027",
      ["42 CFR 422.582", "independent reviewer who works for Medicare", "Quality Improvement Organization"],
    ],
    [
      "marketplace",
      "180 days",
      "May 23, 2027",
      ["45 CFR 147.136", "external review by an independent organization within four months"],
    ],
  ] as const)("%s: an appeal within %s, until %s, and all other rights", async (lineOfBusiness, days, lastDay, more) => {
    const text = await read(refused({ lineOfBusiness }), "member");
    expect(text).toContain(days);
    expect(text).toContain(lastDay);
    for (const said of [
      ...more,
      "Your rights",
      "Expedited appeal",
      "We decide within 72 hours of receiving it",
      "Care that is going on",
      "free of charge, for",
      "Somebody to act for you",
      "Call Member Services at the number on your member ID card",
      "P.O. Box 1307, Dayton, OH 45401-1307",
      "another language",
    ])
      expect(text).toContain(said);
    const toProvider = await read(refused({ lineOfBusiness }), "provider");
    expect(toProvider).toContain("The member's rights");
    expect(toProvider).toContain("Use the Provider Portal");
    expect(toProvider).toMatch(/for the member.* This is what the member is told:/);
  });

  it("promises no other window than the one in which appeals are taken", async () => {
    for (const lineOfBusiness of linesOfBusiness) {
      const row = policy.plan.appeals.find((one) => one.lineOfBusiness === lineOfBusiness);
      expect(await read(refused({ lineOfBusiness }), "member")).toContain(`You have ${row?.fileWithinDays} `);
    }
  });
});

describe("other letters", () => {
  it("an extension says why, until when, and what may be done", async () => {
    const reason = "The specialist's report is due next week.";
    const of = (lineOfBusiness: LineOfBusiness) =>
      changed(inReview({ lineOfBusiness, state: "TX" }), extend, { reason }, at(hoursAfter(20)));
    const text = await read(of("medicaid"), "member", "request.extended");
    for (const said of [
      reason,
      "November 30, 2026 at 10:00 AM EST",
      "December 14, 2026 at 10:00 AM EST",
      "grievance",
      "This is not a denial.",
    ])
      expect(text).toContain(said);
    expect(await read(of("medicare-advantage"), "member", "request.extended")).toContain("expedited grievance");
  });

  it("a missed clock's is a draft, begun for a person", async () => {
    const missed = changed(inReview(), missClock, {}, at(hoursAfter(24 * 8)));
    const text = await read(missed, "member", "clock.missed", { reason: "medicaid.standard" });
    for (const said of [
      "Draft for the plan's reviewer: not sent, and no decision",
      "although nobody has judged the case",
      "None in time",
      "Appeal",
    ])
      expect(text).toContain(said);
    expect(text).not.toContain("Decided by");
  });

  it("an appeal's says what stands now, by whom, until when it takes effect, and the next step", async () => {
    const overturned = await read(appealed("overturned"), "member", "appeal.decided", { appealId: "appeal-1" });
    for (const said of [
      "Notice of our decision on the appeal",
      "is overturned",
      "Devon Second, DO",
      "In effect since",
      "42 CFR 438.424(a)",
      "12 visits",
    ])
      expect(overturned).toContain(said);
    expect(overturned).not.toContain("fair hearing");
    const upheld = await read(appealed("upheld"), "member", "appeal.decided", { appealId: "appeal-1" });
    for (const said of ["Our decision of before stands.", "The log shows full function.", "fair hearing within 120 calendar days"])
      expect(upheld).toContain(said);
  });
});

describe("on paper", () => {
  it("a letter is a tagged PDF of its own date, with a title that names nobody, and the same bytes each time", async () => {
    const bytes = Buffer.from(await printed(refused(), "member"));
    const source = bytes.toString("latin1");
    expect(source.startsWith("%PDF-1.7")).toBe(true);
    expect(source.trimEnd().endsWith("%%EOF")).toBe(true);
    for (const said of [
      "/MarkInfo",
      "/Marked true",
      "/StructTreeRoot",
      "/Lang (en-US)",
      "(D:20261124110000Z)",
      "/DisplayDocTitle true",
    ])
      expect(source).toContain(said);
    expect(source).toContain("(Notice of decision: not approved as asked \\(PA-ABCDEFGHIJKLMNOPQRSTUVWXYZ\\))");
    expect(bytes.equals(Buffer.from(await printed(refused(), "member")))).toBe(true);
    expect(bytes.equals(Buffer.from(await printed(refused(), "provider")))).toBe(false);
  });

  it("pages are numbered", async () => {
    const text = await read(refused(), "member");
    const pages = Number(/Page 1 of (\d+)/.exec(text)?.[1]);
    expect(pages).toBeGreaterThan(1);
    expect(text).toContain(`Page ${pages} of ${pages}`);
  });

  it("names keep their letters, and what cannot be drawn is not left out", async () => {
    expect(writable("José Müller-Nuñez – Ångström’s")).toBe("José Müller-Nuñez – Ångström’s");
    expect(writable("Nguyễn Đặng Łukasz")).toBe("Nguyên Dang Lukasz");
    expect(writable("Ada\u0000\u200b 雷")).toBe("Ada ?");
    const member = { ...inReview().submission.member, givenName: "Zoë", familyName: "Nguyễn" };
    const named = changed(
      inReview({ member }),
      determine,
      { lines: [approve(1), approve(2)], reviewer: director },
      at(hoursAfter(20)),
    );
    expect(await read(named, "member")).toContain("Dear Zoë Nguyên:");
  });

  it("a text of 4,000 characters in every place still makes a letter", async () => {
    const long = `${"word ".repeat(799)}end.`;
    const lines = [1, 2].map((lineNumber) => ({
      ...approve(lineNumber),
      criterion: long,
      reason: { code: "0F" as const, text: long },
    }));
    const text = await read(changed(inReview(), determine, { lines, reviewer: director }, at(hoursAfter(20))), "provider");
    expect(text.match(/\bend\./g)).toHaveLength(4);
  });
});
