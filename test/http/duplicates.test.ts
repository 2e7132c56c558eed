import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { aSubmission, memberOfItsOwn, mri, npis, theLeast, therapy } from "./bodies.ts";
import { type Caller, caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";

const provider = await caller({ role: "provider" });
const clerk = await caller({ role: "clerk" });
const nurse = await caller({ role: "nurse" });

const fresh = (more: Json = {}): Json => aSubmission({ member: memberOfItsOwn(), ...more });
const listed = async (who: Caller): Promise<string[]> => (await who.get("/v1/requests")).body.items.map(({ id }: Json) => id);

describe("the same submission 50 times at once, each with a key of its own", async () => {
  const { npi, organization } = await enroll();
  const who = await caller({ role: "provider", organization });
  const body = fresh({ requestingProvider: { npi, name: "Dayton Orthopaedics" } });
  const answers = await Promise.all(Array.from({ length: 50 }, () => who.submit(body)));

  test("makes one request: one answer is new, all others are that request", async () => {
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(49).fill(200), 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    for (const { status, body: answered, headers } of answers) {
      expect(answered.duplicate).toBe(status === 200 ? true : undefined);
      expect(headers.get("location")).toBe(`/v1/requests/${answered.id}`);
    }
    expect(await listed(who)).toEqual([answers[0]?.body.id]);
  });
});

describe("an exact duplicate of what the organization waits for", () => {
  test("is answered with that request, and nothing is stored under its key", async () => {
    const body = fresh();
    const first = await provider.submit(body);
    const key = randomUUID();
    const again = await provider.submit({ ...body, clinicalSummary: "In other words." }, key);
    expect([again.status, again.body.id, again.body.duplicate]).toEqual([200, first.body.id, true]);
    expect(again.body.clinicalSummary).toBe(body.clinicalSummary);
    expect(again.headers.get("etag")).toBe('"1"');
    const corrected = await provider.submit(fresh(), key);
    expect([corrected.status, corrected.body.duplicate]).toEqual([201, undefined]);
  });

  test("is judged after its key: a repeat stays one, and another body under the key is refused", async () => {
    const [key, body, other] = [randomUUID(), fresh(), fresh()];
    const first = await provider.submit(body, key);
    const repeat = await provider.submit(body, key);
    expect([repeat.status, repeat.headers.get("idempotent-replayed"), repeat.body.duplicate]).toEqual([201, "true", undefined]);
    expect((await provider.submit(other)).status).toBe(201);
    expectProblem(await provider.submit(other, key), "idempotency-key-reused");
    // What was refused under the key does not stand in the way of a request that is really made.
    const third = fresh();
    expectProblem(await provider.submit(third, key), "idempotency-key-reused");
    const made = await provider.submit(third);
    expect(made.status).toBe(201);
    expect(made.body.id).not.toBe(first.body.id);
  });

  test("ends with the request: what was withdrawn may be asked for again, and then a repeat of the first is still its own", async () => {
    const [key, body] = [randomUUID(), fresh()];
    const first = await provider.submit(body, key);
    await provider.post(`/v1/requests/${first.body.id}/withdrawal`, { reason: "No longer needed." });
    const second = await provider.submit(body);
    expect([second.status, second.body.id === first.body.id]).toEqual([201, false]);
    const repeat = await provider.submit(body, key);
    expect([repeat.status, repeat.body.id, repeat.body.status]).toEqual([201, first.body.id, "withdrawn"]);
    expect((await provider.submit(body)).body).toMatchObject({ id: second.body.id, duplicate: true });
  });

  test.each<[string, Json]>([
    ["another day", { lines: [mri({ serviceDate: "2026-12-21" })] }],
    ["another code", { lines: [mri({ code: "72149" })] }],
    ["one service more", { lines: [mri(), therapy()] }],
    ["another provider of the service", { servicingProvider: { npi: npis.dayton, name: "Dayton Orthopaedics" } }],
    ["more haste", { priority: "expedited" }],
    ["another setting", { setting: "observation" }],
  ])("is none with %s", async (_what, more) => {
    const body = fresh();
    const first = await provider.submit(body);
    const other = await provider.submit({ ...body, ...more });
    expect(other.status, other.text).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
  });

  test("is one whatever the order of its lines, and however many units they are", async () => {
    const body = fresh({ lines: [mri(), therapy()] });
    const first = await provider.submit(body);
    const other = await provider.submit({ ...body, lines: [therapy({ quantity: 12 }), mri()] });
    expect(other.body).toMatchObject({ id: first.body.id, duplicate: true });
  });

  test("is none where nothing is waited for: what needs no authorization is told each time anew", async () => {
    const body = theLeast({ setting: "emergency", member: memberOfItsOwn() });
    const [one, other] = [await provider.submit(body), await provider.submit(body)];
    expect([one.status, other.status, one.body.id === other.body.id]).toEqual([201, 201, false]);
  });

  test("is told to nobody else: another organization, and a clerk, get requests of their own", async () => {
    const body = fresh();
    const own = await provider.submit(body);
    const another = await (await caller({ role: "provider", organization: "org-a" })).submit(body);
    const keyed = await clerk.submit({ ...body, channel: "phone", receivedAt: "2026-11-01T15:00:00Z" });
    expect([own.status, another.status, keyed.status], another.text + keyed.text).toEqual([201, 201, 201]);
    expect(new Set([own, another, keyed].map((answer) => answer.body.id)).size).toBe(3);
  });

  test("is none when it reached the plan before: the earlier receipt starts the clock", async () => {
    const letter = (receivedAt: string) => body({ receivedAt });
    const body = (
      (member) => (more: Json) =>
        aSubmission({ channel: "mail", member, lines: [therapy()], ...more })
    )(memberOfItsOwn());
    const later = await clerk.submit(letter("2026-11-05"));
    const earlier = await clerk.submit(letter("2026-11-02"));
    expect([later.status, earlier.status], earlier.text).toEqual([201, 201]);
    const third = await clerk.submit(letter("2026-11-03"));
    expect(third.body).toMatchObject({ id: earlier.body.id, duplicate: true });
  });
});

describe("requests that are alike", () => {
  test("are shown to reviewers, whose they are and how they stand, and to nobody else", async () => {
    const member = memberOfItsOwn();
    const own = (await provider.submit(aSubmission({ member, lines: [therapy(), mri()] }))).body;
    const colleague = await caller({ role: "provider", organization: "org-a" });
    const lines = [therapy({ serviceDate: "2026-12-15", endDate: "2026-12-22" })];
    const theirs = (await colleague.submit(aSubmission({ member, lines }))).body;
    await provider.submit(aSubmission({ member, lines: [therapy({ serviceDate: "2026-12-28" })] }));
    await provider.submit(aSubmission({ member: memberOfItsOwn() }));

    const { review } = (await nurse.get(`/v1/requests/${own.id}`)).body;
    expect(review.similar).toEqual([
      { id: theirs.id, organization: "org-a", status: "awaiting-information", receivedAt: theirs.receivedAt, lines: [1] },
    ]);
    const seen = await provider.get(`/v1/requests/${own.id}`);
    expect(seen.body.review).toBeUndefined();
    expect(seen.text).not.toContain(theirs.id);
  });
});

describe("what is not to be judged", () => {
  const close = (who: Caller, { id, version }: Json, body: Json) =>
    who.post(`/v1/requests/${id}/closure`, body, { "if-match": `"${version}"` });

  test("is closed by a reviewer, and says why", async () => {
    const member = memberOfItsOwn();
    const first = (await provider.submit(aSubmission({ member }))).body;
    const second = (await provider.submit(aSubmission({ member, priority: "expedited" }))).body;
    const body = { reason: "duplicate", duplicateOf: first.id };
    const closed = await close(nurse, second, body);
    expect(closed.status, closed.text).toBe(200);
    expect(closed.body).toMatchObject({
      status: "closed",
      closeReason: "duplicate",
      dueAt: null,
      authorization: null,
      review: { duplicateOf: first.id },
    });
    const repeat = await close(nurse, second, body);
    expect([repeat.status, repeat.body.version]).toEqual([200, closed.body.version]);
    const seen = await provider.get(`/v1/requests/${second.id}`);
    expect(seen.body).toMatchObject({ status: "closed", closure: { reason: "duplicate" } });
    expect(seen.text).not.toContain(first.id);
    const { events } = (await provider.get(`/v1/requests/${second.id}/events`)).body;
    expect(events.at(-1)).toMatchObject({ type: "request.closed", reason: "duplicate" });
    expectProblem(await provider.post(`/v1/requests/${second.id}/withdrawal`, { reason: "No longer needed." }), "not-possible-now");
  });

  test("because the member is not eligible", async () => {
    const request = (await provider.submit(fresh())).body;
    expectProblem(await close(nurse, request, { reason: "ineligible", duplicateOf: request.id }), "validation-failed", [
      "/duplicateOf",
    ]);
    expect((await close(nurse, request, { reason: "ineligible" })).body).toMatchObject({ closeReason: "ineligible" });
  });

  test("is no provider's to close, takes the version that was seen, and names a request of the same member", async () => {
    const [request, other] = [(await provider.submit(fresh())).body, (await provider.submit(fresh())).body];
    const body = { reason: "ineligible" };
    expect((await close(provider, request, body)).status).toBe(403);
    expectProblem(await nurse.post(`/v1/requests/${request.id}/closure`, body), "if-match-required");
    expectProblem(await close(nurse, { ...request, version: 7 }, body), "version-conflict");
    for (const duplicateOf of [other.id, request.id, "PA-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
      expectProblem(await close(nurse, request, { reason: "duplicate", duplicateOf }), "validation-failed", ["/duplicateOf"]);
  });
});
