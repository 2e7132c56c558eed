import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { aSubmission, byMail, therapy } from "./bodies.ts";
import { type Caller, caller, control, type Json } from "./client.ts";
import { attachNote } from "./clinical-note.ts";

const provider = await caller({ role: "provider" });
const historyOf = async (id: string, who: Caller = provider): Promise<Json[]> =>
  (await who.get(`/v1/requests/${id}/events`)).body.events;

/** Written anew from what the API documents, so that the product's own code cannot vouch for itself. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
    .join(",")}}`;
}

function expectIntact(events: Json[]): void {
  let previousHash = "0".repeat(64);
  for (const [index, { hash, ...event }] of events.entries()) {
    expect(event.sequence).toBe(index + 1);
    expect(event.previousHash).toBe(previousHash);
    expect(hash).toBe(createHash("sha256").update(canonical(event)).digest("hex"));
    previousHash = hash;
  }
}

/** A request that has been through a good deal: its history, and the request as it stands. */
async function busyRequest() {
  const { description: _, ...undescribed } = therapy();
  const { body } = await provider.submit(
    aSubmission({ lines: [undescribed], member: { ...aSubmission().member, id: "70000000021" } }),
  );
  await attachNote(provider, body.id);
  const path = `/v1/requests/${body.id}`;
  await provider.post(`${path}/information`, {
    lines: [{ lineNumber: 1, description: "Exercises at the bar" }],
    answers: [{ code: "x", text: "Yes, twice a week." }],
  });
  await provider.post(`${path}/withdrawal`, { reason: "She has moved to Cleveland." });
  return { id: body.id as string, request: (await provider.get(path)).body };
}

describe("a request's history", async () => {
  const { id, request } = await busyRequest();
  const events = await historyOf(id);

  test("tells what happened, in order, by whom and when", () => {
    expect(events.map((event) => event.type)).toEqual([
      "request.submitted",
      "document.registered",
      "document.available",
      "information.received",
      "request.completed",
      "request.withdrawn",
    ]);
    expect(events[0]).toMatchObject({
      requestId: id,
      sequence: 1,
      at: request.receivedAt,
      lines: [1],
      actor: { type: "provider" },
    });
    expect(events[2]).toMatchObject({ documentId: request.documents[0].id, actor: { type: "system" } });
    expect(events[3]).toMatchObject({ fields: ["answers", "lines"] });
    expect(events.at(-1)).toMatchObject({ at: request.withdrawal.at, actor: { type: "provider" } });
    expect(events.map((event) => event.at)).toEqual(events.map((event) => event.at).toSorted());
  });

  test("has no gap, and each event's hash covers the one before it", () => {
    expectIntact(events);
    expect(() =>
      expectIntact(events.map((event) => (event.sequence === 3 ? { ...event, at: "2026-01-01T00:00:00.000Z" } : event))),
    ).toThrow();
    expect(() => expectIntact(events.filter((event) => event.sequence !== 3))).toThrow();
  });

  test("holds nothing personal", () => {
    // A hash may have any digits in it.
    const text = JSON.stringify(events, (key, value) => (key === "hash" || key === "previousHash" ? undefined : value));
    for (const word of [
      "70000000021",
      "Ada",
      "Reyes",
      "1986-04-02",
      "Radiculopathy",
      "M54",
      "97110",
      "Exercises",
      "twice",
      "Cleveland",
      "physiotherapist",
      "example.org",
      "Dayton",
      "1234567893",
    ])
      expect(text).not.toContain(word);
  });

  test("does not change any more, and neither do version and time of the request when it is published", async () => {
    await control("idle");
    await control("jobs");
    await control("idle");
    expect(await historyOf(id)).toEqual(events);
    expect((await provider.get(`/v1/requests/${id}`)).body).toEqual(request);
  });
});

describe("events that are not published yet", () => {
  test("stand in the history as soon as the change is answered", async () => {
    const clerk = await caller({ role: "clerk" });
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const { body } = await clerk.submit(byMail());
        expect((await historyOf(body.id, clerk)).map((event) => [event.type, event.actor.type])).toEqual([
          ["request.submitted", "clerk"],
        ]);
        for (const version of [2, 3, 4]) {
          await clerk.post(`/v1/requests/${body.id}/information`, { answers: [{ code: "x", text: `version ${version}` }] });
          expect(await historyOf(body.id, clerk)).toHaveLength(version);
        }
      }),
    );
  });

  test("and changes at the same time leave no gap and no fork", async () => {
    const { body } = await provider.submit(aSubmission({ lines: [therapy()] }));
    const path = `/v1/requests/${body.id}/information`;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, number) =>
        provider.post(path, { answers: [{ code: `q${number}`, text: `answer ${number}` }] }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(12).fill(200));
    const events = await historyOf(body.id);
    expect(events).toHaveLength(13);
    expectIntact(events);
    expect((await provider.get(`/v1/requests/${body.id}`)).body).toMatchObject({ version: 13 });
    await control("idle");
    expect(await historyOf(body.id)).toEqual(events);
  });
});
