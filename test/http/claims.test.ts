import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { aSubmission, therapyLine, visitLine } from "../builders.ts";
import { pdf } from "../files.ts";
import { type Answer, caller, type Json } from "./client.ts";
import { deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const nurse = await caller({ role: "nurse" });
const director = await caller({ role: "director" });
const claims = await caller({ role: "claims" });
const desk = deskOf(provider);

const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const denial = {
  lineNumber: 1,
  outcome: "denied",
  grounds: { ...met, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Full function has been restored." },
  criterion: "Plan guideline PT-4, section 2.",
};

/** Eight visits of therapy, decided. */
async function decided({ from = -1, to = 60, lines = [{ lineNumber: 1, outcome: "approved", grounds: met }] as Json[] } = {}) {
  const line = therapyLine({ serviceDate: dayFromNow(from), endDate: dayFromNow(to) });
  const submission = aSubmission({ lines: [line, visitLine()], member: memberEndingIn("1") });
  const { id } = taken(await provider.submit(submission), 201);
  await desk.attach(id, pdf());
  const request = await desk.until(id, ({ status }) => status === "in-review");
  const who = lines[0]?.outcome === "approved" ? nurse : director;
  return taken(await who.post(`/v1/requests/${id}/determination`, { lines }, { "if-match": `"${request.version}"` }), 200);
}

const check = async (request: Json, more: object = {}): Promise<Json> =>
  taken(
    await claims.post("/v1/authorization-checks", {
      memberId: request.member.id,
      npi: "1245319599",
      code: "97110",
      modifiers: [],
      serviceDate: dayFromNow(3),
      units: 2,
      ...more,
    }),
    200,
  );
const count = (request: Json, claimLineId: string, units: number, serviceDate = dayFromNow(-1)): Promise<Answer> =>
  claims.post(`/v1/authorizations/${request.authorization.number}/usages`, { claimLineId, units, serviceDate });
const release = (request: Json, claimLineId: string): Promise<Answer> =>
  claims.call("DELETE", `/v1/authorizations/${request.authorization.number}/usages/${claimLineId}`);

describe("was it authorized?", () => {
  test("yes, with its number and the units that are left", async () => {
    const request = await decided();
    expect(await check(request)).toMatchObject({
      answer: "authorized",
      authorizationNumber: request.authorization.number,
      unitsLeft: 8,
    });
    await count(request, randomUUID(), 7);
    expect(await check(request)).toMatchObject({ answer: "partial", unitsLeft: 1 });
  });

  test("not as it was claimed, and what differs", async () => {
    const request = await decided();
    expect(await check(request, { npi: "1558598797" })).toMatchObject({ answer: "mismatch", field: "npi" });
    expect(await check(request, { serviceDate: dayFromNow(-2) })).toMatchObject({ answer: "mismatch", field: "serviceDate" });
  });

  test("only until its end, and not after the event", async () => {
    expect(await check(await decided(), { serviceDate: dayFromNow(61) })).toMatchObject({ answer: "expired" });
    const retrospective = await decided({ from: -10, to: 10 });
    expect(await check(retrospective, { serviceDate: dayFromNow(-5) })).toMatchObject({ answer: "late" });
  });

  test("no: it was denied", async () => {
    expect(await check(await decided({ lines: [denial] }))).toMatchObject({ answer: "denied" });
  });

  test("no, and it needed none; or it did, and nobody asked", async () => {
    const request = await decided();
    expect(await check(request, { code: "99213" })).toMatchObject({ answer: "not-required" });
    expect(await check(request, { code: "27447" })).toMatchObject({ answer: "not-found" });
    expect(await check(request, { code: "27447", emergency: true })).toMatchObject({ answer: "not-required" });
    expect(await check({ member: memberEndingIn("1") })).toMatchObject({ answer: "not-found" });
  });

  test("is for the claims side, and asks for a code", async () => {
    const { member } = await decided();
    const body = { memberId: member.id, npi: "1245319599", modifiers: [], serviceDate: dayFromNow(3), units: 1 };
    expect((await provider.post("/v1/authorization-checks", body)).status).toBe(403);
    const faulty = await claims.post("/v1/authorization-checks", { ...body, npi: "1234567890" });
    expectProblem(faulty, "validation-failed");
    expect(faulty.body.errors.map(({ pointer }: Json) => pointer).sort()).toEqual(["/code", "/npi"]);
  });
});

describe("units", () => {
  test("are counted once for each claim line, and never beyond what was granted", async () => {
    const request = await decided();
    const id = randomUUID();
    expect(taken(await count(request, id, 3), 200)).toMatchObject({ lineNumber: 1, unitsLeft: 5 });
    expect(taken(await count(request, id, 3), 200)).toMatchObject({ unitsLeft: 5 });
    expectProblem(await count(request, id, 4), "claim-line-reused");
    expectProblem(await count(request, randomUUID(), 6), "units-exceeded");
    expectProblem(await count(request, randomUUID(), 1, dayFromNow(-2)), "not-authorized");
    expectProblem(await count(request, randomUUID(), 1, dayFromNow(2)), "validation-failed", ["/serviceDate"]);
    expect(taken(await count(request, randomUUID(), 5), 200)).toMatchObject({ unitsLeft: 0 });
  });

  test("are free again once the claim line is taken back", async () => {
    const request = await decided();
    const id = randomUUID();
    taken(await count(request, id, 8), 200);
    taken(await release(request, id), 200);
    taken(await release(request, id), 200);
    expect(await check(request)).toMatchObject({ answer: "authorized", unitsLeft: 8 });
  });

  test("of 20 claims at once are never more than there were", async () => {
    const request = await decided();
    const answers = await Promise.all(Array.from({ length: 20 }, () => count(request, randomUUID(), 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, "units-exceeded");
  });

  test("of an authorization that there is not are nobody's", async () => {
    const unknown = { authorization: { number: "AU-AAAAAAAAAAAAAAAAAAAAAAAAAA" } };
    expectProblem(await count(unknown, randomUUID(), 1), "authorization-not-found");
    expectProblem(await release(unknown, randomUUID()), "authorization-not-found");
  });
});
