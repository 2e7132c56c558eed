import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { removeAction } from "../grants/removal.ts";
import { grantsOf } from "../grants/template.ts";
import { synthesized } from "../own-cloud.ts";

const jobs = ["run-timers", "sweep-outbox", "publish-metrics"];

/** A cloud whose jobs may not read their indexes. Its record is its own: what it refuses is no finding about the template. */
let cloud: PocketCloud;
beforeAll(async () => {
  const place = await synthesized();
  for (const { holder, statement, action } of grantsOf(place.assembly))
    if (jobs.some((job) => holder === `prior-auth-local-${job}`) && action === "dynamodb:Query")
      removeAction(place.assembly, { statement, action });
  cloud = await startPocketCloud(place);
});
afterAll(async () => {
  await cloud?.close();
  if (cloud) rmSync(cloud.directory, { recursive: true, force: true });
});

test("a job that fails after its start leaves one dead letter for each run, which says so", async () => {
  const failed = jobs.map((job) => ({ schedule: `prior-auth-local-${job}`, failed: true }));
  expect(await cloud.schedules.fireAll()).toEqual(failed);
  for (const job of jobs) {
    const letters = cloud.queues.get(`prior-auth-local-${job}-dead`).receive(10);
    expect(letters.map(({ message }) => JSON.parse(message.body))).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({ condition: "RetriesExhausted" }),
        requestPayload: expect.objectContaining({ source: "aws.scheduler" }),
        responsePayload: { errorType: "Error", errorMessage: `${job} failed` },
      }),
    ]);
  }
});
