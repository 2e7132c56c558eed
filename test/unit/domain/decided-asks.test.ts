import { describe, expect, test } from "vitest";
import { type DecidedAsk, decidedAsks, ledgerEvents } from "../../../shared/domain/decided-asks.ts";
import type { Request } from "../../../shared/domain/request.ts";
import type { SubmittedLine } from "../../../shared/domain/submission.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { close } from "../../../shared/domain/transitions/close.ts";
import { continueStay } from "../../../shared/domain/transitions/continue-stay.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { type DeterminedLine, determine } from "../../../shared/domain/transitions/determine.ts";
import { askToExpedite, judgeExpedite } from "../../../shared/domain/transitions/expedite.ts";
import { extend } from "../../../shared/domain/transitions/extend.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { inform } from "../../../shared/domain/transitions/inform.ts";
import { missClock } from "../../../shared/domain/transitions/miss.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import { policy } from "../../../shared/policy/policy.ts";
import {
  aRequest,
  asked,
  at,
  changed,
  complete,
  done,
  hoursAfter,
  received,
  requestId,
  therapyLine,
  visitLine,
} from "../../builders.ts";

const grounds = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const notMet = { ...grounds, medicalNecessity: "not-met" } as const;
const director = { subject: "director", name: "Dina Rector", credential: "MD", mayDeny: true };
const another = { ...director, subject: "another", name: "Ann Other" };
const because = { reason: { code: "0F", text: "Not medically necessary." }, criterion: "Guideline 7" } as const;

const approve = (lineNumber = 1): DeterminedLine => ({ lineNumber, outcome: "approved", grounds });
const deny = (lineNumber = 1): DeterminedLine => ({ lineNumber, outcome: "denied", grounds: notMet, ...because });
const grantLess = (lineNumber = 1): DeterminedLine => ({ ...deny(lineNumber), outcome: "approved-less", quantity: 3 });

const drugLine = (line: Partial<SubmittedLine> = {}) => therapyLine({ code: "J1745", description: "An infusion", ...line });
const therapy = (...lines: SubmittedLine[]): Request =>
  complete(aRequest({ lines: lines.length > 0 ? lines : [therapyLine()] }, { network: { servicingProvider: true } }));
const decide = (request: Request, hours: number, ...lines: DeterminedLine[]): Request =>
  changed(request, determine, { lines, reviewer: director }, at(hoursAfter(hours)));

const asks = (request: Request) => decidedAsks(request, policy);
const only = (request: Request): DecidedAsk => {
  const [one, ...others] = asks(request);
  if (!one || others.length > 0) throw new Error(`${others.length} more than one, or none`);
  return one;
};

describe("an ask", () => {
  test("counts once it is decided, from its receipt to its decision", () => {
    const request = therapy();
    expect(asks(request)).toEqual([]);
    const approved = decide(request, 30, approve());
    expect(only(approved)).toEqual({
      requestId,
      ask: 1,
      submittedAt: received,
      decidedAt: hoursAfter(30),
      year: 2026,
      lineOfBusiness: "medicaid",
      priority: "standard",
      outcome: "approved",
      extended: false,
      inTime: true,
      approvedAfterAppeal: false,
      drugs: false,
      retrospective: false,
      requestVersion: approved.version,
    });
  });

  test("of several lines is decided with the last of them", () => {
    const one = decide(therapy(therapyLine(), therapyLine({ code: "97112" })), 10, approve(1));
    expect(asks(one)).toEqual([]);
    expect(only(decide(one, 20, approve(2)))).toMatchObject({ decidedAt: hoursAfter(20), outcome: "approved" });
  });

  test.each([
    ["denied in full", deny()],
    ["granted less than was asked", grantLess()],
  ])("is denied when it was %s", (_how, line) => {
    expect(only(decide(therapy(), 10, line))).toMatchObject({ outcome: "denied", approvedAfterAppeal: false });
  });

  test("is denied when a single line of it is", () => {
    const request = therapy(therapyLine(), therapyLine({ code: "97112" }));
    expect(only(decide(request, 10, approve(1), deny(2)))).toMatchObject({ outcome: "denied" });
  });

  test("that needs no authorization, was withdrawn, or was closed does not count", () => {
    expect(asks(aRequest({ lines: [visitLine()] }))).toEqual([]);
    expect(asks(changed(therapy(), withdraw, { reason: "Another date" }, at(hoursAfter(2))))).toEqual([]);
    expect(asks(changed(therapy(), close, { reason: "ineligible", duplicateOf: null }, at(hoursAfter(2))))).toEqual([]);
  });

  test("is decided by what was answered, when what is left turns out to need nothing", () => {
    const lines = [therapyLine(), visitLine()];
    const outside = complete(aRequest({ lines, outOfNetworkReason: "Nobody nearer" }, { network: { servicingProvider: false } }));
    const half = decide(outside, 10, approve(1));
    expect(asks(half)).toEqual([]);
    const { membership } = half;
    const information = { answers: [], network: { servicingProvider: true }, membership, servicingOrganization: null };
    const change = apply(inform, half, { ...information, supplement: { clinicalSummary: "More." } }, at(hoursAfter(20)));
    const informed = done(change);
    // No line was decided then: the ledger hears of it all the same.
    expect(change.ok && change.value.events.map(({ type }) => type)).toEqual(["information.received"]);
    expect(ledgerEvents).toContain("information.received");
    expect(informed.lines[1]?.requirement).toBe("not-required");
    expect(only(informed)).toMatchObject({ decidedAt: hoursAfter(10), outcome: "approved" });
  });

  test("that the law approves is approved", () => {
    const request = complete(
      aRequest({ lineOfBusiness: "marketplace", state: "AR", lines: [therapyLine()] }, { network: { servicingProvider: true } }),
    );
    const missed = changed(request, missClock, {}, at(hoursAfter(24 * 8)));
    expect(only(missed)).toMatchObject({ lineOfBusiness: "marketplace", outcome: "approved", decidedAt: hoursAfter(24 * 8) });
  });
});

describe("the year", () => {
  test.each([
    ["2027-01-01T04:59:59.999Z", 2026],
    ["2027-01-01T05:00:00.000Z", 2027],
  ])("of %s is %i in Dayton", (now, year) => {
    const decided = changed(therapy(), determine, { lines: [approve()], reviewer: director }, at(now));
    expect(only(decided)).toMatchObject({ decidedAt: now, year });
  });
});

describe("after an appeal", () => {
  const appealed = (request: Request) =>
    changed(request, fileAppeal, { reason: "See the letter", expedited: false }, at(hoursAfter(100)));
  const judged = (request: Request, judgment: object) =>
    changed(
      appealed(request),
      decideAppeal,
      { appealId: "appeal-1", reviewer: another, ...judgment } as never,
      at(hoursAfter(200)),
    );

  test("outcome and time are still those of the first decision", () => {
    const overturned = judged(decide(therapy(), 10, deny()), { outcome: "overturned" });
    expect(overturned.status).toBe("approved");
    expect(only(overturned)).toMatchObject({ outcome: "denied", decidedAt: hoursAfter(10), approvedAfterAppeal: true });
  });

  test("that is upheld nothing is approved", () => {
    expect(only(judged(decide(therapy(), 10, deny()), { outcome: "upheld", grounds: notMet, ...because }))).toMatchObject({
      outcome: "denied",
      approvedAfterAppeal: false,
    });
  });

  test("that gave a part of it, it is not approved in full", () => {
    const lines = [{ lineNumber: 1, quantity: 5 }];
    const part = judged(decide(therapy(), 10, grantLess()), { outcome: "partly-overturned", lines, grounds: notMet, ...because });
    expect(part.lines[0]?.decision).toMatchObject({ outcome: "approved-less", quantity: 5 });
    expect(only(part)).toMatchObject({ outcome: "denied", decidedAt: hoursAfter(10), approvedAfterAppeal: false });
  });
});

describe("extended", () => {
  test("is what was extended before its decision", () => {
    const extended = changed(therapy(), extend, { reason: "Records are awaited" }, at(hoursAfter(20)));
    expect(only(decide(extended, 300, approve()))).toMatchObject({ extended: true, outcome: "approved" });
  });
});

describe("in time", () => {
  const isInTime = (request: Request) => asks(request).map(({ inTime }) => inTime);

  test("is what was decided until its clock ran out, to the second", () => {
    expect(isInTime(decide(therapy(), 168, approve()))).toEqual([true]);
    expect(isInTime(decide(therapy(), 168 + 1 / 3_600, approve()))).toEqual([false]);
  });

  test("follows the clock that was extended or hurried before the decision", () => {
    const extended = changed(therapy(), extend, { reason: "Records are awaited" }, at(hoursAfter(20)));
    expect(isInTime(decide(extended, 200, approve()))).toEqual([true]);
    const hurried = changed(therapy(), askToExpedite, { reason: "Pain", requestedBy: "physician" }, at(hoursAfter(5)));
    expect(isInTime(decide(hurried, 100, approve()))).toEqual([false]);
  });

  test("is not what the law deemed approved, for nobody had decided it", () => {
    const request = complete(
      aRequest({ lineOfBusiness: "marketplace", state: "AR", lines: [therapyLine()] }, { network: { servicingProvider: true } }),
    );
    expect(isInTime(changed(request, missClock, {}, at(hoursAfter(24 * 8))))).toEqual([false]);
  });

  test("looks at the drug too that the outcome leaves out", () => {
    const half = decide(therapy(therapyLine(), drugLine()), 10, approve(1));
    expect(isInTime(decide(half, 20, approve(2)))).toEqual([true]);
    expect(isInTime(decide(half, 25, approve(2)))).toEqual([false]);
  });
});

describe("priority", () => {
  test("is that of the decision: what a physician hurries is expedited", () => {
    const hurried = changed(therapy(), askToExpedite, { reason: "Pain", requestedBy: "physician" }, at(hoursAfter(5)));
    expect(only(decide(hurried, 6, approve())).priority).toBe("expedited");
  });

  test.each([
    [true, "expedited"],
    [false, "standard"],
  ] as const)("of what a member hurries is what the reviewer judges (%s)", (granted, priority) => {
    const hurried = changed(therapy(), askToExpedite, { reason: "Pain", requestedBy: "member" }, at(hoursAfter(5)));
    const judged = changed(hurried, judgeExpedite, { granted }, at(hoursAfter(6)));
    expect(only(decide(judged, 7, approve())).priority).toBe(priority);
  });
});

describe("drugs", () => {
  test("alone are told apart", () => {
    expect(only(decide(therapy(drugLine()), 10, approve()))).toMatchObject({ drugs: true });
  });

  test("beside something else are left out of its outcome and its time, which wait for them all the same", () => {
    const mixed = therapy(therapyLine(), drugLine());
    const half = decide(mixed, 10, approve(1));
    expect(asks(half)).toEqual([]);
    expect(only(decide(half, 20, deny(2)))).toMatchObject({ drugs: false, outcome: "approved", decidedAt: hoursAfter(10) });
  });
});

describe("what was asked for afterwards", () => {
  test("is told apart", () => {
    const late = decide(therapy(therapyLine({ serviceDate: "2026-11-20", endDate: "2026-11-20" })), 10, approve());
    expect(only(late)).toMatchObject({ retrospective: true });
  });
});

describe("more days of a stay", () => {
  const admission = { date: "2026-11-24", type: "urgent", levelOfCare: "acute", days: 3 } as const;
  const stay = decide(
    complete(aRequest({ setting: "inpatient", admission, lines: [{ modifiers: [], investigational: false }], state: "TX" })),
    2,
    approve(),
  );
  const more = { days: 2, from: "2026-11-27", network: { servicingProvider: true }, membership: asked() };
  const continued = changed(stay, continueStay, more, at(hoursAfter(48)));

  test("are an ask of their own, expedited, from when they were asked for; the first stays as it was", () => {
    expect(asks(continued)).toMatchObject([{ ask: 1, decidedAt: hoursAfter(2), outcome: "approved" }]);
    expect(asks(decide(continued, 60, deny(2)))).toMatchObject([
      { ask: 1, submittedAt: received, decidedAt: hoursAfter(2), priority: "standard", outcome: "approved" },
      { ask: 2, submittedAt: hoursAfter(48), decidedAt: hoursAfter(60), priority: "expedited", outcome: "denied" },
    ]);
  });

  test("have a clock of their own, and the first ask keeps its", () => {
    expect(asks(decide(continued, 48 + 72, approve(2))).map(({ inTime }) => inTime)).toEqual([true, true]);
    expect(asks(decide(continued, 48 + 73, approve(2))).map(({ inTime }) => inTime)).toEqual([true, false]);
  });

  test("are extended by themselves", () => {
    const extended = changed(continued, extend, { reason: "Records are awaited" }, at(hoursAfter(50)));
    expect(asks(decide(extended, 60, approve(2))).map((one) => one.extended)).toEqual([false, true]);
  });

  test("may be hurried, and so may a haste be judged that nobody had judged before: the first stays as it was decided", () => {
    const hasty = changed(
      complete(aRequest({ setting: "inpatient", admission, lines: [{ modifiers: [], investigational: false }], state: "TX" })),
      askToExpedite,
      { reason: "Pain", requestedBy: "member" },
      at(hoursAfter(1)),
    );
    const again = changed(decide(hasty, 2, approve()), continueStay, more, at(hoursAfter(48)));
    const judged = changed(again, judgeExpedite, { granted: true }, at(hoursAfter(49)));
    expect(judged.priority).toBe("expedited");
    expect(asks(judged)).toMatchObject([{ ask: 1, priority: "standard" }]);
  });

  test("change nothing of a first ask whose other line has come to need a decision since", () => {
    const [line] = stay.lines;
    if (!line) throw new Error("no line");
    const late = { ...line, lineNumber: 2, decision: null };
    const [, second] = continued.lines;
    if (!second) throw new Error("no second line");
    const moved: Request = {
      ...continued,
      lines: [line, late, { ...second, lineNumber: 3 }],
      continuations: continued.continuations.map((one) => ({ ...one, lineNumber: 3 })),
    };
    expect(asks(moved)).toMatchObject([{ ask: 1, decidedAt: hoursAfter(2) }]);
  });
});
