import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestKey } from "../../shared/aws/stored-request.ts";
import { isIntact } from "../../shared/domain/events.ts";
import { aSubmission } from "../builders.ts";
import type { Caller, Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { pdf } from "../files.ts";
import { casesOf, type Desk, deskOf, memberEndingIn, taken } from "../http/imaging-desk.ts";
import { described, upload } from "../http/upload.ts";
import { callerAt } from "../own-cloud.ts";
import { tableName, tableOf } from "../table-of.ts";
import { chance, rounds } from "./chance.ts";
import { type MortalCloud, mortalCloud } from "./mortal-cloud.ts";

let cloud: MortalCloud;
let provider: Caller;
let desk: Desk;

beforeAll(async () => {
  cloud = await mortalCloud();
  await cloud.start();
  // Tokens count real time, and are the same after a restart.
  provider = await callerAt(cloud, { role: "provider" });
  desk = deskOf(provider);
});
afterAll(() => cloud?.remove());

/** Tries until it works, as a client must whose answer was lost: each step may be repeated as it is. */
async function insistently<Value>(attempt: () => Promise<Value>): Promise<Value> {
  const done = await eventually(
    async () => {
      await cloud.alive();
      return attempt().then(
        (value) => ({ value }),
        (error: Error) => ({ failed: error.message }),
      );
    },
    (outcome) => "value" in outcome,
    90,
  );
  return (done as { value: Value }).value;
}

/** All that has to be true of a request, however often the machine died: nothing lost, nothing twice. */
async function expectWhole(id: string, types: readonly string[]): Promise<Json> {
  // What a machine left undone is taken up by the stream and the queues, in the end by the sweep of each minute: letters come last.
  const item = await eventually(
    async () => {
      const table = tableOf(cloud);
      const { Item } = await table.send(
        new GetItemCommand({ TableName: tableName, Key: requestKey(id as never), ConsistentRead: true }),
      );
      table.destroy();
      return Item;
    },
    (found) =>
      Number(found?.lastSequence?.N) >= types.length &&
      Object.keys(found?.outbox?.M ?? {}).length === 0 &&
      found?.outboxKey === undefined,
    90,
  );
  const events = await desk.events(id);
  expect(isIntact(events as never)).toBe(true);
  expect(events).toHaveLength(Number(item?.lastSequence?.N));
  expect(events.map((event) => event.type).sort()).toEqual([...types].sort());
  return desk.read(id);
}

const untilApproved = [
  "request.submitted",
  "document.registered",
  "document.available",
  "request.completed",
  "referral.released",
  "referral.sent",
  "referral.acknowledged",
  "line.decided",
  // To the provider and to the member.
  "notice.written",
  "notice.written",
];

describe("after a SIGKILL", () => {
  test.each(Array.from({ length: rounds(10, 1) }, (_, index) => [index + 1]))(
    "right behind a 201, the request is there, its events are published, and it can be brought to its end (%i)",
    async () => {
      const submitted: Json[] = await Promise.all([desk.submit("1"), desk.submit("1"), desk.submit("7")]);
      await cloud.kill();
      await cloud.start();

      for (const { id, receivedAt, dueAt, lines, member } of submitted) {
        const request = await expectWhole(id, ["request.submitted"]);
        expect(request).toMatchObject({ id, version: 1, receivedAt, dueAt, lines, member, status: "awaiting-information" });
      }
      const [first] = submitted;
      await insistently(() => desk.attach(first.id, pdf()));
      await desk.until(first.id, ({ status }) => status === "approved");
      await expectWhole(first.id, untilApproved);
      expect(await casesOf(cloud, first.id)).toHaveLength(1);
    },
  );

  test("right behind the store's 204, the upload is verified, referred and decided", async () => {
    const { id } = await desk.submit("1");
    const registered = await desk.register(id, pdf());
    expect((await upload(registered.upload, pdf().bytes)).status).toBe(204);
    await cloud.kill();
    await cloud.start();
    expect(await desk.settled(id, registered.id)).toMatchObject({ status: "available" });
    expect(await desk.until(id, ({ status }) => status === "approved")).toMatchObject({ exception: null });
    await expectWhole(id, untilApproved);
    expect(await casesOf(cloud, id)).toHaveLength(1);
  });

  test("a form that was signed before is good, and a repeated key meets the same request", async () => {
    const key = randomUUID();
    const body = aSubmission({ member: memberEndingIn("7") });
    const before = taken(await provider.submit(body, key), 201);
    const registered = await desk.register(before.id, pdf());
    await cloud.kill();
    await cloud.start();
    expect(await provider.submit(body, key)).toMatchObject({ status: 201, body: { id: before.id, receivedAt: before.receivedAt } });
    expect((await upload(registered.upload, pdf().bytes)).status).toBe(204);
    expect((await desk.settled(before.id, registered.id)).status).toBe("available");
  });
});

describe("while the machine dies again and again", () => {
  test.each(Array.from({ length: rounds(20, 1) }, (_, index) => [index + 1]))(
    "every request gets through, whole, with one case at the vendor (round %i)",
    async (seed) => {
      const luck = chance(seed);
      const travel = async (digit: string): Promise<string> => {
        const key = randomUUID();
        const body = aSubmission({ member: memberEndingIn(digit) });
        const { id } = await insistently(async () => taken(await provider.submit(body, key), 201));
        const document = await insistently(async () => {
          const answer = await provider.post(`/v1/requests/${id}/documents`, described(pdf()));
          // Decided meanwhile: the upload of an earlier attempt has arrived.
          if (answer.status === 409) return { status: "available" };
          const registered = taken(answer, 201);
          if (registered.upload && (await upload(registered.upload, pdf().bytes)).status !== 204) throw new Error("once more");
          return registered;
        });
        expect(["awaiting-upload", "verifying", "available"]).toContain(document.status);
        await insistently(async () => {
          if ((await desk.read(id)).status !== "approved") throw new Error("not yet");
        });
        return id;
      };

      let travelling = true;
      const travellers = Promise.all(["1", "1", "4"].map(travel)).finally(() => {
        travelling = false;
      });
      for (let deaths = 0; travelling && deaths < 4; deaths += 1) {
        // The moment is what is being tried: anywhere between a start and the end of the whole journey.
        await Promise.race([pause(luck.below(1_500)), travellers]);
        await cloud.kill();
        await cloud.start();
      }
      for (const id of await travellers) {
        expect(await expectWhole(id, untilApproved)).toMatchObject({ status: "approved", exception: null });
        expect(await casesOf(cloud, id)).toHaveLength(1);
      }
    },
  );
});
