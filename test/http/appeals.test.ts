import { describe, expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { pdf } from "../files.ts";
import { aSubmission, hoursAfter, memberOfItsOwn, therapy } from "./bodies.ts";
import { type Answer, type Caller, caller, type Json } from "./client.ts";
import { deskOf, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const stranger = await caller({ role: "provider", organization: "org-a" });
const nurse = await caller({ role: "nurse", subject: "appeals-nurse" });
const director = await caller({ role: "director", subject: "appeals-director-1" });
const otherDirector = await caller({ role: "director", subject: "appeals-director-2" });
const desk = deskOf(provider);

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const unmet = { ...met, medicalNecessity: "not-met" };
const criterion = "Plan guideline PT-4, section 2.";
const reason = { code: "0F", text: "Six visits have restored full function." };
const denial = (lineNumber = 1) => ({ lineNumber, outcome: "denied", grounds: unmet, reason, criterion });
const approval = (lineNumber = 1) => ({ lineNumber, outcome: "approved", grounds: met });

/** On the request as it stands now, and again where a letter about it has been noted between the two calls. */
async function step(who: Caller, { id }: Json, name: string, body: object): Promise<Answer> {
  for (;;) {
    const { version } = taken(await nurse.get(`/v1/requests/${id}`), 200);
    const answer = await who.post(`/v1/requests/${id}/${name}`, body, { "if-match": `"${version}"` });
    if (answer.status !== 412) return answer;
  }
}
const eventOf = async ({ id }: Json, type: string): Promise<Json[]> =>
  (await desk.events(id)).filter((event) => event.type === type);

async function inReview(more: Json = {}): Promise<Json> {
  const body = aSubmission({ lines: [therapy()], member: memberOfItsOwn(), ...more });
  const { id } = taken(await provider.submit(body), 201);
  await desk.attach(id, pdf());
  return desk.until(id, ({ status }) => status === "in-review");
}

/** Decided by the first director, all of it. */
async function decided(lines: readonly object[], more: Json = {}): Promise<Json> {
  return taken(await step(director, await inReview(more), "determination", { lines }), 200);
}
const denied = (more: Json = {}) => decided([denial()], more);
const twoLines = { lines: [therapy(), therapy({ code: "97112", description: "Neuromuscular reeducation" })] };

const file = (who: Caller, { id }: Json, body: Json = { reason: "Strength has not come back." }) =>
  who.post(`/v1/requests/${id}/appeals`, body);
const decide = (who: Caller, { id }: Json, body: Json, appealId = "appeal-1") =>
  who.post(`/v1/requests/${id}/appeals/${appealId}/decision`, body);
const grounds = { ...met, medicalNecessity: "not-met" };
const upheld = { outcome: "upheld", grounds, reason, criterion };

describe("an appeal", () => {
  test("is filed by the provider and waits for the medical director", async () => {
    const request = await denied();
    const filed = taken(await file(provider, request), 200);
    const [appeal] = filed.appeals;
    expect(filed).toMatchObject({ status: "denied", dueAt: null, authorization: null });
    expect(appeal).toMatchObject({
      id: "appeal-1",
      reason: "Strength has not come back.",
      expedited: false,
      lines: [1],
      dueAt: hoursAfter(appeal.filedAt, 30 * 24),
      rule: "medicaid.appeal.standard",
      cite: "42 CFR 438.408(b)(2)",
      overdue: false,
      decision: null,
    });
    expect(taken(await file(provider, request), 200).appeals).toEqual(filed.appeals);
    expectProblem(await file(provider, request, { reason: "And another thing." }), "appeal-open");
    const row = await eventually(
      async () => {
        let cursor = "";
        do {
          const page = taken(await nurse.get(`/v1/worklist?queue=medical-director&limit=100${cursor && `&cursor=${cursor}`}`), 200);
          const found = page.items.find(({ id }: Json) => id === request.id);
          if (found) return found;
          cursor = page.nextCursor ?? "";
        } while (cursor);
        return undefined;
      },
      (found) => found !== undefined,
      30,
    );
    expect(row).toMatchObject({ queue: "medical-director", status: "denied", appealDueAt: appeal.dueAt });
    expect(await eventOf(request, "appeal.filed")).toMatchObject([{ appealId: "appeal-1", lines: [1] }]);
  });

  test("in haste is due in 72 hours, by the rule of its line of business", async () => {
    const request = await denied({ lineOfBusiness: "marketplace", state: "TX" });
    const { appeals } = taken(await file(provider, request, { reason: "It gets worse.", expedited: true }), 200);
    expect(appeals).toMatchObject([
      { expedited: true, dueAt: hoursAfter(appeals[0].filedAt, 72), rule: "marketplace.appeal.expedited" },
    ]);
  });

  test("is nobody else's to file, and needs something to be against", async () => {
    const request = await denied();
    expectProblem(await file(stranger, request), "request-not-found");
    expect((await file(nurse, request)).status).toBe(403);
    expectProblem(await file(provider, request, { reason: "No such line.", lines: [4] }), "validation-failed", ["/lines/0"]);
    expectProblem(await file(provider, request, { reason: "Twice.", lines: [1, 1] }), "validation-failed", ["/lines"]);
    expectProblem(await file(provider, await inReview()), "line-not-appealable");
    const approved = await decided([approval()]);
    expectProblem(await file(provider, approved), "not-possible-now");
    const partly = await decided([approval(), denial(2)], twoLines);
    expectProblem(await file(provider, partly, { reason: "The first.", lines: [1] }), "line-not-appealable");
    expect(taken(await file(provider, partly), 200).appeals[0].lines).toEqual([2]);
  });

  test("that is overturned approves, gives the authorization, and keeps what it replaced", async () => {
    const request = await denied();
    await file(provider, request);
    const overturned = taken(await decide(otherDirector, request, { outcome: "overturned" }), 200);
    const { decision } = overturned.appeals[0];
    expect(overturned).toMatchObject({
      status: "approved",
      authorization: { from: "2026-12-20", to: "2027-03-20" },
      lines: [{ decision: { outcome: "approved", quantity: 8, grounds: met, x12: { action: "A1", reason: null } } }],
    });
    expect(decision).toMatchObject({
      outcome: "overturned",
      decidedBy: { name: "Dana Director", credential: "MD" },
      replaced: [{ lineNumber: 1, decision: request.lines[0].decision }],
      effectiveBy: hoursAfter(decision.decidedAt, 72),
      effectiveCite: "42 CFR 438.424(a)",
    });
    expect(taken(await decide(otherDirector, request, { outcome: "overturned" }), 200).appeals).toEqual(overturned.appeals);
    const seen = taken(await provider.get(`/v1/requests/${request.id}`), 200);
    expect(seen.appeals).toEqual(overturned.appeals);
    expect(await eventOf(request, "appeal.decided")).toMatchObject([{ outcome: "overturned", appealId: "appeal-1", lines: [1] }]);
    const check = await (await caller({ role: "claims" })).post("/v1/authorization-checks", {
      memberId: request.member.id,
      npi: request.servicingProvider.npi,
      code: "97110",
      modifiers: [],
      serviceDate: "2026-12-20",
      units: 8,
    });
    expect(taken(check, 200)).toMatchObject({ answer: "authorized", authorizationNumber: overturned.authorization.number });
  });

  test("has a time of effect only where the law sets one", async () => {
    const request = await denied({ lineOfBusiness: "medicare-advantage" });
    await file(provider, request);
    const { appeals } = taken(await decide(otherDirector, request, { outcome: "overturned" }), 200);
    expect(appeals[0]).toMatchObject({ rule: "medicare-advantage.appeal.standard", decision: { effectiveBy: null } });
  });

  test("that is upheld says why, changes nothing, and is the last word here", async () => {
    const request = await denied();
    await file(provider, request);
    expectProblem(await decide(otherDirector, request, { outcome: "upheld" }), "validation-failed", [
      "/grounds",
      "/reason",
      "/criterion",
    ]);
    expectProblem(await decide(otherDirector, request, { ...upheld, lines: [{ lineNumber: 1 }] }), "validation-failed", ["/lines"]);
    const kept = taken(await decide(otherDirector, request, upheld), 200);
    expect(kept).toMatchObject({ status: "denied", authorization: null });
    expect(kept.lines[0].decision).toEqual(request.lines[0].decision);
    expect(kept.appeals[0].decision).toMatchObject({
      outcome: "upheld",
      grounds,
      reason,
      criterion,
      replaced: [],
      effectiveBy: null,
    });
    expectProblem(await file(provider, request), "line-not-appealable");
    expectProblem(await decide(director, request, upheld), "not-possible-now");
  });

  test("may be overturned in part: by line, or with more than was granted before", async () => {
    const request = await decided([denial(), { ...denial(2), outcome: "approved-less", quantity: 2 }], twoLines);
    expect(request.status).toBe("partially-approved");
    await file(provider, request);
    const partly = (lines?: Json[]) => ({ outcome: "partly-overturned", grounds, reason, criterion, ...(lines ? { lines } : {}) });
    expectProblem(await decide(otherDirector, request, partly()), "validation-failed", ["/lines"]);
    expectProblem(await decide(otherDirector, request, partly([{ lineNumber: 1 }, { lineNumber: 2 }])), "validation-failed", [
      "/outcome",
    ]);
    expectProblem(await decide(otherDirector, request, partly([{ lineNumber: 2, quantity: 1 }])), "validation-failed", [
      "/lines/0/quantity",
    ]);
    expectProblem(await decide(otherDirector, request, partly([{ lineNumber: 2, quantity: 9 }])), "validation-failed", [
      "/lines/0/quantity",
    ]);
    const some = taken(await decide(otherDirector, request, partly([{ lineNumber: 2, quantity: 6 }])), 200);
    expect(some).toMatchObject({
      status: "partially-approved",
      lines: [
        { decision: { outcome: "denied" } },
        { decision: { outcome: "approved-less", quantity: 6, reason, x12: { action: "A6" } } },
      ],
      appeals: [{ decision: { outcome: "partly-overturned", replaced: [{ lineNumber: 2, decision: { quantity: 2 } }] } }],
    });
  });

  test("is decided by another qualified clinician than the decision", async () => {
    const request = await denied();
    await file(provider, request);
    expectProblem(await decide(director, request, { outcome: "overturned" }), "another-clinician-required");
    expect((await decide(nurse, request, { outcome: "overturned" })).status).toBe(403);
    const scopes = ["reviews:read", "reviews:write", "reviews:deny"];
    const boldNurse = await caller({ role: "nurse", subject: "appeals-nurse-2", scopes });
    expectProblem(await decide(boldNurse, request, { outcome: "overturned" }), "clinician-required");
    expectProblem(await decide(otherDirector, request, { outcome: "overturned" }, "appeal-2"), "appeal-not-found");
    expectProblem(
      await decide(otherDirector, { id: "PA-AAAAAAAAAAAAAAAAAAAAAAAAAA" }, { outcome: "overturned" }),
      "request-not-found",
    );
    expect(taken(await provider.get(`/v1/requests/${request.id}`), 200).status).toBe("denied");
  });
});

describe("more days of a stay", () => {
  const admission = { date: "2026-12-20", type: "elective", levelOfCare: "acute", days: 3 };
  const stay = (more: Json = {}) =>
    inReview({ setting: "inpatient", admission, lines: [{ serviceDate: "2026-12-20", endDate: "2026-12-23" }], ...more });
  const authorized = async (more: Json = {}) =>
    taken(await step(nurse, await stay(more), "determination", { lines: [approval()] }), 200);
  const ask = (who: Caller, { id }: Json, body: Json) => who.post(`/v1/requests/${id}/continued-stay`, body);

  test("are a line of their own with a clock of its own, while the first days stay authorized", async () => {
    const request = await authorized();
    expect(request.authorization).toMatchObject({ from: "2026-12-20", to: "2026-12-23", nextReviewAt: "2026-12-23" });
    const asked = taken(await ask(provider, request, { days: 2, from: "2026-12-23" }), 200);
    const [{ askedAt, ...more }] = asked.continuedStay;
    expect(more).toEqual({ lineNumber: 2, from: "2026-12-23", days: 2 });
    expect(asked).toMatchObject({
      status: "in-review",
      priority: "standard",
      receivedAt: request.receivedAt,
      dueRule: "ohio.medicaid.expedited",
      dueAt: hoursAfter(askedAt, 48),
      authorization: request.authorization,
    });
    expect(asked.clock).toMatchObject([{ rule: "ohio.medicaid.expedited" }, { dueAt: hoursAfter(askedAt, 72) }]);
    expect(asked.lines[0].decision).toEqual(request.lines[0].decision);
    expect(asked.lines[1]).toMatchObject({
      serviceDate: "2026-12-23",
      endDate: "2026-12-25",
      quantity: 2,
      unit: "day",
      rule: "inpatient",
      decision: null,
    });
    expect(taken(await ask(provider, request, { days: 2, from: "2026-12-23" }), 200).continuedStay).toHaveLength(1);
    expectProblem(await ask(provider, request, { days: 4, from: "2026-12-23" }), "not-possible-now");
    // The stay is authorized: it cannot be undone by the question for more of it.
    expectProblem(await provider.post(`/v1/requests/${request.id}/withdrawal`, { reason: "Home early." }), "not-possible-now");
    expectProblem(await step(nurse, asked, "closure", { reason: "ineligible" }), "not-possible-now");

    const longer = taken(await step(nurse, asked, "determination", { lines: [approval(2)] }), 200);
    expect(longer).toMatchObject({
      status: "approved",
      authorization: { number: request.authorization.number, from: "2026-12-20", to: "2026-12-25", nextReviewAt: "2026-12-25" },
    });
    expect(await eventOf(request, "stay.continued")).toMatchObject([{ lines: [2] }]);
  });

  test("that are denied leave the first days authorized", async () => {
    const request = await authorized();
    const asked = taken(await ask(provider, request, { days: 2, from: "2026-12-24" }), 200);
    const refused = taken(await step(director, asked, "determination", { lines: [denial(2)] }), 200);
    expect(refused).toMatchObject({ status: "partially-approved", authorization: { from: "2026-12-20", to: "2026-12-23" } });
    expect(taken(await file(provider, refused), 200).appeals).toMatchObject([{ lines: [2] }]);
  });

  test("follow on those that are authorized, of an inpatient stay", async () => {
    const request = await authorized();
    for (const from of ["2026-12-19", "2026-12-25"])
      expectProblem(await ask(provider, request, { days: 2, from }), "validation-failed", ["/from"]);
    expectProblem(await ask(provider, request, { days: 2, from: "2026-12-20" }), "validation-failed", ["/days"]);
    expectProblem(await ask(stranger, request, { days: 2, from: "2026-12-23" }), "request-not-found");
    expectProblem(await ask(provider, await stay(), { days: 2, from: "2026-12-23" }), "not-possible-now");
    expectProblem(await ask(provider, await decided([approval()]), { days: 2, from: "2026-12-23" }), "continued-stay-not-possible");
  });
});
