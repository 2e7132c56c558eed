import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { aSubmission, mri, theLeast } from "./bodies.ts";
import { type Answer, caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";

const provider = await caller({ role: "provider" });

describe("the same submission 50 times at once, with one key", async () => {
  const key = randomUUID();
  const { npi, organization } = await enroll();
  const who = await caller({ role: "provider", organization });
  const body = aSubmission({ requestingProvider: { npi, name: "Dayton Orthopaedics" } });
  const answers = await Promise.all(Array.from({ length: 50 }, () => who.submit(body, key)));
  const distinct = (of: (answer: Answer) => unknown) => new Set(answers.map((answer) => JSON.stringify(of(answer)))).size;

  test("all are answered 201, all but one as replays", () => {
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(201));
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true")).toHaveLength(49);
  });

  test("there is one request: its id, times and lines are the same in all answers", () => {
    for (const member of ["id", "receivedAt", "dueAt", "lines", "version"])
      expect(
        distinct((answer) => answer.body[member]),
        member,
      ).toBe(1);
    expect(distinct((answer) => [answer.headers.get("location"), answer.headers.get("etag")])).toBe(1);
  });

  test("one request is listed, with one submission in its history", async () => {
    const { items } = (await who.get("/v1/requests")).body;
    expect(items.map((item: Json) => item.id)).toEqual([answers[0]?.body.id]);
    const { events } = (await who.get(`/v1/requests/${answers[0]?.body.id}/events`)).body;
    expect(events.map((event: Json) => event.type)).toEqual(["request.submitted"]);
  });
});

describe("an idempotency key", () => {
  test("is good for one body: the order of members and spaces do not matter, words do", async () => {
    const key = randomUUID();
    const body = theLeast({ lines: [mri()] });
    const first = await provider.submit(body, key);
    const reversed = Object.fromEntries(Object.entries(body).reverse());
    const again = await provider.submit(JSON.stringify(reversed, null, 4), key);
    expect(again.status).toBe(201);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);

    expectProblem(await provider.submit({ ...body, priority: "expedited" }, key), "idempotency-key-reused");
    // A default that is said is another body: the fingerprint is taken of what was sent.
    expectProblem(await provider.submit({ ...body, emergency: false }, key), "idempotency-key-reused");
    expect((await provider.get(`/v1/requests/${first.body.id}`)).body).toEqual(first.body);
  });

  test("answers with the request as it stands now, and never expires", async () => {
    const key = randomUUID();
    const body = theLeast();
    const { body: submitted } = await provider.submit(body, key);
    const withdrawn = await provider.post(`/v1/requests/${submitted.id}/withdrawal`, { reason: "No longer needed." });
    const again = await provider.submit(body, key);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(withdrawn.body);
    expect(again.headers.get("etag")).toBe('"2"');
  });

  test("may be used again when the body was refused: a refusal stores nothing", async () => {
    const key = randomUUID();
    expectProblem(await provider.submit(theLeast({ priority: "yesterday" }), key), "validation-failed", ["/priority"]);
    const corrected = await provider.submit(theLeast(), key);
    expect(corrected.status).toBe(201);
    expect(corrected.headers.get("idempotent-replayed")).toBeNull();
  });

  test("is its caller's own: another organization or subject with the same key makes another request", async () => {
    const key = randomUUID();
    const callers = [
      provider,
      await caller({ role: "provider", organization: "org-a" }),
      await caller({ role: "provider", subject: "another-machine-of-org-demo" }),
    ];
    const answers = await Promise.all(callers.map((who) => who.submit(theLeast(), key)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(3);
    for (const answer of answers) expect(answer.headers.get("idempotent-replayed")).toBeNull();
  });

  test("from another key another request, though the body is the same but for the member", async () => {
    const [one, other] = [await provider.submit(theLeast()), await provider.submit(theLeast())];
    expect(one.body.id).not.toBe(other.body.id);
  });

  test.each([
    ["absent", undefined],
    ["empty", ""],
    ["of 15 characters", "k".repeat(15)],
    ["of 129 characters", "k".repeat(129)],
    ["with a space", "a key with spaces in it"],
    ["with a dot", "key.with.dots.in.it"],
  ])("%s: refused, whatever the body", async (_what, key) => {
    const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
    expectProblem(await provider.post("/v1/requests", theLeast(), headers), "idempotency-key-required");
    expectProblem(await provider.post("/v1/requests", "{", headers), "idempotency-key-required");
  });

  test.each([16, 128])("of %i characters: taken", async (length) => {
    const key = randomUUID().replaceAll("-", "_").padEnd(length, "Z").slice(0, length);
    expect((await provider.submit(theLeast(), key)).status).toBe(201);
  });
});
