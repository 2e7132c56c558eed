import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { addDays } from "../../shared/domain/calendar.ts";
import { aSubmission, therapyLine } from "../builders.ts";
import { eventually } from "../eventually.ts";
import { type Answer, type Caller, caller, type Json } from "./client.ts";
import { memberEndingIn, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const nurse = await caller({ role: "nurse", subject: "nurse-1" });
const director = await caller({ role: "director", subject: "director-1" });
const claims = await caller({ role: "claims" });

const limit = 30;
const year = new Date().getUTCFullYear() + 1;
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const approval = { lineNumber: 1, outcome: "approved", grounds: met };
const onItsLimit = {
  grounds: { ...met, benefitLimits: "not-met" },
  reason: { code: "0L", text: "The year's visits are approved already." },
  criterion: "Benefit: 30 visits of outpatient therapy a calendar year.",
};

/** Therapy of next year's benefit, so that no test depends on the day of the year. */
const ask = async (
  member: object,
  quantity: number,
  days = { serviceDate: `${year}-02-01`, endDate: `${year}-06-30` },
): Promise<Json> => {
  const line = therapyLine({ quantity, ...days });
  return taken(await provider.submit(aSubmission({ lines: [line], member: member as never })), 201);
};
/** Running since yesterday, in the benefit of that day's year: only what was delivered is claimed. */
const yesterday = addDays(new Date().toISOString().slice(0, 10), -1);
const thisYear = yesterday.slice(0, 4);
const running = { serviceDate: yesterday, endDate: `${thisYear}-12-31` };
/** Days apart, so that none asks for what another does. */
const oneDay = (index: number) => {
  const day = addDays(`${year}-02-01`, index);
  return { serviceDate: day, endDate: day };
};
const decide = (who: Caller, { id, version }: Json, line: object): Promise<Answer> =>
  who.post(`/v1/requests/${id}/determination`, { lines: [line] }, { "if-match": `"${version}"` });
const benefitOf = async ({ id }: Json): Promise<Json> => taken(await nurse.get(`/v1/requests/${id}`), 200).review.benefits[0];
const count = (request: Json, claimLineId: string, units: number): Promise<Answer> =>
  claims.post(`/v1/authorizations/${request.authorization.number}/usages`, {
    claimLineId,
    units,
    serviceDate: yesterday,
  });

describe("a benefit with a limit", () => {
  test("is shown to reviewers: used, reserved and left", async () => {
    const member = memberEndingIn("1");
    const request = await ask(member, 20, running);
    expect(await benefitOf(request)).toEqual({
      benefit: "outpatient-therapy-visits",
      name: "Outpatient therapy visits",
      period: { from: `${thisYear}-01-01`, to: `${thisYear}-12-31` },
      unit: "visit",
      limit,
      used: 0,
      reserved: 0,
      left: 30,
      ofRevised: 0,
      lines: [1],
      asked: 20,
      beyond: false,
    });
    const approved = taken(await decide(nurse, request, approval), 200);
    const claimLine = randomUUID();
    taken(await count(approved, claimLine, 5), 200);
    expect(await benefitOf(request)).toMatchObject({ used: 5, reserved: 15, left: 10, asked: 0, beyond: false });
    taken(await claims.call("DELETE", `/v1/authorizations/${approved.authorization.number}/usages/${claimLine}`), 200);
    expect(await benefitOf(request)).toMatchObject({ used: 0, reserved: 20, left: 10 });
    expect((await provider.get(`/v1/requests/${request.id}`)).body.review).toBeUndefined();
  });

  test("keeps a person from approving more than is left, and lets them say so", async () => {
    const member = memberEndingIn("1");
    taken(await decide(nurse, await ask(member, 24), approval), 200);
    const request = await ask(member, 8);
    expect(await benefitOf(request)).toMatchObject({ left: 6, asked: 8, beyond: true });
    const refused = await decide(nurse, request, approval);
    expectProblem(refused, "benefit-exhausted");
    expect(refused.body).toMatchObject({ requestStatus: request.status, possible: expect.arrayContaining(["determineRequest"]) });
    const less = { lineNumber: 1, outcome: "approved-less", quantity: 6, ...onItsLimit };
    const decided = taken(await decide(director, request, less), 200);
    expect(decided).toMatchObject({
      status: "partially-approved",
      lines: [{ decision: { quantity: 6, x12: { action: "A6", reason: "0L" }, grounds: { benefitLimits: "not-met" } } }],
    });
    const last = await ask(member, 1);
    expectProblem(await decide(nurse, last, approval), "benefit-exhausted");
    expect(taken(await decide(director, last, { lineNumber: 1, outcome: "denied", ...onItsLimit }), 200).status).toBe("denied");
  });

  test("of 50 approvals at once takes as many as there is", async () => {
    const member = memberEndingIn("1");
    const requests = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(member, 1, oneDay(index))));
    const answers = await Promise.all(requests.map((request) => decide(nurse, request, approval)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limit);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, "benefit-exhausted");
    expect(await benefitOf(requests[0])).toMatchObject({ used: 0, reserved: limit, left: 0 });
  });

  test("of 50 claims at once counts each that was taken", async () => {
    const approved = taken(await decide(nurse, await ask(memberEndingIn("1"), limit, running), approval), 200);
    const answers = await Promise.all(Array.from({ length: 50 }, () => count(approved, randomUUID(), 1)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(limit);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, "units-exceeded");
    const benefit = await eventually(
      () => benefitOf(approved),
      ({ used }) => used === limit,
      30,
    );
    expect(benefit).toMatchObject({ used: limit, reserved: 0, left: 0, beyond: false });
  });
});
