import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { timeLines } from "../../shared/aws/keys.ts";
import { newDocument } from "../../shared/domain/document.ts";
import type { DocumentId, RequestId } from "../../shared/domain/identifiers.ts";
import type { Wake } from "../../shared/ports.ts";
import { runTimers, type TimerDeps } from "../../shared/use-cases/run-timers.ts";
import { aChange, at, policies } from "../builders.ts";
import { chance } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());

const luck = chance(4_711);
const minute = 60_000;
const later = (instant: string, milliseconds: number) => new Date(Date.parse(instant) + milliseconds).toISOString();

type Failure = { wake: Wake; attempts: number; givenUp: boolean };

/** A run at that time, in which changes to some requests cannot be saved. */
async function run(
  now: string,
  failing: ReadonlySet<RequestId> = new Set(),
  meanwhile?: () => Promise<unknown>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const requests: TimerDeps["requests"] = {
    find: table.requests.find,
    save: async (change, version) => {
      if (!failing.has(change.request.id)) return table.requests.save(change, version);
      await meanwhile?.();
      throw new Error("the table does not take it");
    },
  };
  await runTimers(
    { requests, documents: table.documents, timers: table.timers, clock: { now: () => now }, policies },
    (wake, _error, given) => failures.push({ wake, ...given }),
  );
  return failures;
}

/** A request that waits for documents; its referral is due at a quarter of its seven days. */
async function waiting(receivedAt: string): Promise<{ id: RequestId; dueAt: string }> {
  const id = luck.requestId();
  const change = aChange({}, { id }, at(receivedAt));
  await table.requests.create(change, "fingerprint");
  return { id, dueAt: change.request.referral?.dueAt ?? "" };
}

const stateOf = async (id: RequestId) => {
  const item = await table.item(id);
  const request = await table.requests.find(id);
  return {
    releasedAt: request?.referral?.releasedAt,
    // What only waits to be counted stands in the same index, and fires nothing.
    timer: item.timersKey?.S?.startsWith(`${timeLines.fires}#`) ? item.timersSort?.S?.split("#")[0] : undefined,
    queue: item.worklistKey?.S?.split("#")[0],
  };
};

describe("a timer that fails", () => {
  test("is put off for twice as long each time, and is a person's after eight attempts; the others fire", async () => {
    const { id, dueAt } = await waiting("2027-01-04T12:00:00.000Z");
    const neighbours = await Promise.all(Array.from({ length: 20 }, () => waiting("2027-01-04T12:00:00.000Z")));
    const failing = new Set([id]);

    let now = dueAt;
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      expect(await run(later(now, -1), failing), `before attempt ${attempt}`).toEqual([]);
      expect(await run(now, failing)).toMatchObject([{ wake: { requestId: id }, attempts: attempt, givenUp: attempt === 8 }]);
      if (attempt === 8) break;
      const { timer, releasedAt } = await stateOf(id);
      expect(releasedAt).toBeNull();
      expect(Date.parse(timer ?? "") - Date.parse(now), `after attempt ${attempt}`).toBe(2 ** (attempt - 1) * minute);
      now = timer ?? "";
    }
    expect(await stateOf(id)).toEqual({ releasedAt: null, timer: undefined, queue: "vendor-exceptions" });
    expect(await run(later(now, 1_000 * 24 * 60 * minute), failing)).toEqual([]);
    for (const neighbour of neighbours) expect(await stateOf(neighbour.id)).toMatchObject({ releasedAt: dueAt, timer: undefined });
  });

  test("works again as soon as the fault is gone", async () => {
    const { id, dueAt } = await waiting("2027-02-01T12:00:00.000Z");
    await run(dueAt, new Set([id]));
    const again = (await stateOf(id)).timer ?? "";
    expect(await run(again)).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ releasedAt: again, timer: undefined, queue: "intake" });
    expect((await table.item(id)).timerAttempts).toBeUndefined();
  });

  test("is left alone when somebody has changed its request meanwhile", async () => {
    const { id, dueAt } = await waiting("2027-03-01T12:00:00.000Z");
    const other = await waiting("2027-03-01T12:00:00.000Z");
    const failures = await run(dueAt, new Set([id]), () => run(dueAt));
    expect(failures).toMatchObject([{ wake: { requestId: id }, givenUp: false }]);
    expect(await stateOf(id)).toMatchObject({ releasedAt: dueAt, timer: undefined });
    expect(await stateOf(other.id)).toMatchObject({ releasedAt: dueAt });
  });
});

describe("a timer that fires", () => {
  test("twice at once takes effect once", async () => {
    const { id, dueAt } = await waiting("2027-04-05T12:00:00.000Z");
    await Promise.all([run(dueAt), run(dueAt), run(dueAt)]);
    const history = await table.requests.history(id);
    expect(history.map((event) => event.type)).toEqual(["request.submitted", "referral.released"]);
  });

  test("for a document that never came gives up its place, though the request could not be told at first", async () => {
    const { id, dueAt } = await waiting("2027-05-03T12:00:00.000Z");
    await run(dueAt);
    const request = await table.requests.find(id);
    if (!request) throw new Error("the request is gone");
    const documentId = luck.letters(26) as DocumentId;
    const registered = {
      ...request,
      version: request.version + 1,
      documents: [{ id: documentId, kind: "clinical", status: "pending" }],
    } as const;
    await table.requests.save({ request: registered, events: [] }, request.version);
    const description = { fileName: "a", contentType: "text/plain", size: 1, sha256: "", kind: "clinical" } as const;
    await table.documents.create(newDocument({ requestId: id, id: documentId, description, now: dueAt, uploadHours: 24 }));

    const expiry = later(dueAt, 24 * 60 * minute);
    expect(await run(later(expiry, -1), new Set([id]))).toEqual([]);
    expect(await run(expiry, new Set([id]))).toMatchObject([{ wake: { requestId: id, documentId }, attempts: 1, givenUp: false }]);
    expect((await table.documents.find(id, documentId))?.status).toBe("awaiting-upload");
    expect(await run(later(expiry, minute))).toEqual([]);
    expect(await table.documents.find(id, documentId)).toMatchObject({ status: "expired", reason: expect.stringMatching(/again/) });
    expect((await table.requests.find(id))?.documents).toMatchObject([{ status: "expired" }]);
    expect((await table.requests.history(id)).filter((event) => event.type === "document.expired")).toHaveLength(1);
  });
});
