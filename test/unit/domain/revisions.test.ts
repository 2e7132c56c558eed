import { describe, expect, it } from "vitest";
import { worthAMail } from "../../../infra/events-stack.ts";
import { requestView } from "../../../shared/api/views.ts";
import { requestFrom } from "../../../shared/aws/stored-request.ts";
import { taken, unused } from "../../../shared/domain/authorization.ts";
import { checkedAgainst } from "../../../shared/domain/authorization-check.ts";
import { endsOf } from "../../../shared/domain/authorization-ends.ts";
import { startOfDay } from "../../../shared/domain/calendar.ts";
import type { Npi, RequestId } from "../../../shared/domain/identifiers.ts";
import { mailFor } from "../../../shared/domain/mail.ts";
import { letterOf } from "../../../shared/domain/notice-letter.ts";
import type { Line, Request } from "../../../shared/domain/request.ts";
import { isBefore, lineWithLess, replacedLines, revisedBy } from "../../../shared/domain/revision.ts";
import type { Submission, SubmittedLine } from "../../../shared/domain/submission.ts";
import { apply } from "../../../shared/domain/transition.ts";
import { decideAppeal } from "../../../shared/domain/transitions/decide-appeal.ts";
import { type DeterminedLine, determine } from "../../../shared/domain/transitions/determine.ts";
import { fileAppeal } from "../../../shared/domain/transitions/file-appeal.ts";
import { restoreHistory } from "../../../shared/domain/transitions/restore.ts";
import { supersede } from "../../../shared/domain/transitions/supersede.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, at, changed, complete, npis, therapyLine, visitLine } from "../../builders.ts";

const { timeZone } = policy.plan;
/** Noon of a day in Dayton. */
const noon = (day: string) => new Date(Date.parse(startOfDay(day, timeZone)) + 12 * 3_600_000).toISOString();
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const director = { subject: "director", name: "Dana Director", credential: "MD", mayDeny: true };
const approve = (lineNumber = 1): DeterminedLine => ({ lineNumber, outcome: "approved", grounds: met });
const adverse = (outcome: "approved-less" | "denied", more: Partial<DeterminedLine> = {}, lineNumber = 1): DeterminedLine => ({
  lineNumber,
  outcome,
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Strength is restored." },
  criterion: "Plan guideline PT-4, section 2.",
  ...more,
});

const idOf = (letter: string) => `PA-${letter.repeat(26)}` as RequestId;
const decided = (submission: Partial<Submission>, letter: string, lines: readonly DeterminedLine[], day: string): Request =>
  changed(
    complete(aRequest({ state: "TX", ...submission }, { id: idOf(letter) })),
    determine,
    { lines, reviewer: director },
    at(noon(day)),
  );

/** Twenty visits from December 1 to February 28, approved as asked on November 25. */
const therapy = (line: Partial<SubmittedLine> = {}) =>
  therapyLine({ serviceDate: "2026-12-01", endDate: "2027-02-28", quantity: 20, ...line });
const running = (lines = [therapy()]) =>
  decided(
    { lines },
    "R",
    lines.map((_, index) => approve(index + 1)),
    "2026-11-25",
  );
const today = "2026-12-21";
const tomorrow = "2026-12-22";
/** Thirty visits in place of the twenty, from New Year on. */
const revision = (
  lines = [therapy({ serviceDate: "2027-01-01", endDate: "2027-03-31", quantity: 30 })],
  decisions: readonly DeterminedLine[] = lines.map((_, index) => approve(index + 1)),
  letter = "V",
  day = today,
) => decided({ lines, certification: { type: "revised", previousAuthorization: `AU-${"R".repeat(26)}` } }, letter, decisions, day);
const superseded = (by = revision(), request = running(), day = today) =>
  changed(request, supersede, { revision: by }, at(noon(day)));
const replaced = (by: Request, request = running(), day = today) => replacedLines(request, by, noon(day), timeZone);

const check = (requests: readonly Request[], serviceDate: string, more = {}) =>
  checkedAgainst(
    requests.map((request) => ({ request, use: unused(request.id) })),
    { npi: npis.miamiValley as Npi, code: "97110", modifiers: [], serviceDate, units: 1, emergency: false, ...more },
    { requirement: "required" } as never,
    policy,
  );

describe("a revision that is authorized", () => {
  const both = () => [superseded(), revision()];

  it("stands in the place of what it revises from its first day on; what was delivered before is as it was", () => {
    expect(superseded().supersessions).toEqual([
      { by: `AU-${"V".repeat(26)}`, at: noon(today), lines: [{ lineNumber: 1, from: "2027-01-01" }] },
    ]);
    expect(check(both(), "2026-12-31")).toMatchObject({ answer: "authorized", authorizationNumber: `AU-${"R".repeat(26)}` });
    expect(check(both(), "2027-01-01")).toMatchObject({ answer: "authorized", authorizationNumber: `AU-${"V".repeat(26)}` });
    expect(check([superseded()], "2027-01-01")).toMatchObject({
      answer: "expired",
      because: `It was revised: AU-${"V".repeat(26)} stands in its place.`,
    });
    const claim = (serviceDate: string) =>
      taken(superseded(), unused(idOf("R")), { claimLineId: "claim-1", units: 1, serviceDate }, noon("2027-02-01"), timeZone);
    expect(claim("2026-12-31")).toMatchObject({ ok: true });
    expect(claim("2027-01-01")).toMatchObject({ refusal: { problem: "not-authorized" } });
  });

  it("keeps its decision as it was made, ends with the day before, and is not reminded of", () => {
    const [before, after] = [running(), superseded()];
    expect(after.lines).toEqual(before.lines);
    expect(after.status).toBe("approved");
    expect(after.authorization).toEqual({ number: `AU-${"R".repeat(26)}`, from: "2026-12-01", to: "2026-12-31" });
    expect([before.wakesAt, after.wakesAt]).toEqual([noon("2027-02-14").replace(/T.*/, "T12:00:00.000Z"), null]);
    expect([endsOf(before).length, endsOf(after)]).toEqual([1, []]);
  });

  it("is told in history, to the provider and to whoever reads", () => {
    const result = apply(supersede, running(), { revision: revision() }, at(noon(today)));
    expect(result).toMatchObject({
      value: { events: [{ type: "authorization.superseded", authorizationNumber: `AU-${"V".repeat(26)}`, lines: [1] }] },
    });
    const told = { type: "authorization.superseded", at: noon(today) } as const;
    expect(worthAMail).toContain(told.type);
    expect(mailFor(told, superseded(), "https://api.example.org")).toMatchObject({
      to: "provider",
      subject: `Prior authorization PA-${"R".repeat(26)}: authorization revised`,
    });
    const view = requestView(superseded(), undefined, { now: noon(today), policy, reviews: false });
    expect(view.supersededBy).toEqual([
      { authorizationNumber: `AU-${"V".repeat(26)}`, at: noon(today), lines: [{ lineNumber: 1, from: "2027-01-01" }] },
    ]);
    const notice = { id: "N", audience: "provider", kind: "approval", at: noon(today), lines: [1] } as never;
    const facts = letterOf(revision(), notice, policy).sections.flatMap(({ facts: some = [] }) => some);
    expect(facts).toContainEqual({
      label: "In place of",
      text: `AU-${"R".repeat(26)}, for the services above and from their own first day on. What was delivered before stays approved as it was.`,
    });
    const denied = letterOf(revision(undefined, [adverse("denied")]), { ...(notice as object), kind: "adverse" } as never, policy);
    expect(denied.sections.flatMap(({ paragraphs = [] }) => paragraphs)).toContain(
      `This decision changes nothing of authorization AU-${"R".repeat(26)}.`,
    );
  });

  it("is heard of by its own decisions, and by whatever is granted later on what it revises", () => {
    const certification = { type: "revised", previousAuthorization: `AU-${"R".repeat(26)}` } as const;
    const decision = (submission: Partial<Submission>) => {
      const open = complete(aRequest({ state: "TX", lines: [therapy()], ...submission }, { id: idOf("V") }));
      const done = apply(determine, open, { lines: [approve()], reviewer: director }, at(noon(today)));
      return done.ok ? done.value.events : [];
    };
    expect(decision({ certification })).toMatchObject([{ type: "line.decided", revision: true }]);
    expect(decision({})).toMatchObject([{ type: "line.decided", lines: [1] }]);
    expect(decision({})[0]).not.toHaveProperty("revision");
    const restored = apply(restoreHistory, superseded(), { epoch: 7, restoredTo: noon(today) }, at(noon(today)));
    expect(restored).toMatchObject({ value: { events: [{ type: "history.restored", revision: true }] } });
  });

  it("takes effect once, however often it is heard of", () => {
    const once = superseded();
    expect(apply(supersede, once, { revision: revision() }, at(noon("2026-12-30")))).toMatchObject({
      value: { request: once, events: [] },
    });
  });

  it("takes nothing away that is not its own asking: not of the day on which it is heard of, and not before that", () => {
    const since = (serviceDate: string) => revision([therapy({ serviceDate, endDate: "2027-03-31" })]);
    expect(replaced(since("2026-12-01"))).toEqual([{ lineNumber: 1, from: tomorrow }]);
    expect(replaced(since(today))).toEqual([{ lineNumber: 1, from: tomorrow }]);
    expect(replaced(since(tomorrow))).toEqual([{ lineNumber: 1, from: tomorrow }]);
    // Heard of late, after an outage: claims were answered as it stood until then.
    expect(replaced(since(today), running(), "2026-12-24")).toEqual([{ lineNumber: 1, from: "2026-12-25" }]);
  });

  it("has moved what is delivered once and was still to come; a series goes on until the revision begins", () => {
    const early = (line: Partial<SubmittedLine>) => revision([therapy(line)], undefined, "V", "2026-11-27");
    const once = (quantity: number) => running([therapy({ quantity })]);
    const later = early({ serviceDate: "2026-12-15", endDate: "2027-03-31" });
    expect(replaced(later, once(1), "2026-11-27")).toEqual([{ lineNumber: 1, from: "2026-12-01" }]);
    expect(replaced(later, once(2), "2026-11-27")).toEqual([{ lineNumber: 1, from: "2026-12-15" }]);
    const day = running([therapy({ endDate: "2026-12-01" })]);
    expect(replaced(later, day, "2026-11-27")).toEqual([{ lineNumber: 1, from: "2026-12-01" }]);
    const sooner = early({ serviceDate: "2026-11-28", endDate: "2026-11-30" });
    expect(replaced(sooner, once(1), "2026-11-27")).toEqual([{ lineNumber: 1, from: "2026-12-01" }]);
    // Heard of only after its first day: what was delivered meanwhile stays authorized.
    expect(replaced(later, once(1), "2026-12-03")).toEqual([{ lineNumber: 1, from: "2026-12-04" }]);
    const moved = superseded(later, once(1), "2026-11-27");
    expect(check([moved], "2026-12-10")).toMatchObject({ answer: "expired" });
    expect(moved.authorization).toEqual({ number: `AU-${"R".repeat(26)}`, from: null, to: null });
  });

  it("counts from the last of its own decisions, a denial among them, and from none on appeal", () => {
    const [first, second] = [therapy({ serviceDate: "2027-01-10" }), therapy({ code: "97112" })];
    const half = revision([first, second], [approve(1)], "V", "2026-11-27");
    const whole = changed(half, determine, { lines: [adverse("denied", {}, 2)], reviewer: director }, at(noon("2026-12-05")));
    const once = running([therapy({ quantity: 1, serviceDate: "2026-12-03" })]);
    expect(replaced(whole, once, "2026-12-05")).toEqual([{ lineNumber: 1, from: "2027-01-10" }]);
    const appealed = changed(whole, fileAppeal, { reason: "It helps.", expedited: false }, at(noon("2026-12-06")));
    const won = { appealId: "appeal-1", outcome: "overturned", reviewer: { ...director, subject: "another" } } as const;
    const overturned = changed(appealed, decideAppeal, won, at(noon("2026-12-20")));
    const between = { ...revision(undefined, undefined, "W", "2026-12-10") };
    expect([isBefore(whole, between), isBefore(overturned, between), isBefore(between, overturned)]).toEqual([true, true, false]);
  });
});

describe("what a revision replaces", () => {
  const visit = visitLine({ code: "97112", serviceDate: "2026-12-01", endDate: "2027-02-28", quantity: 10, unit: "visit" });
  const two = [therapy(), visit];

  it("is the same service where that is granted, and stands where it is denied", () => {
    expect(replaced(revision([therapy()], [adverse("denied")]))).toEqual([]);
    const later = [therapy({ serviceDate: "2027-01-01" }), { ...visit, serviceDate: "2027-01-01" }];
    expect(replaced(revision(later, [approve(1), adverse("denied", {}, 2)]), running(two))).toEqual([
      { lineNumber: 1, from: "2027-01-01" },
    ]);
  });

  it("is what it does not speak of as well, when all that was asked was granted", () => {
    const other = therapy({ code: "97530", serviceDate: "2027-01-01" });
    expect(replaced(revision([other]), running(two)).map(({ lineNumber }) => lineNumber)).toEqual([1, 2]);
    const less = revision([other], [adverse("approved-less", { quantity: 5 })]);
    expect(replaced(less, running(two))).toEqual([]);
  });

  it("is what is authorized: nothing of what was denied, of a request that is not decided, or is no revision", () => {
    const half = decided({ lines: two }, "R", [approve(1), adverse("denied", {}, 2)], "2026-11-25");
    expect(replaced(revision([visit]), half).map(({ lineNumber }) => lineNumber)).toEqual([1]);
    const open = complete(aRequest({ state: "TX", lines: [therapy()] }, { id: idOf("V") }));
    expect(replaced(open)).toEqual([]);
    const certified = (certification: Submission["certification"]) =>
      revisedBy(aRequest({ lines: [therapy()], ...(certification && { certification }) }));
    const previousAuthorization = `AU-${"R".repeat(26)}`;
    expect(certified({ type: "revised", previousAuthorization })).toBe(idOf("R"));
    expect(certified({ type: "renewal", previousAuthorization })).toBeUndefined();
    expect(certified({ type: "revised" })).toBeUndefined();
    expect(certified(undefined)).toBeUndefined();
  });

  it("is named with its modifiers: what is denied to one therapist stands beside what is granted to another", () => {
    const lines = ["GP", "GO"].map((modifier) => therapy({ modifiers: [modifier] }));
    expect(
      replaced(revision(lines, [approve(1), adverse("denied", {}, 2)]), running(lines)).map(({ lineNumber }) => lineNumber),
    ).toEqual([1]);
  });

  it("is nothing that is over, and nothing for days that are past", () => {
    expect(replaced(revision(), running([therapy({ endDate: "2026-12-20" })]))).toEqual([]);
    expect(replaced(revision(), running([therapy({ endDate: "2026-12-31" })]))).toEqual([]);
    const past = revision([therapy({ serviceDate: "2026-12-03", endDate: "2026-12-03", quantity: 1 })]);
    expect(replaced(past)).toEqual([]);
  });

  it("is of another revision only what it names: what else was asked for there it never knew of", () => {
    const rival = revision([therapy(), visit], undefined, "W");
    const plain = revision([therapy()]);
    expect(replaced(plain, running(two)).map(({ lineNumber }) => lineNumber)).toEqual([1, 2]);
    expect(replaced(plain, rival).map(({ lineNumber }) => lineNumber)).toEqual([1]);
  });

  it("is not what the vendor grants less of: it does not know what is authorized already", () => {
    const less = revision(undefined, [adverse("approved-less", { quantity: 5 })]);
    const byVendor = less.lines.map(
      (line) =>
        ({
          ...line,
          decision: line.decision && { ...line.decision, decidedBy: { ...line.decision.decidedBy, subject: null } },
        }) as Line,
    );
    expect(replaced(less)).toHaveLength(1);
    expect(replaced({ ...less, lines: byVendor })).toEqual([]);
  });
});

describe("less than is left", () => {
  const left = (request: Request, used = 0) => ({
    request,
    use: {
      ...unused(request.id),
      usages: used === 0 ? [] : [{ claimLineId: "c", lineNumber: 1, units: used, serviceDate: today, at: noon(today) }],
    },
  });
  const lineOf = (by: Request, ...standing: ReturnType<typeof left>[]) =>
    lineWithLess(
      standing,
      by,
      by.lines.map(({ lineNumber }) => lineNumber),
      noon(today),
      timeZone,
    );
  const less = (more: Partial<DeterminedLine>, used = 0, request = running()) =>
    lineOf(revision(undefined, [adverse("approved-less", more)]), left(request, used));

  it("would be a reduction without its notice", () => {
    expect(less({ quantity: 19 })).toBe(1);
    expect(less({ quantity: 20 })).toBeUndefined();
    expect(less({ quantity: 25 })).toBeUndefined();
    expect(less({ to: "2027-02-27" })).toBe(1);
    expect(less({ to: "2027-02-28" })).toBeUndefined();
  });

  it("counts what claims have taken", () => {
    expect(less({ quantity: 12 }, 8)).toBeUndefined();
    expect(less({ quantity: 11 }, 8)).toBe(1);
  });

  it("is nothing where nothing is left: over, superseded, denied or another service", () => {
    const over = running([therapy({ endDate: "2026-12-20" })]);
    expect(less({ quantity: 1 }, 0, over)).toBeUndefined();
    const early = revision([therapy({ serviceDate: "2026-12-05", endDate: "2027-03-31" })], undefined, "W", "2026-12-08");
    expect(less({ quantity: 1 }, 0, superseded(early, running(), "2026-12-10"))).toBeUndefined();
    // What runs until another begins is still there to be lost.
    expect(less({ quantity: 1 }, 0, superseded())).toBe(1);
    expect(less({ quantity: 1 }, 0, running([therapy({ code: "97112" })]))).toBeUndefined();
    expect(lineOf(revision(undefined, [adverse("denied")]), left(running()))).toBeUndefined();
  });

  it("is counted over all lines of a service, and over all that still stands of it", () => {
    const [ten, twelve] = [therapy({ quantity: 10 }), therapy({ quantity: 12 })];
    const by = (lines: readonly SubmittedLine[], ...quantities: number[]) =>
      revision(
        [...lines],
        quantities.map((quantity, index) => adverse("approved-less", { quantity }, index + 1)),
      );
    expect(lineOf(by([twelve], 11), left(running([ten, ten])))).toBe(1);
    expect(lineOf(by([ten, ten], 6, 6), left(running([ten])))).toBeUndefined();
    const rival = revision([twelve], undefined, "W");
    expect(lineOf(by([twelve], 11), left(superseded(rival)), left(rival))).toBe(1);
  });
});

describe("a request from before revisions took effect", () => {
  it("is read as one that nothing has superseded", () => {
    const { supersessions: _, ...content } = running();
    const item = { schemaVersion: { N: "4" }, content: { S: JSON.stringify(content) } };
    expect(requestFrom(item)).toEqual(running());
  });
});
