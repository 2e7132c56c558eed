import { describe, expect, test } from "vitest";
import { aSubmission, therapyLine } from "../builders.ts";
import { eventually } from "../eventually.ts";
import { pdf } from "../files.ts";
import { type Answer, type Caller, caller, type Json } from "./client.ts";
import { deskOf, memberEndingIn, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });
const nurse = await caller({ role: "nurse", subject: "nurse-1" });
const otherNurse = await caller({ role: "nurse", subject: "nurse-2" });
const director = await caller({ role: "director", subject: "director-1" });
const supervisor = await caller({ role: "supervisor", subject: "supervisor-1" });
const desk = deskOf(provider);

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const unmet = { ...met, medicalNecessity: "not-met" };
const denial = {
  lineNumber: 1,
  outcome: "denied",
  grounds: unmet,
  reason: { code: "0F", text: "Six visits have restored full function." },
  criterion: "Plan guideline PT-4, section 2.",
};

/** Therapy that the plan decides, complete, and so in a nurse's queue. */
async function inReview(changes: object = {}): Promise<Json> {
  const submission = aSubmission({ lines: [therapyLine()], member: memberEndingIn("1"), ...changes });
  const { id } = taken(await provider.submit(submission), 201);
  await desk.attach(id, pdf());
  return desk.until(id, ({ status }) => status === "in-review");
}

const step = (who: Caller, { id, version }: Json, name: string, body: object): Promise<Answer> =>
  who.post(`/v1/requests/${id}/${name}`, body, { "if-match": `"${version}"` });
/** As it stands once provider and member have been told. */
const lettersWritten = (id: string) => desk.until(id, ({ notices }) => notices.length === 2);
const typesOf = async (id: string) => (await desk.events(id)).map(({ type }) => type);

describe("a nurse's queue", () => {
  test("has what waits for the plan, the earliest due first", async () => {
    const standard = await inReview();
    const urgent = await inReview({ priority: "expedited" });
    const found: Json[] = [];
    await eventually(
      async () => {
        found.length = 0;
        let cursor = "";
        do {
          const page = taken(await nurse.get(`/v1/worklist?queue=nurse&limit=100${cursor && `&cursor=${cursor}`}`), 200);
          found.push(...page.items);
          cursor = page.nextCursor ?? "";
        } while (cursor);
        return found.map(({ id }) => id);
      },
      (ids) => ids.includes(standard.id) && ids.includes(urgent.id),
      30,
    );
    const dues = found.map(({ dueAt }) => dueAt);
    expect(dues).toEqual(dues.toSorted());
    expect(found.find(({ id }) => id === urgent.id)).toMatchObject({
      queue: "nurse",
      status: "in-review",
      categories: ["outpatient-therapy"],
      assignment: null,
    });
  });

  test("is nobody else's to read", async () => {
    expect((await provider.get("/v1/worklist?queue=nurse")).status).toBe(403);
    expectProblem(await nurse.get("/v1/worklist?queue=pharmacy"), "validation-failed");
    expectProblem(await nurse.get("/v1/worklist"), "validation-failed");
  });
});

describe("taking a request up", () => {
  test("keeps everybody else from it", async () => {
    const request = await inReview();
    const taken1 = taken(await step(nurse, request, "assignment", {}), 200);
    expect(taken1.review.assignment).toMatchObject({ to: "nurse-1", name: "Nora Reviewer" });
    expectProblem(await step(otherNurse, taken1, "assignment", {}), "assigned-to-another");
    expectProblem(
      await step(otherNurse, taken1, "assignment", { assignee: { subject: "nurse-3", name: "Nora Reviewer" } }),
      "not-allowed",
    );
    const again = taken(await step(nurse, request, "assignment", {}), 200);
    expect(again.version).toBe(taken1.version);
    const free = taken(await step(nurse, taken1, "assignment", { release: true }), 200);
    expect(free.review.assignment).toBeNull();
    expect(taken(await step(otherNurse, free, "assignment", {}), 200).review.assignment.to).toBe("nurse-2");
  });

  test("takes the version that was seen", async () => {
    const request = await inReview();
    expectProblem(await nurse.post(`/v1/requests/${request.id}/assignment`, {}), "if-match-required");
    expectProblem(await step(nurse, { ...request, version: 1 }, "assignment", {}), "version-conflict");
  });
});

describe("a supervisor", () => {
  const toNurse2 = { assignee: { subject: "nurse-2", name: "Nora Reviewer" } };

  test("gives a request to another, from somebody who still has it, and takes it back", async () => {
    const held = taken(await step(nurse, await inReview(), "assignment", {}), 200);
    const given = taken(await step(supervisor, held, "assignment", toNurse2), 200);
    expect(given.review.assignment.to).toBe("nurse-2");
    expect(taken(await step(supervisor, held, "assignment", toNurse2), 200).version).toBe(given.version);
    expectProblem(await step(nurse, given, "assignment", {}), "assigned-to-another");
    expect(taken(await step(supervisor, given, "assignment", { release: true }), 200).review.assignment).toBeNull();
  });

  test("takes the version that was seen, as anybody", async () => {
    const request = await inReview();
    const { version } = taken(await step(nurse, request, "assignment", {}), 200);
    expectProblem(await step(supervisor, request, "assignment", toNurse2), "version-conflict");
    expectProblem(await supervisor.post(`/v1/requests/${request.id}/assignment`, toNurse2), "if-match-required");
    expect(taken(await nurse.get(`/v1/requests/${request.id}`), 200).version).toBe(version);
  });

  test("is nobody by being a director", async () => {
    const held = taken(await step(nurse, await inReview(), "assignment", {}), 200);
    expectProblem(await step(director, held, "assignment", {}), "assigned-to-another");
    expectProblem(await step(director, held, "assignment", { release: true }), "assigned-to-another");
    expectProblem(await step(director, held, "assignment", toNurse2), "not-allowed");
  });
});

describe("a supervisor's view", () => {
  const overview = async (): Promise<Json> => taken(await supervisor.get("/v1/worklist/overview"), 200);
  const nurseQueue = ({ queues }: Json) => queues.find(({ queue }: Json) => queue === "nurse");
  const hasted = ({ turnaround }: Json) =>
    turnaround.find(
      ({ lineOfBusiness, priority, days }: Json) => lineOfBusiness === "medicaid" && priority === "expedited" && days === 7,
    );

  test("counts what waits, and what was decided", async () => {
    const before = await overview();
    const request = await inReview({ priority: "expedited" });
    const waiting = await eventually(overview, (view) => nurseQueue(view).within72Hours > 0);
    expect(waiting.queues.map(({ queue }: Json) => queue)).toEqual(["intake", "nurse", "medical-director", "vendor-exceptions"]);
    const { open, overdue, within4Hours, within24Hours, within72Hours, later, oldest, next } = nurseQueue(waiting);
    expect(overdue + within4Hours + within24Hours + within72Hours + later).toBe(open);
    expect(oldest.dueAt <= request.dueAt).toBe(true);
    expect(next.assigned + next.unassigned).toBe(next.looked);
    expect(next.looked).toBeGreaterThan(0);

    const lines = [{ lineNumber: 1, outcome: "approved", grounds: met }];
    taken(await step(nurse, request, "determination", { lines }), 200);
    const decided = await eventually(overview, (view) => hasted(view).hours.count > hasted(before).hours.count, 30);
    expect(hasted(decided).inTime.numerator).toBeGreaterThan(hasted(before).inTime.numerator);
  });

  test("is for whoever reviews, and nobody else", async () => {
    expect((await nurse.get("/v1/worklist/overview")).status).toBe(200);
    expect((await provider.get("/v1/worklist/overview")).status).toBe(403);
    expect((await (await caller(undefined)).get("/v1/worklist/overview")).status).toBe(401);
  });
});

describe("a note", () => {
  test("is for reviewers only", async () => {
    const request = await inReview();
    const text = "The therapist's log ends in week five.";
    const noted = taken(await step(nurse, request, "notes", { text }), 200);
    expect(noted.review.notes).toMatchObject([{ by: { subject: "nurse-1" }, text }]);
    expect(taken(await step(nurse, request, "notes", { text }), 200).version).toBe(noted.version);
    const seen = await provider.get(`/v1/requests/${request.id}`);
    expect(seen.body.review).toBeUndefined();
    expect(seen.text).not.toContain(text);
    expect((await provider.get(`/v1/requests/${request.id}/events`)).text).not.toContain(text);
    expect(taken(await nurse.get(`/v1/requests/${request.id}`), 200).review.notes).toHaveLength(1);
  });
});

describe("a question to the provider", () => {
  test("waits for its answer, and the request goes on with it", async () => {
    const request = await inReview();
    const items = [{ code: "plan-of-care", text: "Please send the signed plan of care." }];
    const asked = taken(await step(nurse, request, "information-requests", { items }), 200);
    expect(asked).toMatchObject({ status: "awaiting-information", informationRequest: { askedBy: "plan", items } });
    expect(asked.dueAt).toBe(request.dueAt);
    expectProblem(
      await step(nurse, asked, "information-requests", { items: [{ code: "other", text: "And this?" }] }),
      "not-possible-now",
    );
    const answers = [{ code: "plan-of-care", text: "Signed on November 3, attached." }];
    const informed = taken(await provider.post(`/v1/requests/${request.id}/information`, { answers }), 200);
    expect(informed).toMatchObject({ status: "in-review", informationRequest: null });
    expect(await typesOf(request.id)).toEqual(expect.arrayContaining(["information.requested", "information.received"]));
  });

  test("stops the Marketplace's clock until then", async () => {
    const request = await inReview({ lineOfBusiness: "marketplace", state: "TX" });
    const items = [{ code: "log", text: "Please send the exercise log." }];
    const asked = taken(await step(nurse, request, "information-requests", { items }), 200);
    expect(asked.dueAt > request.dueAt).toBe(true);
    expectProblem(
      await step(nurse, await inReview({ lineOfBusiness: "marketplace" }), "information-requests", {
        items,
        dueAt: new Date(Date.now() + 24 * 3_600_000).toISOString(),
      }),
      "validation-failed",
    );
  });
});

describe("an extension", () => {
  test("moves the due time once", async () => {
    const request = await inReview({ state: "TX" });
    const reason = "The specialist's report is due next week.";
    const extended = taken(await step(nurse, request, "extension", { reason }), 200);
    expect(extended.extended).toBe(true);
    expect(Date.parse(extended.dueAt) - Date.parse(request.dueAt)).toBe(14 * 24 * 3_600_000);
    const told = await lettersWritten(request.id);
    expect(taken(await step(nurse, request, "extension", { reason }), 200).version).toBe(told.version);
    expectProblem(await step(otherNurse, told, "extension", { reason }), "extension-not-possible");
    expect(await typesOf(request.id)).toContain("request.extended");
  });

  test("is not possible where the rule that sets the time allows none", async () => {
    const request = await inReview({ lines: [therapyLine(), therapyLine({ code: "J1745" })] });
    expect(request.dueRule).toBe("medicaid.drug");
    expectProblem(await step(nurse, request, "extension", { reason: "More time." }), "extension-not-possible");
  });
});

describe("an escalation", () => {
  test("hands the request to the medical director", async () => {
    const request = await inReview();
    const reason = "The criterion for a further course is not met.";
    const escalated = taken(await step(nurse, request, "escalation", { reason }), 200);
    expect(escalated.status).toBe("medical-director-review");
    expect(escalated.review.notes).toMatchObject([{ by: { subject: "nurse-1" }, text: reason }]);
    const approval = { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }] };
    expectProblem(await step(nurse, escalated, "determination", approval), "clinician-required");
    expect(taken(await step(nurse, escalated, "escalation", { reason }), 200).version).toBe(escalated.version);
    const approved = taken(await step(director, escalated, "determination", approval), 200);
    expect(approved.status).toBe("approved");
    expectProblem(await step(nurse, approved, "escalation", { reason: "It is late for that." }), "not-possible-now");
    expect(await typesOf(request.id)).toContain("line.escalated");
  });
});

describe("a contradiction of the vendor's", () => {
  test("is taken up, and settled by whoever judged it", async () => {
    // The vendor's stand-in contradicts itself on a member's id that ends in 5.
    const { id } = taken(await provider.submit(aSubmission({ member: memberEndingIn("5") })), 201);
    await desk.attach(id, pdf());
    await desk.until(id, ({ exception, notices }) => exception !== null && notices.length === 2);
    const read = taken(await nurse.get(`/v1/requests/${id}`), 200);
    expect(read).toMatchObject({ status: "approved", review: { assignment: null } });
    const assigned = taken(await step(nurse, read, "assignment", {}), 200);
    expect(assigned.review.assignment).toMatchObject({ to: "nurse-1" });

    const note = "The vendor says by telephone that its approval stands.";
    expectProblem(await nurse.post(`/v1/requests/${id}/exception/resolution`, { note }), "if-match-required");
    expectProblem(await step(nurse, read, "exception/resolution", { note }), "version-conflict");
    expect((await step(provider, assigned, "exception/resolution", { note })).status).toBe(403);
    const settled = taken(await step(nurse, assigned, "exception/resolution", { note }), 200);
    expect(settled).toMatchObject({ status: "approved", exception: null, review: { assignment: null, notes: [{ text: note }] } });
    expect(settled.lines[0].decision).toEqual(read.lines[0].decision);
    expect(taken(await step(nurse, assigned, "exception/resolution", { note }), 200).version).toBe(settled.version);
    expectProblem(await step(nurse, settled, "exception/resolution", { note: "Once more." }), "not-possible-now");
    expect(await typesOf(id)).toContain("exception.resolved");
    expect((await provider.get(`/v1/requests/${id}`)).text).not.toContain(note);
  });
});

describe("a talk with the provider's clinician", () => {
  test("is history; what was said stays with the plan", async () => {
    const request = await inReview();
    const summary = "The home program was tried for two weeks only.";
    const talked = taken(await step(director, request, "peer-to-peer", { with: "Dr. Jordan Wells", summary }), 200);
    expect(talked.review.peerToPeer).toMatchObject([{ by: { subject: "director-1", credential: "MD" }, summary }]);
    expect(await typesOf(request.id)).toContain("peer-to-peer.held");
    expect((await provider.get(`/v1/requests/${request.id}`)).text).not.toContain(summary);
  });
});

describe("a determination", () => {
  test("by a nurse approves as asked, and the request has its authorization", async () => {
    const request = await inReview();
    const body = { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }] };
    const approved = taken(await step(nurse, request, "determination", body), 200);
    expect(approved).toMatchObject({ status: "approved", dueAt: null, authorization: { from: "2026-12-20", to: "2027-03-20" } });
    expect(approved.lines[0].decision).toMatchObject({
      outcome: "approved",
      quantity: 8,
      unit: "visit",
      grounds: met,
      x12: { action: "A1", reason: null },
      decidedBy: { name: "Nora Reviewer", credential: "RN" },
    });
    const told = await lettersWritten(request.id);
    const repeat = await step(nurse, request, "determination", body);
    expect([repeat.status, repeat.body.version]).toEqual([200, told.version]);
    expectProblem(await step(otherNurse, request, "determination", body), "version-conflict");
    expectProblem(await step(otherNurse, told, "determination", body), "not-possible-now");
  });

  test("against what was asked takes a clinician who may deny, and all that a notice needs", async () => {
    const request = await inReview();
    expectProblem(await step(nurse, request, "determination", { lines: [denial] }), "clinician-required");
    const { reason: _, criterion: __, ...bare } = denial;
    const faulty = await step(director, request, "determination", { lines: [{ ...bare, grounds: met }] });
    expectProblem(faulty, "validation-failed");
    expect(faulty.body.errors.map(({ pointer }: Json) => pointer)).toEqual([
      "/lines/0/grounds",
      "/lines/0/reason",
      "/lines/0/criterion",
    ]);
    const denied = taken(await step(director, request, "determination", { lines: [denial] }), 200);
    expect(denied).toMatchObject({ status: "denied", authorization: null });
    expect(denied.lines[0].decision).toMatchObject({
      outcome: "denied",
      quantity: null,
      reason: denial.reason,
      criterion: denial.criterion,
      x12: { action: "A3", reason: "0F" },
      decidedBy: { name: "Dana Director", credential: "MD" },
    });
    expect((await provider.get(`/v1/requests/${request.id}`)).body.lines[0].decision).toEqual(denied.lines[0].decision);
  });

  test("of less than was asked says so", async () => {
    const request = await inReview();
    const less = { ...denial, outcome: "approved-less", quantity: 4 };
    expectProblem(
      await step(director, request, "determination", {
        lines: [{ lineNumber: 1, outcome: "approved", quantity: 4, grounds: met }],
      }),
      "validation-failed",
    );
    const decided = taken(await step(director, request, "determination", { lines: [less] }), 200);
    expect(decided).toMatchObject({ status: "partially-approved", authorization: { from: "2026-12-20" } });
    expect(decided.lines[0].decision).toMatchObject({ outcome: "approved-less", quantity: 4, x12: { action: "A6", reason: "0F" } });
  });

  test("of two reviewers at once is one's", async () => {
    const request = await inReview();
    const body = { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }] };
    const answers = await Promise.all([nurse, otherNurse].map((who) => step(who, request, "determination", body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await typesOf(request.id)).filter((type) => type === "line.decided")).toHaveLength(1);
  });

  test("of lines that need none, or are the vendor's, is refused", async () => {
    const lines = [therapyLine(), therapyLine({ code: "99213" }), therapyLine({ code: "72148" })];
    const { id } = await inReview({ lines, member: memberEndingIn("7") });
    const mixed = await desk.until(id, ({ referral }) => referral.status === "sent");
    const on = (lineNumber: number) => ({ lines: [{ lineNumber, outcome: "approved", grounds: met }] });
    expectProblem(await step(nurse, mixed, "determination", on(2)), "line-not-decidable");
    expectProblem(await step(nurse, mixed, "determination", on(3)), "line-not-decidable");
    expectProblem(await step(nurse, mixed, "determination", on(9)), "validation-failed");
    expect(taken(await step(nurse, mixed, "determination", on(1)), 200).status).toBe("referred-to-vendor");
  });

  test("is no provider's, and of no request that does not exist", async () => {
    const request = await inReview();
    const body = { lines: [{ lineNumber: 1, outcome: "approved", grounds: met }] };
    expect((await step(provider, request, "determination", body)).status).toBe(403);
    const unknown = { id: "PA-AAAAAAAAAAAAAAAAAAAAAAAAAA", version: 1 };
    expectProblem(await step(nurse, unknown, "determination", body), "request-not-found");
  });
});

describe("haste", () => {
  test("asked for by a physician is granted at once", async () => {
    const request = await inReview({ state: "TX" });
    const body = { reason: "New loss of strength.", requestedBy: "physician" };
    const hurried = taken(await provider.post(`/v1/requests/${request.id}/expedite`, body), 200);
    expect(hurried).toMatchObject({ priority: "expedited", dueRule: "medicaid.expedited", receivedAt: request.receivedAt });
    expect(hurried.dueAt < request.dueAt).toBe(true);
    expect(taken(await provider.post(`/v1/requests/${request.id}/expedite`, body), 200).version).toBe(hurried.version);
    expectProblem(await step(nurse, hurried, "expedite/decision", { granted: false }), "not-possible-now");
  });

  test("asked for by a member is judged by a reviewer", async () => {
    const request = await inReview();
    const body = { reason: "The pain is worse.", requestedBy: "member" };
    const asked = taken(await provider.post(`/v1/requests/${request.id}/expedite`, body), 200);
    expect(asked).toMatchObject({ priority: "standard", dueAt: request.dueAt });
    const refused = taken(await step(nurse, asked, "expedite/decision", { granted: false }), 200);
    expect(refused).toMatchObject({ priority: "standard", dueAt: request.dueAt, receivedAt: request.receivedAt });
    expect(await typesOf(request.id)).toEqual(expect.arrayContaining(["expedite.asked", "expedite.refused"]));
  });
});
