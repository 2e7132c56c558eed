import { afterAll, beforeAll, expect, test } from "vitest";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { aSubmission } from "../builders.ts";
import { eventually } from "../eventually.ts";
import { recordOf } from "../grants/record.ts";
import { addressOf, callerAt, synthesized } from "../own-cloud.ts";
import { forget } from "./private-words.ts";
import { unpublishedIn } from "./unpublished.ts";

let cloud: PocketCloud;
beforeAll(async () => {
  cloud = await startPocketCloud({ ...(await synthesized()), record: recordOf("relay") });
});
afterAll(async () => {
  await cloud?.close();
  if (cloud) forget(cloud.directory);
});

test("what the relay has published waits no longer", async () => {
  const provider = await callerAt(addressOf(cloud.directory, cloud.port), { role: "provider" });
  expect((await provider.submit(aSubmission())).status).toBe(201);
  await eventually(
    () => unpublishedIn(cloud),
    (waiting) => waiting === 0,
  );
});
