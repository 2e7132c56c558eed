import { rmSync } from "node:fs";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openIdentities } from "../../infra/local/identities.ts";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { aSubmission } from "../builders.ts";
import { callerOf } from "../caller.ts";
import { recordOf } from "../grants/record.ts";
import { withoutStreamReaders } from "../grants/removal.ts";
import { addressOf, synthesized } from "../own-cloud.ts";

/** A cloud whose table wakes nobody, so that only the schedules do any work. */
let cloud: PocketCloud;
beforeAll(async () => {
  const place = await synthesized();
  withoutStreamReaders(place.assembly);
  cloud = await startPocketCloud({ ...place, record: recordOf("sweep") });
});
afterAll(async () => {
  await cloud?.close();
  if (cloud) rmSync(cloud.directory, { recursive: true, force: true });
});

/** Requests with an event that is not published yet. */
const unpublished = async (): Promise<number> => {
  const credentials = openIdentities(cloud.directory).of("developer");
  const developer = new DynamoDBClient({ endpoint: cloud.table.url, region: "us-east-1", credentials });
  try {
    return (await developer.send(new ScanCommand({ TableName: "prior-auth-local", IndexName: "outbox" }))).Count ?? 0;
  } finally {
    developer.destroy();
  }
};

test("what the relay left is published by the sweep, and stands in the history", async () => {
  const provider = await callerOf(addressOf(cloud.directory, cloud.port), { role: "provider" });
  const { status, body } = await provider.submit(aSubmission());
  expect(status).toBe(201);
  await cloud.idle();
  expect(await unpublished()).toBe(1);
  await cloud.advance(2 * 60_000);
  await cloud.idle();
  expect(await unpublished()).toBe(0);
  const { body: history } = await provider.get(`/v1/requests/${body.id}/events`);
  expect(history.events.map((event: { type: string }) => event.type)).toContain("request.submitted");
});
