import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { aSubmission } from "../builders.ts";
import { callerOf } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { recordOf } from "../grants/record.ts";
import { addressOf, synthesized } from "../own-cloud.ts";
import { unpublishedIn } from "./unpublished.ts";

let cloud: PocketCloud;
beforeAll(async () => {
  cloud = await startPocketCloud({ ...(await synthesized()), record: recordOf("relay") });
});
afterAll(async () => {
  await cloud?.close();
  if (cloud) rmSync(cloud.directory, { recursive: true, force: true });
});

test("what the relay has published waits no longer", async () => {
  const provider = await callerOf(addressOf(cloud.directory, cloud.port), { role: "provider" });
  expect((await provider.submit(aSubmission())).status).toBe(201);
  await eventually(
    () => unpublishedIn(cloud),
    (waiting) => waiting === 0,
  );
});
