import { describe, expect, test } from "vitest";
import { bindsBeyondLimit, limitedLines, standingOf, unitsTaken, untouched } from "../../../shared/domain/benefit.ts";
import { linesInCommon } from "../../../shared/domain/duplicates.ts";
import type { RequestId } from "../../../shared/domain/identifiers.ts";
import type { Request } from "../../../shared/domain/request.ts";
import type { Submission, SubmittedLine } from "../../../shared/domain/submission.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { type AppealJudgment, decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { type DeterminedLine, determine, type Reviewer } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { policy } from "../../../shared/policy/policy.ts";
import {
  aRequest,
  at,
  approval as byVendor,
  changed,
  complete,
  denial,
  hoursAfter,
  mriLine,
  referred,
  therapyLine,
  vendor,
  vendorDecides,
} from "../../builders.ts";

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const adverse = {
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0G", text: "Less will do." },
  criterion: "Guideline",
} as const;
const nurse: Reviewer = { subject: "nurse-1", name: "Nora Reviewer", credential: "RN", mayDeny: false };
const director: Reviewer = { subject: "director-1", name: "Dana Director", credential: "MD", mayDeny: true };

const saying = (request: Request, said: Partial<DeterminedLine>, reviewer = nurse) =>
  apply(
    determine,
    request,
    { lines: [{ lineNumber: 1, outcome: "approved", grounds: met, ...said }], reviewer },
    at(hoursAfter(2)),
  );
const pointersOf = (result: ReturnType<typeof saying>) =>
  result.ok ? [] : (result.refusal.errors?.map(({ pointer }) => pointer) ?? [result.refusal.problem]);
const granted = (request: Request, said: Partial<DeterminedLine> = {}, reviewer = nurse) => {
  const result = saying(request, said, reviewer);
  if (!result.ok) throw new Error(result.refusal.detail);
  return result.value.request;
};
/** Only as less, and then by a clinician who may deny. */
function expectLess(request: Request, said: Partial<DeterminedLine>) {
  expect(pointersOf(saying(request, said))).toEqual(["/lines/0/outcome"]);
  expect(pointersOf(saying(request, said, director))).toEqual(["/lines/0/outcome"]);
  const less = { ...said, ...adverse, outcome: "approved-less" } as const;
  expect(pointersOf(saying(request, less))).toEqual(["clinician-required"]);
  expect(granted(request, less, director).lines[0]?.decision).toMatchObject({ ...said, outcome: "approved-less" });
}

const stayLine: SubmittedLine = { modifiers: [], investigational: false, description: "The stay" };
const stay = (line: Partial<SubmittedLine> = {}, submission: Partial<Submission> = {}): Request =>
  complete(
    aRequest({
      setting: "inpatient",
      admission: { date: "2026-12-20", type: "elective", levelOfCare: "acute", days: 5 },
      lines: [{ ...stayLine, ...line }],
      ...submission,
    }),
  );
const fiveDays = { quantity: 5, unit: "day", from: "2026-12-20", to: "2026-12-25" };

describe.each<[string, Partial<SubmittedLine>]>([
  ["no code at all", {}],
  ["no code, and a date", { serviceDate: "2026-12-20" }],
  ["the charge for its room", { revenueCode: "0120" }],
  ["the charge for its room, and a date", { revenueCode: "0120", serviceDate: "2026-12-20" }],
  ["the procedure that it is for", { code: "27447" }],
  ["the procedure that it is for, and a date", { code: "27447", serviceDate: "2026-12-20" }],
  ["days that are not counted", { revenueCode: "0120", unit: "day" }],
])("a stay of five days, asked for by %s,", (_how, line) => {
  test("is approved as asked for five days, to the day after its last night", () => {
    expect(granted(stay(line)).lines[0]?.decision).toMatchObject(fiveDays);
    expect(granted(stay(line)).authorization).toMatchObject({ from: "2026-12-20", to: "2026-12-25" });
  });

  test.each<Partial<DeterminedLine>>([
    { quantity: 1, unit: "day", from: "2026-12-20", to: "2026-12-20" },
    { quantity: 4 },
    { to: "2026-12-24" },
    { from: "2026-12-21" },
  ])("is less with %o", (said) => expectLess(stay(line), said));
});

test("a procedure beside the stay's own line is asked for to the stay's end, and not by its days", () => {
  const request = stay({}, { lines: [stayLine, { ...stayLine, code: "27447" }] });
  const command = {
    lines: [1, 2].map((lineNumber) => ({ lineNumber, outcome: "approved" as const, grounds: met })),
    reviewer: nurse,
  };
  expect(changed(request, determine, command, at(hoursAfter(2))).lines.map(({ decision }) => decision)).toMatchObject([
    fiveDays,
    { ...fiveDays, quantity: null, unit: null },
  ]);
});

test("a stay of which its line says the days and the end is as its line says, and begins today where nobody has said when", () => {
  const said = { serviceDate: "2026-12-21", endDate: "2026-12-23", quantity: 2, unit: "day" } as const;
  expect(granted(stay(said)).lines[0]?.decision).toMatchObject({ quantity: 2, from: "2026-12-21", to: "2026-12-23" });
  const undated = stay({}, { admission: { type: "urgent", levelOfCare: "acute", days: 5 } });
  expect(granted(undated).lines[0]?.decision).toMatchObject({ quantity: 5, from: "2026-11-23", to: "2026-11-28" });
});

test("the same stay with and without a date of its own is a possible duplicate on its last day", () => {
  const other = { ...stay({ serviceDate: "2026-12-25" }), id: "PA-BBBBBBBBBBBBBBBBBBBBBBBBBB" as RequestId };
  expect(linesInCommon(stay({ serviceDate: "2026-12-20" }), other)).toEqual([1]);
  expect(linesInCommon(stay(), other)).toEqual([1]);
});

describe("twelve visits", () => {
  const { serviceDate: _, ...undated } = therapyLine({ quantity: 12 });
  const { unit: __, ...unitless } = therapyLine({ quantity: 12 });
  const { quantity: ___, ...uncounted } = therapyLine({ code: "97799", description: "Rehabilitation" });

  test.each<[string, SubmittedLine, Partial<DeterminedLine>]>([
    ["in one day, where the usual term was to be had", therapyLine({ quantity: 12 }), { to: "2026-12-20" }],
    ["to the day before the usual term's last", therapyLine({ quantity: 12 }), { to: "2027-03-19" }],
    ["in years to come, where no date was asked for", undated, { from: "2029-12-20", to: "2030-12-20" }],
    ["from tomorrow, where no date was asked for", undated, { from: "2026-11-24" }],
    ["in quarters of an hour, where no unit was said", unitless, { unit: "15-minutes" }],
  ])("are less %s", (_how, line, said) => expectLess(complete(aRequest({ lines: [line] })), said));

  test("are as asked over a longer time, from an earlier day or to the end of the usual term", () => {
    const request = complete(aRequest({ lines: [therapyLine({ quantity: 12 })] }));
    for (const said of [
      { from: "2026-12-01" },
      { to: "2027-03-20" },
      { to: "2027-06-30" },
      { quantity: 12, unit: "visit" as const },
    ])
      expect(granted(request, said).lines[0]?.decision).toMatchObject({ ...said, outcome: "approved" });
  });

  test("of which nobody has said the number are less with any, and a unit without a number limits nothing", () => {
    const request = complete(aRequest({ lineOfBusiness: "medicare-advantage", lines: [{ ...uncounted, code: "97110" }] }));
    expectLess(request, { quantity: 1 });
    expectLess(request, { quantity: 500 });
    const { unit: _unit, ...bare } = uncounted;
    const wordless = complete(aRequest({ lineOfBusiness: "medicare-advantage", lines: [{ ...bare, code: "97110" }] }));
    expect(granted(wordless, { unit: "visit" }).lines[0]?.decision).toMatchObject({ quantity: null, unit: "visit" });
  });

  test("are the vendor's to date and to count as it does: it falls short of what was asked for, not of the plan's usual term", () => {
    const said = (more: object) => vendorDecides(1, [{ ...byVendor, ...more }]);
    const { quantity: _quantity, ...bare } = mriLine();
    const uncounted = changed(referred({ lines: [bare] }), hearVendor, said({ to: "2026-12-31" }), at(hoursAfter(3), vendor));
    expect(uncounted.lines[0]?.decision).toMatchObject({ outcome: "approved", quantity: 1, to: "2026-12-31" });
    // Without a clinician's name it is the medical director's.
    const short = changed(referred(), hearVendor, said({ from: "2026-12-21" }), at(hoursAfter(3), vendor));
    expect(short.lines[0]).toMatchObject({ decision: null, escalated: true });
  });
});

describe("a benefit of sixty days of skilled nursing", () => {
  const admission = { date: "2026-12-20", type: "elective", levelOfCare: "skilled-nursing", days: 80 } as const;
  const nursing = (line: Partial<SubmittedLine> = {}) =>
    stay({ revenueCode: "0191", ...line }, { setting: "skilled-nursing", admission });
  const appealed = (request: Request, said = {}) =>
    changed(
      granted(request, { ...adverse, outcome: "denied", ...said }, director),
      fileAppeal,
      { reason: "It helps.", expedited: false },
      at(hoursAfter(3)),
    );
  const judgment = (said: Partial<AppealJudgment> = {}): AppealJudgment => ({
    appealId: "appeal-1",
    outcome: "overturned",
    reviewer: { ...director, subject: "director-2" },
    ...said,
  });

  test("is asked for the admission's days, and seen to be exceeded", () => {
    const lines = limitedLines(nursing(), policy);
    const [limited] = lines;
    if (!limited) throw new Error("nothing is limited");
    const key = { member: "sealed", benefit: limited.limit.id, from: limited.from };
    expect(standingOf(nursing(), untouched(key), lines)).toMatchObject({ asked: 80, left: 60, beyond: true });
  });

  test("gives eighty to a denial that is overturned, and to an approval by law", () => {
    const overturned = changed(appealed(nursing()), decideAppeal, judgment(), at(hoursAfter(4)));
    expect(unitsTaken(overturned, 1, hoursAfter(5), policy)).toBe(80);
    const clock = [{ rule: "arkansas.standard", cite: "A.C.A. 23-99-1116", dueAt: hoursAfter(2), whenMissed: "deemed-approved" }];
    const due = { ...nursing(), clock } as unknown as Request;
    expect(unitsTaken(changed(due, missClock, {}, at(hoursAfter(3))), 1, hoursAfter(5), policy)).toBe(80);
  });

  test("is not given on appeal while nobody has said how much", () => {
    const { quantity: _, ...uncounted } = therapyLine();
    const open = appealed(complete(aRequest({ lines: [uncounted] })));
    expect(apply(decideAppeal, open, judgment(), at(hoursAfter(4)))).toMatchObject({
      ok: false,
      refusal: { problem: "validation-failed", errors: [{ pointer: "/lines" }] },
    });
    const { grounds, reason, criterion } = adverse;
    const partly = { outcome: "partly-overturned", lines: [{ lineNumber: 1, quantity: 20 }], grounds, reason, criterion } as const;
    const counted = changed(open, decideAppeal, judgment(partly), at(hoursAfter(4)));
    expect(counted.lines[0]?.decision).toMatchObject({ outcome: "approved-less", quantity: 20, unit: "visit" });
    expect(unitsTaken(counted, 1, hoursAfter(5), policy)).toBe(20);
  });

  test("is exceeded by the vendor's own word, and not by the plan's clinician who overturns it", () => {
    const denied = changed(referred(), hearVendor, vendorDecides(2, [denial]), at(hoursAfter(2), vendor));
    const filed = changed(denied, fileAppeal, { reason: "It helps.", expedited: false }, at(hoursAfter(3)));
    const overturned = changed(filed, decideAppeal, judgment(), at(hoursAfter(4)));
    const binding = ({ lines }: Request) => lines[0]?.decision && bindsBeyondLimit(lines[0].decision);
    expect(overturned.lines[0]?.decision?.outcome).toBe("approved");
    expect([binding(denied), binding(overturned)]).toEqual([true, false]);
  });
});
