import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isIntact, type RequestEvent } from "../../shared/domain/events.ts";
import type { DocumentId, RequestId } from "../../shared/domain/identifiers.ts";
import type { Request } from "../../shared/domain/request.ts";
import { ok } from "../../shared/domain/result.ts";
import { apply, type Transition } from "../../shared/domain/transition.ts";
import { registerDocument, settleDocument } from "../../shared/domain/transitions/documents.ts";
import { hearVendor } from "../../shared/domain/transitions/hear-vendor.ts";
import type { Bus, Outbox } from "../../shared/ports.ts";
import { change } from "../../shared/use-cases/change.ts";
import { HistoryConflict, relayOutbox, sweepOutbox } from "../../shared/use-cases/relay-outbox.ts";
import { aChange, at, policies, provider, received, vendorSays } from "../builders.ts";
import { chance, rounds } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());

const clock = { now: () => new Date().toISOString() };
type Chance = ReturnType<typeof chance>;

/** A bus that keeps what it took, and refuses or breaks off as chance has it: before or after it took the event. */
function unreliableBus(luck: Chance, share: number): Bus & { taken: RequestEvent[] } {
  const taken: RequestEvent[] = [];
  return {
    taken,
    async publish(event) {
      if (luck.strikes(share)) return false;
      if (luck.strikes(share)) throw new Error("the bus broke off");
      taken.push(event);
      if (luck.strikes(share)) throw new Error("the bus broke off after it had taken the event");
      return true;
    },
  };
}

/** The table's outbox, of which a relay may lose sight before or after each step. */
function unreliableOutbox(luck: Chance, share: number): Outbox {
  const lost = () => {
    if (luck.strikes(share)) throw new Error("the table broke off");
  };
  const around = async <Value>(step: () => Promise<Value>): Promise<Value> => {
    lost();
    const value = await step();
    lost();
    return value;
  };
  return {
    pending: (id) => around(() => table.outbox.pending(id)),
    record: (event) => around(() => table.outbox.record(event)),
    clear: (id, sequences, last, rest) => around(() => table.outbox.clear(id, sequences, last, rest)),
    waiting: (before, limit) => table.outbox.waiting(before, limit),
  };
}

async function created(id: RequestId): Promise<void> {
  expect(await table.requests.create(aChange({}, { id }, at(clock.now())), "fingerprint")).toBeUndefined();
}

async function changed<Command>(id: RequestId, transition: Transition<Command>, command: Command): Promise<Request> {
  const load = async () => {
    const request = await table.requests.find(id);
    if (!request) throw new Error("the request is gone");
    return ok(request);
  };
  const done = await change({ requests: table.requests, clock, policies }, load, provider, (request, context) =>
    apply(transition, request, command, context),
  );
  if (!done.ok) throw new Error(done.refusal.problem);
  return done.value;
}

/** Everything that is true of a request when its relays have come to rest. */
async function expectAllPublished(id: RequestId, taken: readonly RequestEvent[]): Promise<readonly RequestEvent[]> {
  const item = await table.item(id);
  expect(item.outbox?.M).toEqual({});
  expect(item.outboxKey).toBeUndefined();
  expect(item.outboxSort).toBeUndefined();

  const history = (await table.recorded(id)).map((content) => JSON.parse(content) as RequestEvent);
  expect(history).toHaveLength(Number(item.lastSequence?.N));
  expect(isIntact(history)).toBe(true);
  expect(await table.requests.history(id)).toEqual(history);

  // The bus heard each, repeats being the same bytes, and nothing later before an earlier one.
  const first = taken.filter((event, index) => taken.findIndex((other) => other.sequence === event.sequence) === index);
  expect(first).toEqual(history);
  for (const event of taken) expect(event).toEqual(history[event.sequence - 1]);
  return history;
}

const total = rounds(200, 12);

describe("changes and relays at once", () => {
  test.each(Array.from({ length: total }, (_, index) => [index + 1]))(
    "round %i: no event is lost, doubled or out of chain, and no relay touches the version",
    async (seed) => {
      const luck = chance(seed);
      const id = luck.requestId();
      const outbox = unreliableOutbox(luck, 0.01);
      const bus = unreliableBus(luck, 0.02);
      await created(id);

      const versions: number[] = [];
      const document = () => luck.letters(26) as DocumentId;
      const documents = Array.from({ length: 6 }, document);
      const work = [0, 1, 2].map(async (worker) => {
        for (const documentId of documents.slice(worker * 2, worker * 2 + 2)) {
          versions.push((await changed(id, registerDocument, { id: documentId, kind: "clinical" })).version);
          if (luck.strikes(0.5)) await turn();
          versions.push((await changed(id, settleDocument, { id: documentId, status: "available" })).version);
        }
        const said = vendorSays("acknowledged", worker + 1, { eventId: `event-${worker}` });
        versions.push((await changed(id, hearVendor, said)).version);
      });
      let working = true;
      const done = Promise.all(work).finally(() => {
        working = false;
      });
      const relays = [1, 2, 3].map(async () => {
        while (working) {
          await relayOutbox({ outbox, bus }, id).catch(() => 0);
          await turn();
        }
      });
      let seen = 0;
      const reader = (async () => {
        while (working) {
          const history = await table.requests.history(id);
          expect(isIntact(history)).toBe(true);
          expect(history.length).toBeGreaterThanOrEqual(seen);
          seen = history.length;
        }
      })();
      await Promise.all([done, ...relays, reader]);

      const before = await table.requests.find(id);
      while ((await table.outbox.pending(id))?.events.length) await relayOutbox({ outbox, bus }, id).catch(() => 0);
      expect(await table.requests.find(id)).toEqual(before);

      // Each change made one version, and nothing else did.
      expect(versions.toSorted((a, b) => a - b)).toEqual(versions.map((_, index) => index + 2));
      expect(before?.version).toBe(versions.length + 1);
      const history = await expectAllPublished(id, bus.taken);
      const count = (type: string) => history.filter((event) => event.type === type).length;
      expect(count("document.registered")).toBe(6);
      expect(new Set(history.flatMap((event) => event.documentId ?? []))).toEqual(new Set(documents));
      expect(count("document.available")).toBe(6);
      expect(count("request.submitted")).toBe(1);
      expect(count("referral.released")).toBe(1);
      expect(count("referral.acknowledged")).toBe(1);
    },
  );
});

describe("a relay", () => {
  const steady = chance(0);

  test("leaves what the bus does not take, and goes on there the next time", async () => {
    const id = chance(1_001).requestId();
    await created(id);
    await changed(id, registerDocument, { id: "A".repeat(26) as DocumentId, kind: "clinical" });
    const refused = unreliableBus(steady, 1);
    await expect(relayOutbox({ outbox: table.outbox, bus: refused }, id)).rejects.toThrow(/did not take/);
    expect((await table.outbox.pending(id))?.events.map((event) => event.sequence)).toEqual([1, 2]);
    const bus = unreliableBus(steady, 0);
    expect(await relayOutbox({ outbox: table.outbox, bus }, id)).toBe(2);
    expect(await relayOutbox({ outbox: table.outbox, bus }, id)).toBe(0);
    await expectAllPublished(id, bus.taken);
  });

  test("that breaks off does not send again what has gone out", async () => {
    const id = chance(1_004).requestId();
    await created(id);
    await changed(id, registerDocument, { id: "A".repeat(26) as DocumentId, kind: "clinical" });
    const first = unreliableBus(steady, 0);
    const breaking = { publish: async (event: RequestEvent) => event.sequence === 1 && (await first.publish(event)) };
    await expect(relayOutbox({ outbox: table.outbox, bus: breaking }, id)).rejects.toThrow(/did not take/);
    expect((await table.outbox.pending(id))?.events.map((event) => event.sequence)).toEqual([2]);
    expect(await table.outbox.waiting("9999", 10)).toContain(id);
    expect(await relayOutbox({ outbox: table.outbox, bus: first }, id)).toBe(1);
    await expectAllPublished(id, first.taken);
  });

  test("empties an outbox that has grown long while the bus was away", async () => {
    const id = chance(1_002).requestId();
    await created(id);
    for (let version = 1; version <= 250; version += 1)
      await changed(id, hearVendor, vendorSays("acknowledged", version, { eventId: `event-${version}`, caseId: `NIA-${version}` }));
    expect((await table.outbox.pending(id))?.events.length).toBe(251);
    const bus = unreliableBus(steady, 0);
    expect(await relayOutbox({ outbox: table.outbox, bus }, id)).toBe(251);
    await expectAllPublished(id, bus.taken);
  });

  test("stops at a number that other bytes have taken, and publishes neither it nor what follows", async () => {
    const id = chance(1_003).requestId();
    await created(id);
    const [event] = (await table.outbox.pending(id))?.events ?? [];
    if (!event) throw new Error("nothing is pending");
    await table.outbox.record({ ...event, hash: "f".repeat(64) });
    const bus = unreliableBus(steady, 0);
    await expect(relayOutbox({ outbox: table.outbox, bus }, id)).rejects.toThrow(HistoryConflict);
    expect(bus.taken).toEqual([]);
    expect((await table.outbox.pending(id))?.events).toHaveLength(1);
  });
});

describe("the sweep", () => {
  test("relays what has waited for a minute, oldest first, and one that fails does not hold up the others", async () => {
    const luck = chance(2_000);
    const [failing, ...others] = Array.from({ length: 12 }, luck.requestId) as [RequestId, ...RequestId[]];
    for (const [index, id] of [failing, ...others].entries()) {
      const time = new Date(Date.parse(received) - (60 - index) * 1000).toISOString();
      await table.requests.create(aChange({}, { id }, at(time)), "fingerprint");
    }
    const good = unreliableBus(luck, 0);
    const bus: Bus = { publish: async (event) => event.requestId !== failing && good.publish(event) };
    const failures: RequestId[] = [];
    const sweep = (now: string) => sweepOutbox({ outbox: table.outbox, bus, clock: { now: () => now } }, (id) => failures.push(id));

    await sweep(received);
    expect(good.taken).toEqual([]);
    await sweep(new Date(Date.parse(received) + 60_000).toISOString());
    expect(good.taken.map((event) => event.requestId)).toEqual(others);
    expect(failures).toContain(failing);
  });
});
