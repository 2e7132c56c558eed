import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { textOf } from "../letter-text.ts";
import { aSubmission, memberOfItsOwn, npis, theLeast, therapy } from "./bodies.ts";
import { type Answer, type Caller, caller, cloud, type Json } from "./client.ts";
import { deskOf, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const stranger = await caller({ role: "provider", organization: "org-a" });
const nurse = await caller({ role: "nurse", subject: "revisions-nurse" });
const director = await caller({ role: "director", subject: "revisions-director-1" });
const otherDirector = await caller({ role: "director", subject: "revisions-director-2" });
const claims = await caller({ role: "claims" });
const desk = deskOf(provider);

const began = Date.now();
const dayFromNow = (days: number) => new Date(began + days * 86_400_000).toISOString().slice(0, 10);
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const approval = { lineNumber: 1, outcome: "approved", grounds: met };
const against = {
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Strength is restored." },
  criterion: "Plan guideline PT-4, section 2.",
};
const denial = { lineNumber: 1, outcome: "denied", ...against };
const lessThanAsked = (quantity: number) => ({ lineNumber: 1, outcome: "approved-less", quantity, ...against });

/** Eight visits, running since yesterday. */
const visits = (more: Json = {}) => therapy({ serviceDate: dayFromNow(-1), endDate: dayFromNow(60), ...more });
const ask = async (more: Json = {}): Promise<Json> =>
  taken(await provider.submit(aSubmission({ lines: [visits()], ...more })), 201);
const determine = (who: Caller, { id, version }: Json, line: Json): Promise<Answer> =>
  who.post(`/v1/requests/${id}/determination`, { lines: [line] }, { "if-match": `"${version}"` });
const approve = async (request: Json): Promise<Json> => taken(await determine(nurse, request, approval), 200);
const approved = async (more: Json = {}): Promise<Json> => approve(await ask(more));

/** Asks for more visits, from ten days on, in the place of those that are authorized: far enough whichever day it is in Dayton. */
const longer = (more: Json = {}) => visits({ serviceDate: dayFromNow(10), endDate: dayFromNow(90), quantity: 12, ...more });
const named = (older: Json, type: string) => ({ type, previousAuthorization: older.authorization.number });
const revise = (older: Json, more: Json = {}): Promise<Json> =>
  ask({ member: older.member, lines: [longer()], certification: named(older, "revised"), ...more });
/** The older request, once the other stands in its place. */
const superseded = ({ id }: Json, { authorization: { number } }: Json): Promise<Json> =>
  desk.until(id, ({ supersededBy }) => supersededBy.some((one: Json) => one.authorizationNumber === number));

const check = async ({ member }: Json, day: number, more: Json = {}): Promise<Json> =>
  taken(
    await claims.post("/v1/authorization-checks", {
      memberId: member.id,
      npi: npis.imaging,
      code: "97110",
      modifiers: [],
      serviceDate: dayFromNow(day),
      units: 2,
      ...more,
    }),
    200,
  );
const count = ({ authorization }: Json, claimLineId: string, units: number, day = -1): Promise<Answer> =>
  claims.post(`/v1/authorizations/${authorization.number}/usages`, { claimLineId, units, serviceDate: dayFromNow(day) });

/** What mails about a request say, in the order in which they came. */
async function mailsAbout({ id }: Json): Promise<string[]> {
  const { emails } = (await (await fetch(`http://127.0.0.1:${cloud.port + 3}/store`)).json()) as { emails: Json[] };
  return emails.flatMap(({ subject }) => (subject.includes(id) ? subject.replace(/^.*: /, "") : []));
}
/** The letter to the provider, once it is written. */
async function letterAbout({ id }: Json): Promise<string> {
  const { notices } = await desk.until(id, (read) => read.notices.length === 2);
  const { id: letter } = notices.find(({ audience }: Json) => audience === "provider");
  const { download } = taken(await provider.get(`/v1/requests/${id}/notices/${letter}`), 200);
  return textOf(await (await fetch(download.url)).bytes());
}

const pointer = ["/certification/previousAuthorization"];

describe("renewing", () => {
  const certified = (certification: Json, more: Json = {}) => provider.submit(theLeast({ certification, ...more }));

  test("names an authorization of the same member that one may see", async () => {
    const before = await approved();
    const { member } = before;
    const certification = named(before, "renewal");
    const renewed = await certified(certification, { member });
    expect(renewed.status, renewed.text).toBe(201);
    expect(renewed.body.certification).toEqual(certification);

    const faulty = async (changes: Json, more: Json) =>
      expectProblem(await certified({ ...certification, ...changes }, more), "validation-failed", pointer);
    await faulty({}, { member: memberOfItsOwn() });
    await faulty({ previousAuthorization: "AU-AAAAAAAAAAAAAAAAAAAAAAAAAA" }, { member });
    await faulty({ previousAuthorization: before.id }, { member });
    await faulty({ previousAuthorization: renewed.body.id.replace("PA-", "AU-") }, { member });
    expectProblem(await stranger.submit(theLeast({ certification, member })), "validation-failed", pointer);
  });

  test("has both stand, each for what it authorizes", async () => {
    const before = await approved();
    const elsewhere = { servicingProvider: { npi: npis.other, name: "Grandview Therapy" }, lines: [longer()] };
    const renewed = await approved({ member: before.member, certification: named(before, "renewal"), ...elsewhere });
    expect(await letterAbout(renewed)).not.toContain(before.authorization.number);
    for (const [request, npi] of [
      [before, npis.imaging],
      [renewed, npis.other],
    ])
      expect(await check(before, 12, { npi })).toMatchObject({
        answer: "authorized",
        authorizationNumber: request.authorization.number,
      });
    expect(await desk.read(before.id)).toMatchObject({ supersededBy: [], authorization: before.authorization });
  });
});

describe("revising", () => {
  test("stands in the place of what it revises once it is approved", async () => {
    const older = await approved();
    const claimLine = randomUUID();
    taken(await count(older, claimLine, 3), 200);
    const asked = await revise(older, { servicingProvider: { npi: npis.other, name: "Grandview Therapy" } });
    expect(await check(older, 12)).toMatchObject({ answer: "authorized", authorizationNumber: older.authorization.number });

    const revision = await approve(asked);
    const { number } = revision.authorization;
    const read = await superseded(older, revision);
    expect(read).toMatchObject({
      status: "approved",
      authorization: { ...older.authorization, to: dayFromNow(9) },
      supersededBy: [{ authorizationNumber: number, lines: [{ lineNumber: 1, from: dayFromNow(10) }] }],
    });
    expect(read.lines[0].decision).toEqual(older.lines[0].decision);
    expect((await desk.events(older.id)).filter(({ type }) => type === "authorization.superseded")).toMatchObject([
      { authorizationNumber: number, lines: [1], actor: { type: "system" } },
    ]);

    const itsOwn = { npi: npis.other };
    expect(await check(older, 10, itsOwn)).toMatchObject({ answer: "authorized", authorizationNumber: number, unitsLeft: 12 });
    expect(await check(older, 9, itsOwn)).not.toMatchObject({ answer: "authorized" });
    const before = { answer: "authorized", authorizationNumber: older.authorization.number, unitsLeft: 5 };
    for (const day of [0, 9]) expect(await check(older, day)).toMatchObject(before);
    expect(await check(older, 10)).toMatchObject({
      answer: "expired",
      authorizationNumber: older.authorization.number,
      because: `It was revised: ${number} stands in its place.`,
    });

    // What was claimed stays with the older one, which goes on to count what was delivered before.
    expect(taken(await count(older, claimLine, 3), 200)).toMatchObject({ unitsLeft: 5 });
    expect(taken(await count(older, randomUUID(), 1), 200)).toMatchObject({ unitsLeft: 4 });
    expectProblem(await count(revision, randomUUID(), 1), "not-authorized");

    expect(await letterAbout(revision)).toContain(`In place of ${older.authorization.number}`);
    await eventually(
      () => mailsAbout(older),
      (mails) => mails.includes("authorization revised"),
    );
  });

  test("leaves what it revises as it is when it is denied, until that is overturned with no less than is left", async () => {
    const older = await approved();
    const denied = taken(await determine(director, await revise(older), denial), 200);
    expect(await letterAbout(denied)).toContain("Notice of denial");
    expect(await desk.read(older.id)).toMatchObject({ supersededBy: [], authorization: older.authorization });
    expect(await check(older, 12)).toMatchObject({ authorizationNumber: older.authorization.number, unitsLeft: 8 });

    taken(await provider.post(`/v1/requests/${denied.id}/appeals`, { reason: "Strength has not come back." }), 200);
    const decide = (body: Json) => otherDirector.post(`/v1/requests/${denied.id}/appeals/appeal-1/decision`, body);
    const partly = { outcome: "partly-overturned", lines: [{ lineNumber: 1, quantity: 7 }], ...against };
    expectProblem(await decide(partly), "reduction-not-possible");
    expect(await desk.read(denied.id)).toMatchObject({ status: "denied", appeals: [{ decision: null }] });
    const overturned = taken(await decide({ outcome: "overturned" }), 200);
    const { supersededBy } = await superseded(older, overturned);
    expect(supersededBy).toHaveLength(1);
    expect(supersededBy[0].at >= overturned.appeals[0].decision.decidedAt).toBe(true);
    expect(await check(older, 12)).toMatchObject({
      authorizationNumber: overturned.authorization.number,
      unitsLeft: 12,
    });
  });

  test("names what stands, not what another stands in the place of", async () => {
    const older = await approved();
    const revision = await approve(await revise(older));
    await superseded(older, revision);
    const naming = (request: Json, type: string) =>
      provider.submit(aSubmission({ member: older.member, lines: [longer()], certification: named(request, type) }));
    for (const type of ["revised", "renewal"]) {
      const refused = await naming(older, type);
      expectProblem(refused, "validation-failed", pointer);
      expect(refused.body.errors[0].detail).toBe(
        `It was revised: name ${revision.authorization.number}, which stands in its place.`,
      );
    }
    const next = await approve(taken(await naming(revision, "revised"), 201));
    await superseded(revision, next);
    expect(await check(older, 12)).toMatchObject({ authorizationNumber: next.authorization.number });
    expect((await desk.read(older.id)).supersededBy).toHaveLength(2);
  });

  test("twice leaves the one that was authorized last", async () => {
    const older = await approved();
    const first = await revise(older);
    const second = await revise(older, { lines: [longer({ quantity: 10, endDate: dayFromNow(80) })] });
    const last = await approve(first);
    await superseded(older, last);
    const later = await approve(second);
    await superseded(last, later);
    expect(await check(older, 12)).toMatchObject({ authorizationNumber: later.authorization.number, unitsLeft: 10 });
    expect(await check(older, 5)).toMatchObject({ authorizationNumber: older.authorization.number, unitsLeft: 8 });
  });

  test("gives no less than is left: that would be a reduction without its notice", async () => {
    const older = await approved();
    taken(await count(older, randomUUID(), 3), 200);
    const asked = await revise(older);
    const refused = await determine(director, asked, lessThanAsked(4));
    expectProblem(refused, "reduction-not-possible");
    expect(refused.body).toMatchObject({ requestStatus: asked.status });
    const read = taken(await nurse.get(`/v1/requests/${asked.id}`), 200);
    expect(read).toMatchObject({ version: asked.version, authorization: null, lines: [{ decision: null }] });
    const ended = { ...lessThanAsked(12), to: dayFromNow(59) };
    expectProblem(await determine(director, asked, ended), "reduction-not-possible");

    const revision = taken(await determine(director, asked, lessThanAsked(5)), 200);
    await superseded(older, revision);
    expect(await check(older, 12)).toMatchObject({ authorizationNumber: revision.authorization.number, unitsLeft: 5 });
  });

  test("a stay has more days asked for of what stands", async () => {
    const stay = (days: number) => ({
      setting: "inpatient",
      admission: { date: dayFromNow(10), type: "elective", levelOfCare: "acute", days },
      lines: [{ serviceDate: dayFromNow(10), endDate: dayFromNow(10 + days) }],
    });
    const older = await approved(stay(3));
    const revision = await approve(await revise(older, stay(5)));
    const { supersededBy } = await superseded(older, revision);
    // It had not begun, and never does.
    expect(supersededBy).toMatchObject([{ lines: [{ lineNumber: 1, from: dayFromNow(10) }] }]);
    const more = ({ id }: Json, from: number) =>
      provider.post(`/v1/requests/${id}/continued-stay`, { days: 3, from: dayFromNow(from) });
    const refused = await more(older, 13);
    expectProblem(refused, "continued-stay-not-possible");
    expect(refused.body.detail).toContain(revision.authorization.number);
    expect(taken(await more(revision, 15), 200).continuedStay).toMatchObject([{ lineNumber: 2, days: 3 }]);
  });

  test("takes over what is left of a benefit, and draws on it no more than it needs", async () => {
    const benefitOf = async ({ id }: Json): Promise<Json> => taken(await nurse.get(`/v1/requests/${id}`), 200).review.benefits[0];
    const older = await approved({ lines: [visits({ quantity: 20 })] });
    taken(await count(older, randomUUID(), 5), 200);
    const asked = await revise(older, { lines: [visits({ quantity: 25 })] });
    expect(await benefitOf(asked)).toMatchObject({ limit: 30, used: 5, reserved: 15, left: 10, asked: 25 });
    const another = await ask({ member: older.member, lines: [visits({ quantity: 11 })] });
    expectProblem(await determine(nurse, another, approval), "benefit-exhausted");

    const revision = await approve(asked);
    const standing = { used: 5, reserved: 25, left: 0, asked: 0, beyond: false };
    expect(await benefitOf(revision)).toMatchObject(standing);
    await superseded(older, revision);
    expect(await benefitOf(revision)).toMatchObject(standing);
    taken(await count(revision, randomUUID(), 2), 200);
    expect(await benefitOf(revision)).toMatchObject({ used: 7, reserved: 23, left: 0 });
  });
});
