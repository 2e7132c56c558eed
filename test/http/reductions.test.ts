import { describe, expect, test } from "vitest";
import { aSubmission, therapyLine } from "../builders.ts";
import { eventually } from "../eventually.ts";
import { pdf } from "../files.ts";
import { type Answer, type Caller, caller, type Json } from "./client.ts";
import { deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const nurse = await caller({ role: "nurse", subject: "reductions-nurse" });
const director = await caller({ role: "director", subject: "reductions-director-1" });
const otherDirector = await caller({ role: "director", subject: "reductions-director-2" });
const claims = await caller({ role: "claims" });
const desk = deskOf(provider);

const dayFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const grounds = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };

/** Eight visits of therapy, running since yesterday. */
async function running(more: Json = {}, from = -1): Promise<Json> {
  const line = therapyLine({ serviceDate: dayFromNow(from), endDate: dayFromNow(60) });
  const { id } = taken(await provider.submit(aSubmission({ lines: [line], member: memberEndingIn("1"), ...more })), 201);
  await desk.attach(id, pdf());
  const request = await desk.until(id, ({ status }) => status === "in-review");
  const body = { lines: [{ lineNumber: 1, outcome: "approved", grounds }] };
  return taken(await nurse.post(`/v1/requests/${id}/determination`, body, { "if-match": `"${request.version}"` }), 200);
}

const less = (more: Json = {}): Json => ({
  lines: [{ lineNumber: 1, quantity: 3 }],
  grounds: { ...grounds, medicalNecessity: "not-met" },
  reason: { code: "0F", text: "Strength is restored." },
  criterion: "Plan guideline PT-4, section 2.",
  // Far enough whichever day it is in Dayton.
  effectiveFrom: dayFromNow(12),
  ...more,
});
/** On the request as it stands now: its letters are written meanwhile. */
const reduce = (who: Caller, { id }: Json, body: Json = less()): Promise<Answer> =>
  eventually(
    async () => {
      const { version } = taken(await nurse.get(`/v1/requests/${id}`), 200);
      return who.post(`/v1/requests/${id}/reductions`, body, { "if-match": `"${version}"` });
    },
    ({ status }) => status !== 412,
    30,
  );
const check = async (request: Json, day: number, units: number): Promise<Json> =>
  taken(
    await claims.post("/v1/authorization-checks", {
      memberId: request.member.id,
      npi: "1245319599",
      code: "97110",
      modifiers: [],
      serviceDate: dayFromNow(day),
      units,
    }),
    200,
  );
const count = (request: Json, claimLineId: string, units: number, day: number): Promise<Answer> =>
  claims.post(`/v1/authorizations/${request.authorization.number}/usages`, { claimLineId, units, serviceDate: dayFromNow(day) });

describe("a reduction", () => {
  test("takes effect with services from its day on, and for those before everything stands", async () => {
    const request = await running();
    const reduced = taken(await reduce(director, request), 200);
    expect(reduced).toMatchObject({ status: "approved", authorization: request.authorization });
    expect(reduced.lines[0].decision).toEqual(request.lines[0].decision);
    expect(reduced.reductions).toMatchObject([
      {
        id: "reduction-1",
        lines: [{ lineNumber: 1, quantity: 3, to: null, before: { quantity: 8, to: dayFromNow(60) } }],
        decidedBy: { name: "Dana Director", credential: "MD" },
        effectiveFrom: dayFromNow(12),
        holdsFrom: dayFromNow(12),
        standing: "announced",
      },
    ]);
    expect(await check(request, 11, 8)).toMatchObject({ answer: "authorized", unitsLeft: 8 });
    expect(await check(request, 12, 8)).toMatchObject({ answer: "partial", unitsLeft: 3 });
    expect(taken(await count(request, "claim-before", 2, -1), 200)).toMatchObject({ unitsLeft: 6 });
    expectProblem(await count(request, "claim-ahead", 4, 12), "validation-failed", ["/serviceDate"]);
    expect(await check(request, 12, 2)).toMatchObject({ answer: "partial", unitsLeft: 1 });

    expect(taken(await reduce(director, request), 200).reductions).toEqual(reduced.reductions);
    const seen = taken(await provider.get(`/v1/requests/${request.id}`), 200);
    expect(seen.reductions).toEqual(reduced.reductions);
    const events = await desk.events(request.id);
    expect(events.filter(({ type }) => type === "authorization.reduced")).toMatchObject([
      { reductionId: "reduction-1", lines: [1], reason: "0F" },
    ]);
  });

  test("is told to member and provider by letter", async () => {
    const request = await running();
    taken(await reduce(director, request), 200);
    const { notices } = await eventually(
      () => desk.read(request.id),
      (read) => read.notices.filter(({ kind }: Json) => kind === "reduction").length === 2,
      30,
    );
    const letters = notices.filter(({ kind }: Json) => kind === "reduction");
    expect(letters.map(({ audience, draft }: Json) => [audience, draft]).sort()).toEqual([
      ["member", false],
      ["provider", false],
    ]);
    const { download } = taken(await provider.get(`/v1/requests/${request.id}/notices/${letters[0].id}`), 200);
    expect((await (await fetch(download.url)).text()).slice(0, 5)).toBe("%PDF-");
  });

  test("may end the services before their day, never those of a day before", async () => {
    const request = await running();
    const ended = taken(await reduce(director, request, less({ lines: [{ lineNumber: 1, to: dayFromNow(11) }] })), 200);
    expect(ended.authorization).toMatchObject({ to: dayFromNow(11) });
    expect(await check(request, 11, 2)).toMatchObject({ answer: "authorized" });
    expect(await check(request, 12, 2)).toMatchObject({ answer: "expired" });
  });

  test("is a clinician's, who has seen the request", async () => {
    const request = await running();
    expect((await reduce(nurse, request)).status).toBe(403);
    expect((await reduce(provider, request)).status).toBe(403);
    const scopes = ["reviews:read", "reviews:write", "reviews:deny"];
    const boldNurse = await caller({ role: "nurse", subject: "reductions-nurse-2", scopes });
    expectProblem(await reduce(boldNurse, request), "clinician-required");
    expectProblem(await director.post(`/v1/requests/${request.id}/reductions`, less()), "if-match-required");
    expectProblem(await director.post(`/v1/requests/${request.id}/reductions`, less(), { "if-match": '"1"' }), "version-conflict");
    expectProblem(
      await director.post("/v1/requests/PA-AAAAAAAAAAAAAAAAAAAAAAAAAA/reductions", less(), { "if-match": '"1"' }),
      "request-not-found",
    );
    expect((await desk.read(request.id)).reductions).toEqual([]);
  });

  test("says what is less, from when, and why", async () => {
    const request = await running();
    const faulty = async (more: Json, ...pointers: string[]) =>
      expectProblem(await reduce(director, request, less(more)), "validation-failed", pointers);
    await faulty({ effectiveFrom: dayFromNow(9) }, "/effectiveFrom");
    await faulty({ lines: [{ lineNumber: 1 }] }, "/lines/0");
    await faulty({ lines: [{ lineNumber: 2, quantity: 1 }] }, "/lines/0/lineNumber");
    await faulty({ lines: [{ lineNumber: 1, quantity: 8 }] }, "/lines/0/quantity");
    await faulty(
      {
        lines: [
          { lineNumber: 1, quantity: 2 },
          { lineNumber: 1, to: dayFromNow(20) },
        ],
      },
      "/lines",
    );
    await faulty({ criterion: undefined }, "/criterion");
  });

  test("is of what is authorized and runs, and takes nothing back that claims have", async () => {
    const request = await running();
    taken(await count(request, "claim-1", 4, -1), 200);
    expectProblem(await reduce(director, request), "reduction-not-possible");
    expectProblem(await reduce(director, await running({}, 3)), "reduction-not-possible");
    expectProblem(await reduce(director, await running({ lineOfBusiness: "medicare-advantage" })), "reduction-not-possible");
    const { id } = taken(await provider.submit(aSubmission({ lines: [therapyLine()], member: memberEndingIn("1") })), 201);
    expectProblem(await reduce(director, { id }), "not-possible-now");
  });
});

describe("an appeal of a reduction", () => {
  const file = (request: Json, more: Json = {}) =>
    provider.post(`/v1/requests/${request.id}/appeals`, {
      reason: "Strength has not come back.",
      reductionId: "reduction-1",
      ...more,
    });
  const decide = (who: Caller, request: Json, body: Json) => who.post(`/v1/requests/${request.id}/appeals/appeal-1/decision`, body);

  test("keeps the services going until it is decided, and takes the reduction back when it is overturned", async () => {
    const request = await running();
    taken(await reduce(director, request), 200);
    expectProblem(await file(request, { reductionId: "reduction-2" }), "validation-failed", ["/reductionId"]);
    const filed = taken(await file(request), 200);
    expect(filed).toMatchObject({
      appeals: [{ reductionId: "reduction-1", lines: [1] }],
      reductions: [{ holdsFrom: null, standing: "suspended" }],
    });
    expect(await check(request, 20, 8)).toMatchObject({ answer: "authorized", unitsLeft: 8 });
    expectProblem(
      await reduce(otherDirector, request, less({ lines: [{ lineNumber: 1, quantity: 2 }] })),
      "reduction-not-possible",
    );
    expectProblem(await decide(director, request, { outcome: "overturned" }), "another-clinician-required");
    const overturned = taken(await decide(otherDirector, request, { outcome: "overturned" }), 200);
    expect(overturned).toMatchObject({
      status: "approved",
      appeals: [{ overdue: false, decision: { outcome: "overturned", replaced: [], effectiveCite: "42 CFR 438.424(a)" } }],
      reductions: [{ holdsFrom: null, standing: "overturned" }],
    });
    expect(overturned.appeals[0].decision.effectiveAt).toBe(overturned.appeals[0].decision.decidedAt);
    expectProblem(await file(request, { reason: "Once more." }), "line-not-appealable");
  });

  test("that is upheld lets it hold, no earlier than was told", async () => {
    const request = await running();
    taken(await reduce(director, request), 200);
    taken(await file(request), 200);
    const { grounds, reason, criterion } = less();
    const upheld = taken(await decide(otherDirector, request, { outcome: "upheld", grounds, reason, criterion }), 200);
    expect(upheld.reductions).toMatchObject([{ effectiveFrom: dayFromNow(12), holdsFrom: dayFromNow(12), standing: "announced" }]);
    expect(await check(request, 12, 8)).toMatchObject({ answer: "partial", unitsLeft: 3 });
  });
});
