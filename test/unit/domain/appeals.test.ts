import { describe, expect, test } from "vitest";
import { indexAttributes } from "../../../shared/aws/stored-request.ts";
import type { Appeal } from "../../../shared/domain/appeal.ts";
import { clinicianFor } from "../../../shared/domain/clinician.ts";
import { adverseDecision, nothingGranted } from "../../../shared/domain/decision.ts";
import type { MemberId } from "../../../shared/domain/identifiers.ts";
import { queueOf, type Request } from "../../../shared/domain/request.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { assign } from "../../../shared/domain/transitions/assign.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import type { DeterminedLine } from "../../../shared/domain/transitions/determine.ts";
import { determine } from "../../../shared/domain/transitions/determine.ts";
import { registerDocument, settleDocument } from "../../../shared/domain/transitions/documents.ts";
import { type Filing, fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import type { LineOfBusiness } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import {
  aRequest,
  at,
  changed,
  complete,
  documentId,
  done,
  hoursAfter,
  referred,
  therapyLine,
  vendorDecides,
  denial as vendorDenial,
} from "../../builders.ts";

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const reviewer = (subject: string, credential = "MD") => ({ subject, name: "Dana Director", credential, mayDeny: true });
const unmet = { ...met, medicalNecessity: "not-met" } as const;
const because = {
  grounds: unmet,
  reason: { code: "0F" as const, text: "Function is restored." },
  criterion: "Plan guideline PT-4.",
};
const denial = (lineNumber = 1): DeterminedLine => ({
  lineNumber,
  outcome: "denied",
  ...because,
});

/** Therapy that was denied at this moment. */
function denied(decidedAt: string, lineOfBusiness: LineOfBusiness = "medicaid"): Request {
  const request = complete(aRequest({ lineOfBusiness, state: "TX", lines: [therapyLine()] }));
  return changed(request, determine, { lines: [denial()], reviewer: reviewer("first") }, at(decidedAt));
}
const filing: Filing = { reason: "Strength has not come back.", expedited: false };
const file = (request: Request, now: string, more: Partial<Filing> = {}) =>
  apply(fileAppeal, request, { ...filing, ...more }, at(now));
const theAppeal = (request: Request): Appeal => {
  const appeal = request.appeals.at(-1);
  if (!appeal) throw new Error("no appeal was filed");
  return appeal;
};

describe("the time for an appeal", () => {
  // Decided on December 1 in Dayton, where the days are counted; the end of summer time and a leap day lie on the way of others.
  test.each<[LineOfBusiness, string, string, string]>([
    ["medicaid", "2026-12-01T20:00:00.000Z", "2027-01-31T04:59:59.000Z", "2027-01-31T05:00:00.000Z"],
    ["medicare-advantage", "2026-12-01T20:00:00.000Z", "2027-02-05T04:59:59.000Z", "2027-02-05T05:00:00.000Z"],
    ["marketplace", "2026-12-01T20:00:00.000Z", "2027-05-31T03:59:59.000Z", "2027-05-31T04:00:00.000Z"],
    ["medicaid", "2026-12-02T04:30:00.000Z", "2027-01-31T04:59:59.000Z", "2027-01-31T05:00:00.000Z"],
  ])("%s, decided %s: until %s, over at %s", (lineOfBusiness, decidedAt, last, over) => {
    const request = denied(decidedAt, lineOfBusiness);
    expect(file(request, last).ok).toBe(true);
    expect(file(request, over)).toMatchObject({ ok: false, refusal: { problem: "appeal-window-over" } });
  });

  test("is each line's own: what can no longer be appealed is passed over, unless it is asked for", () => {
    const request = complete(aRequest({ state: "TX", lines: [therapyLine(), therapyLine({ code: "97112" })] }));
    const first = changed(request, determine, { lines: [denial(1)], reviewer: reviewer("first") }, at(hoursAfter(2)));
    const both = changed(first, determine, { lines: [denial(2)], reviewer: reviewer("first") }, at(hoursAfter(100)));
    const now = hoursAfter(24 * 61);
    expect(theAppeal(done(file(both, now))).lines).toEqual([2]);
    expect(file(both, now, { lines: [1, 2] })).toMatchObject({ ok: false, refusal: { problem: "appeal-window-over" } });
  });
});

describe("an appeal by letter", () => {
  const decidedAt = "2026-12-01T20:00:00.000Z";
  const request = denied(decidedAt);

  test("counts from its receipt: keyed in after the window, and due from when it came", () => {
    const keyedIn = "2027-02-02T15:00:00.000Z";
    const receivedAt = "2027-01-30T15:00:00.000Z";
    expect(file(request, keyedIn)).toMatchObject({ ok: false, refusal: { problem: "appeal-window-over" } });
    const filed = done(file(request, keyedIn, { receivedAt }));
    expect(theAppeal(filed)).toMatchObject({ filedAt: receivedAt, dueAt: "2027-03-01T15:00:00.000Z" });
    expect(done(file(filed, keyedIn, { receivedAt }))).toBe(filed);
    const late = { receivedAt: "2027-01-31T05:00:00.000Z" };
    expect(file(request, keyedIn, late)).toMatchObject({ ok: false, refusal: { problem: "appeal-window-over" } });
  });

  test("is not older than the decision", () => {
    const received = (receivedAt: string) => file(request, "2026-12-05T15:00:00.000Z", { receivedAt });
    expect(received(decidedAt).ok).toBe(true);
    expect(received("2026-12-01T19:59:59.999Z")).toMatchObject({
      ok: false,
      refusal: { problem: "validation-failed", errors: [{ pointer: "/receivedAt" }] },
    });
  });
});

describe("evidence", () => {
  const request = denied(hoursAfter(2));
  const evidence = { id: documentId("E"), kind: "clinical" } as const;

  test("may be sent while an appeal is open, and changes no status", () => {
    const now = at(hoursAfter(31));
    expect(apply(registerDocument, request, evidence, now)).toMatchObject({ refusal: { problem: "not-possible-now" } });
    const filed = done(file(request, hoursAfter(30)));
    const registered = done(apply(registerDocument, filed, evidence, now));
    const settled = done(apply(settleDocument, registered, { id: evidence.id, status: "available" }, at(hoursAfter(32))));
    expect([registered.status, settled.status]).toEqual(["denied", "denied"]);
    expect(settled.documents.at(-1)).toEqual({ ...evidence, status: "available" });
    expect(queueOf(settled)).toBe("medical-director");
  });

  test("that arrives after the appeal was decided is still settled; none is taken any more", () => {
    const registered = done(apply(registerDocument, done(file(request, hoursAfter(30))), evidence, at(hoursAfter(31))));
    const judgment = { appealId: "appeal-1", outcome: "upheld" as const, ...because, reviewer: reviewer("second") };
    const upheld = done(apply(decideAppeal, registered, judgment, at(hoursAfter(40))));
    const settled = done(apply(settleDocument, upheld, { id: evidence.id, status: "available" }, at(hoursAfter(41))));
    expect(settled).toMatchObject({ status: "denied", lines: upheld.lines });
    expect(settled.documents.at(-1)).toMatchObject({ status: "available" });
    const another = { ...evidence, id: documentId("F") };
    expect(apply(registerDocument, settled, another, at(hoursAfter(42)))).toMatchObject({
      refusal: { problem: "not-possible-now", requestStatus: "denied" },
    });
  });
});

describe("an open appeal", () => {
  const request = denied(hoursAfter(2));
  const filed = done(file(request, hoursAfter(30)));

  test.each([
    [false, 30 * 24],
    [true, 72],
  ])("is due in its time from the filing (expedited: %s)", (expedited, hours) => {
    const appeal = theAppeal(done(file(request, hoursAfter(30), { expedited })));
    expect(appeal).toMatchObject({ dueAt: hoursAfter(30 + hours), expedited });
  });

  test("stands in the medical director's queue by its due time, and leaves it with its decision", () => {
    expect(queueOf(request)).toBeNull();
    expect(queueOf(filed)).toBe("medical-director");
    const { worklistKey, worklistSort } = indexAttributes(filed);
    expect([worklistKey?.split("#")[0], worklistSort]).toEqual(["medical-director", `${theAppeal(filed).dueAt}#${filed.id}`]);
    const judgment = { appealId: "appeal-1", outcome: "upheld" as const, ...because, reviewer: reviewer("second") };
    const upheld = done(apply(decideAppeal, filed, judgment, at(hoursAfter(40))));
    expect([queueOf(upheld), upheld.status]).toEqual([null, "denied"]);
  });

  test("is one person's work at a time", () => {
    const taking = { to: { subject: "second", name: "Dale Director" }, supervising: false };
    const by = (id: string) => at(hoursAfter(31), { type: "reviewer", id });
    const taken = changed(filed, assign, taking, by("second"));
    expect(taken.assignment).toMatchObject({ to: "second" });
    const rival = { ...taking, to: { subject: "third", name: "Drew Director" } };
    expect(apply(assign, taken, rival, by("third"))).toMatchObject({ refusal: { problem: "assigned-to-another" } });
    expect(apply(assign, request, taking, by("second"))).toMatchObject({ refusal: { problem: "not-possible-now" } });
  });

  test("lets the decision stand until then", () => {
    expect(filed).toMatchObject({ status: "denied", authorization: null, lines: request.lines });
  });
});

describe("who decides an appeal", () => {
  const filed = done(file(denied(hoursAfter(2)), hoursAfter(30)));
  const judged = (by: ReturnType<typeof reviewer>, request = filed) =>
    apply(decideAppeal, request, { appealId: "appeal-1", outcome: "overturned", reviewer: by }, at(hoursAfter(40)));

  test.each([
    ["who decided before", reviewer("first"), "another-clinician-required"],
    ["a nurse", reviewer("second", "RN"), "clinician-required"],
    ["a pharmacist, of therapy", reviewer("second", "PharmD"), "clinician-required"],
    ["whose token may not deny", { ...reviewer("second"), mayDeny: false }, "clinician-required"],
  ])("not %s", (_who, by, problem) => {
    expect(judged(by)).toMatchObject({ ok: false, refusal: { problem } });
  });

  test("any physician of the plan, where the vendor denied", () => {
    const request = changed(referred(), hearVendor, vendorDecides(1, [vendorDenial]), at(hoursAfter(3)));
    expect(request.status).toBe("denied");
    const appealed = done(file(request, hoursAfter(30)));
    expect(done(judged(reviewer("second"), appealed))).toMatchObject({ status: "approved", authorization: {} });
  });
});

test("what is overturned in part rolls up: one line approved, one denied", () => {
  const lines = [therapyLine(), therapyLine({ code: "97112" })];
  const request = complete(aRequest({ state: "TX", lines, member: { id: "20000000001" as MemberId, programs: [] } }));
  const both = changed(request, determine, { lines: [denial(1), denial(2)], reviewer: reviewer("first") }, at(hoursAfter(2)));
  const filed = done(file(both, hoursAfter(30)));
  const judgment = {
    appealId: "appeal-1",
    outcome: "partly-overturned" as const,
    lines: [{ lineNumber: 2 }],
    ...because,
    reviewer: reviewer("second"),
  };
  const decided = apply(decideAppeal, filed, judgment, at(hoursAfter(40)));
  expect(done(decided)).toMatchObject({
    status: "partially-approved",
    authorization: { from: "2026-12-20" },
    appeals: [{ decision: { effectiveBy: hoursAfter(112), replaced: [{ lineNumber: 2, decision: both.lines[1]?.decision }] } }],
  });
  expect(decided).toMatchObject({ value: { events: [{ type: "appeal.decided", lines: [2], outcome: "partly-overturned" }] } });
});

test("an appeal cannot make a line worse than it was", () => {
  const clinician = clinicianFor("outpatient-therapy", { name: "Dana Director", credential: "MD" }, policy);
  if (!clinician) throw new Error("a physician may deny");
  const request = denied(hoursAfter(2));
  const [line] = request.lines;
  if (!line) throw new Error("there is a line");
  const basis = { grounds: null, criterion: "PT-4", decidedAt: hoursAfter(2), clinician, subject: "first", reason: because.reason };
  const less = adverseDecision("approved-less", { ...nothingGranted, quantity: 4, unit: "visit" }, basis);
  const filed = done(file({ ...request, status: "partially-approved", lines: [{ ...line, decision: less }] }, hoursAfter(30)));
  const judgment = { appealId: "appeal-1", outcome: "partly-overturned" as const, ...because, reviewer: reviewer("second") };
  const to = (quantity: number) =>
    apply(decideAppeal, filed, { ...judgment, lines: [{ lineNumber: 1, quantity }] }, at(hoursAfter(40)));
  expect(to(3)).toMatchObject({ ok: false, refusal: { errors: [{ pointer: "/lines/0/quantity" }] } });
  expect(done(to(6)).lines[0]?.decision).toMatchObject({ outcome: "approved-less", quantity: 6 });
});
