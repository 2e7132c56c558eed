import { describe, expect, test } from "vitest";
import type { Request } from "../../../shared/domain/request.ts";
import type { SubmittedLine } from "../../../shared/domain/submission.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { ask } from "../../../shared/domain/transitions/ask.ts";
import { close } from "../../../shared/domain/transitions/close.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { type DeterminedLine, determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { aRequest, at, changed, complete, hoursAfter, therapyLine } from "../../builders.ts";

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const nurse = { subject: "nurse-1", name: "Nora Reviewer", credential: "RN", mayDeny: false };
const reviewing = at(hoursAfter(2), { type: "reviewer", id: "nurse-1" });
const approval = (lineNumber: number, more: Partial<DeterminedLine> = {}): DeterminedLine => ({
  lineNumber,
  outcome: "approved",
  grounds: met,
  ...more,
});
const approved = (request: Request, ...lines: readonly DeterminedLine[]) =>
  changed(request, determine, { lines, reviewer: nurse }, reviewing);
const problemOf = (request: Request, line: DeterminedLine) => {
  const result = apply(determine, request, { lines: [line], reviewer: nurse }, reviewing);
  return result.ok ? "none" : (result.refusal.errors?.[0]?.pointer ?? result.refusal.problem);
};

describe("a stay, asked for by its date and its days,", () => {
  const stay = (line: Partial<SubmittedLine> = {}) =>
    complete(
      aRequest({
        setting: "inpatient",
        admission: { date: "2026-12-20", type: "elective", levelOfCare: "acute", days: 10 },
        lines: [{ modifiers: [], investigational: false, description: "The stay itself", ...line }],
      }),
    );

  test.each<[string, Partial<DeterminedLine>]>([
    ["for fewer days", { quantity: 9, unit: "day" }],
    ["from a later day", { from: "2026-12-21" }],
    ["to an earlier day than that after its last night", { to: "2026-12-29" }],
  ])("is approved for less %s, which takes a clinician", (_how, less) => {
    expect(problemOf(stay(), approval(1, less))).toBe("/lines/0/outcome");
    const adverse = { outcome: "approved-less", reason: { code: "0G", text: "Fewer days." }, criterion: "Guideline" } as const;
    const unmet = { ...met, medicalNecessity: "not-met" } as const;
    expect(problemOf(stay(), approval(1, { ...less, ...adverse, grounds: unmet }))).toBe("clinician-required");
  });

  test("is approved as asked to the day after its last night, and by what its line says where it says it", () => {
    expect(problemOf(stay(), approval(1, { quantity: 10, unit: "day", from: "2026-12-20", to: "2026-12-30" }))).toBe("none");
    expect(problemOf(stay({ quantity: 4, unit: "day" }), approval(1, { quantity: 4 }))).toBe("none");
  });
});

const director = { subject: "director-1", name: "Dana Director", credential: "MD", mayDeny: true };
const denial: DeterminedLine = {
  lineNumber: 1,
  outcome: "denied",
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Full function has been restored." },
  criterion: "Guideline PT-4",
};

describe("a decision that is said again", () => {
  const denying = (line: DeterminedLine, request: Request, hours: number) =>
    apply(determine, request, { lines: [line], reviewer: director }, at(hoursAfter(hours)));
  const first = denying(denial, complete(aRequest({ lines: [therapyLine()] })), 2);
  const denied = first.ok ? first.value.request : aRequest();

  test("in the same words changes nothing, a day later too", () => {
    expect(denying(denial, denied, 30)).toEqual({ ok: true, value: { request: denied, events: [] } });
  });

  test.each<[string, Partial<DeterminedLine>]>([
    ["other grounds", { grounds: { ...denial.grounds, benefitLimits: "not-met" } }],
    ["another criterion", { criterion: "Guideline PT-5" }],
    ["another text", { reason: { code: "0F", text: "Six visits are enough." } }],
    ["another reason", { reason: { code: "0G", text: "Full function has been restored." } }],
  ])("with %s is refused, and not dropped", (_what, more) => {
    // Of two lines one is open still, and so the request is.
    const two = denying(denial, complete(aRequest({ lines: [therapyLine(), therapyLine({ code: "97530" })] })), 2);
    if (!two.ok) throw new Error(two.refusal.detail);
    expect(denying({ ...denial, ...more }, two.value.request, 3)).toMatchObject({
      ok: false,
      refusal: { problem: "line-not-decidable", requestStatus: "in-review" },
    });
  });

  test.each<[string, Partial<DeterminedLine>]>([
    ["other units", { quantity: 4 }],
    ["another last day", { to: "2026-12-28" }],
    ["another first day", { from: "2026-12-22" }],
  ])("of less with %s is refused", (_what, more) => {
    const less: DeterminedLine = { ...denial, outcome: "approved-less", quantity: 3, unit: "visit", from: "2026-12-20" };
    const two = denying(less, complete(aRequest({ lines: [therapyLine(), therapyLine({ code: "97530" })] })), 2);
    if (!two.ok) throw new Error(two.refusal.detail);
    expect(denying(less, two.value.request, 3)).toMatchObject({ ok: true, value: { events: [] } });
    expect(denying({ ...less, ...more }, two.value.request, 3)).toMatchObject({ refusal: { problem: "line-not-decidable" } });
  });
});

describe("a line that is approved beside one that is not", () => {
  const request = approved(complete(aRequest({ lines: [therapyLine(), therapyLine({ code: "97530" })] })), approval(1));

  test("keeps the request from being closed without judgment", () => {
    expect(request.status).toBe("in-review");
    const closing = { reason: "ineligible", duplicateOf: null } as const;
    expect(apply(close, request, closing, reviewing)).toMatchObject({ ok: false, refusal: { problem: "not-possible-now" } });
    expect(changed(complete(aRequest()), close, closing, reviewing).status).toBe("closed");
  });

  test("keeps the provider from taking the request back, and so does a line that is denied: it has its appeal", () => {
    const denied = changed(
      complete(aRequest({ lines: [therapyLine(), therapyLine({ code: "97530" })] })),
      determine,
      { lines: [denial], reviewer: director },
      reviewing,
    );
    for (const partly of [request, denied])
      expect(apply(withdraw, partly, { reason: "Moved away." }, reviewing)).toMatchObject({
        ok: false,
        refusal: { problem: "not-possible-now", requestStatus: "in-review" },
      });
    expect(changed(complete(aRequest()), withdraw, { reason: "Moved away." })).toMatchObject({ status: "withdrawn" });
  });
});

describe("an appeal of what was approved for less", () => {
  const less = {
    ...approval(1, { outcome: "approved-less", quantity: 3, from: "2026-12-20", to: "2027-06-01" }),
    grounds: { ...met, medicalNecessity: "not-met" },
    reason: { code: "0F", text: "Three will do." },
    criterion: "Guideline",
  } as const;
  const decided = changed(
    complete(aRequest({ lines: [therapyLine()] })),
    determine,
    { lines: [less], reviewer: director },
    reviewing,
  );
  const appealed = changed(decided, fileAppeal, { reason: "It helps.", expedited: false }, at(hoursAfter(3)));
  const judgment = { appealId: "appeal-1", reviewer: { ...director, subject: "director-2" } };

  test("takes nothing of it", () => {
    const partly = {
      ...judgment,
      outcome: "partly-overturned",
      grounds: less.grounds,
      reason: less.reason,
      criterion: "Guideline",
    } as const;
    for (const narrower of [{ quantity: 2 }, { from: "2026-12-21" }, { to: "2027-05-31" }]) {
      const lines = [{ lineNumber: 1, quantity: 4, ...narrower }];
      expect(apply(decideAppeal, appealed, { ...partly, lines }, at(hoursAfter(4)))).toMatchObject({
        ok: false,
        refusal: { problem: "validation-failed", errors: [{ pointer: `/lines/0/${Object.keys(narrower)[0]}` }] },
      });
    }
  });

  test("that is decided again in the same words changes nothing, and in others is refused", () => {
    const { grounds, reason } = less;
    const lines = [{ lineNumber: 1, quantity: 4 }];
    const partly = { ...judgment, outcome: "partly-overturned", grounds, reason, criterion: "Guideline", lines } as const;
    const judged = changed(appealed, decideAppeal, partly, at(hoursAfter(4)));
    expect(judged).toMatchObject({ lines: [{ decision: { grounds } }], appeals: [{ decision: { grounds } }] });
    expect(apply(decideAppeal, judged, partly, at(hoursAfter(30)))).toEqual({ ok: true, value: { request: judged, events: [] } });
    for (const other of [
      { lines: [{ lineNumber: 1, quantity: 6 }] },
      { lines: [{ lineNumber: 1, quantity: 4, to: "2027-06-02" }] },
      { reason: { ...reason, text: "Four will do." } },
      { criterion: "Another guideline" },
      { grounds: { ...grounds, benefitLimits: "not-met" } },
    ] as const)
      expect(apply(decideAppeal, judged, { ...partly, ...other }, at(hoursAfter(30)))).toMatchObject({
        refusal: { problem: "not-possible-now" },
      });
  });

  test("that is upheld says what is found on the grounds, one of which is not met", () => {
    const upheld = { ...judgment, outcome: "upheld", reason: less.reason, criterion: "Guideline" } as const;
    for (const grounds of [undefined, met])
      expect(apply(decideAppeal, appealed, { ...upheld, ...(grounds && { grounds }) }, at(hoursAfter(4)))).toMatchObject({
        refusal: { errors: [{ pointer: "/grounds" }] },
      });
    const overturned = { ...judgment, outcome: "overturned", grounds: less.grounds } as const;
    expect(apply(decideAppeal, appealed, overturned, at(hoursAfter(4)))).toMatchObject({
      refusal: { errors: [{ pointer: "/grounds" }] },
    });
    const found = { ...met, benefitLimits: "not-applicable" } as const;
    expect(changed(appealed, decideAppeal, { ...overturned, grounds: found }, at(hoursAfter(4)))).toMatchObject({
      lines: [{ decision: { outcome: "approved", grounds: found } }],
    });
  });

  test("leaves it its last day, when that was beyond what was asked for", () => {
    const overturned = changed(appealed, decideAppeal, { ...judgment, outcome: "overturned" }, at(hoursAfter(4)));
    expect(overturned.lines[0]?.decision).toMatchObject({ outcome: "approved", quantity: 8, to: "2027-06-01" });
  });
});

test("a question falls when all is decided without its answer", () => {
  const items = [{ code: "plan-of-care", text: "Please send the plan of care." }];
  const asked = changed(complete(aRequest({ lines: [therapyLine()] })), ask, { items }, reviewing);
  expect(asked.status).toBe("awaiting-information");
  expect(approved(asked, approval(1))).toMatchObject({ status: "approved", informationRequest: null });
});
