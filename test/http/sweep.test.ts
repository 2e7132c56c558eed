import { afterAll, beforeAll, expect, test } from "vitest";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { aSubmission } from "../builders.ts";
import { recordOf } from "../grants/record.ts";
import { withoutStreamReaders } from "../grants/removal.ts";
import { addressOf, callerAt, synthesized } from "../own-cloud.ts";
import { forget } from "./private-words.ts";
import { unpublishedIn } from "./unpublished.ts";

/** A cloud whose table wakes nobody, so that only the schedules do any work. */
let cloud: PocketCloud;
beforeAll(async () => {
  const place = await synthesized();
  withoutStreamReaders(place.assembly);
  cloud = await startPocketCloud({ ...place, record: recordOf("sweep") });
});
afterAll(async () => {
  await cloud?.close();
  if (cloud) forget(cloud.directory);
});

test("what the relay left is published by the sweep, and stands in the history", async () => {
  const provider = await callerAt(addressOf(cloud.directory, cloud.port), { role: "provider" });
  const { status, body } = await provider.submit(aSubmission());
  expect(status).toBe(201);
  await cloud.idle();
  expect(await unpublishedIn(cloud)).toBe(1);
  await cloud.advance(2 * 60_000);
  await cloud.idle();
  expect(await unpublishedIn(cloud)).toBe(0);
  const { body: history } = await provider.get(`/v1/requests/${body.id}/events`);
  expect(history.events.map((event: { type: string }) => event.type)).toContain("request.submitted");
});
