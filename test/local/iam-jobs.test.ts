import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../../infra/bundle.ts";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { aSubmission } from "../builders.ts";
import { callerOf } from "../caller.ts";
import { recordOf } from "../grants/record.ts";
import { withoutStreamReaders } from "../grants/removal.ts";
import { addressOf, synthesized } from "../own-cloud.ts";

/** A cloud whose table wakes nobody, so that only the schedules do any work. */
let cloud: PocketCloud;
beforeAll(async () => {
  await bundle();
  const place = await synthesized();
  withoutStreamReaders(place.assembly);
  cloud = await startPocketCloud({ ...place, record: recordOf("jobs") });
});
afterAll(async () => {
  await cloud?.close();
  if (cloud) rmSync(cloud.directory, { recursive: true, force: true });
});

test("sweep-outbox publishes what the relay left by its own right", async () => {
  const provider = await callerOf(addressOf(cloud.directory, cloud.port), { role: "provider" });
  const { status, body } = await provider.submit(aSubmission());
  expect(status).toBe(201);
  const waiting = async () => (await cloud.table.stream.read("prior-auth-local", 100)).records.length;
  expect(await waiting()).toBeGreaterThan(0);
  await cloud.advance(2 * 60_000);
  await cloud.idle();
  // The relay's part is done when the event stands by itself: its item is a change of the table too.
  const { records } = await cloud.table.stream.read("prior-auth-local", 100);
  expect(records.map(({ dynamodb }) => dynamodb.Keys.sk?.S).filter((key) => key?.startsWith("EVENT#")).length).toBeGreaterThan(0);
  const { body: history } = await provider.get(`/v1/requests/${body.id}/events`);
  expect(history.events.length).toBeGreaterThan(0);
});
