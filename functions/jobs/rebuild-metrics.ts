import { everyRequest } from "../../shared/aws/every-request.ts";
import { type RebuildOrder, rebuildMetrics } from "../../shared/use-cases/rebuild-metrics.ts";
import { clock } from "../lib/deps/clock.ts";
import { dynamo } from "../lib/deps/dynamo.ts";
import { ledger } from "../lib/deps/ledger.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { env } from "../lib/env.ts";
import { jobByHand } from "../lib/job.ts";

/** Another page, or another year of the ledger, begins before this is over: who waits for an answer gives up after five minutes. */
const workMilliseconds = 120_000;

const inventory = everyRequest(dynamo, env("TABLE_NAME").TABLE_NAME);

/** By `npm run metrics:rebuild`, which calls it again with `next` as its `cursor` until there is none. */
export const handler = jobByHand("rebuild-metrics", async (order: RebuildOrder) => {
  const end = performance.now() + workMilliseconds;
  const rebuilt = await rebuildMetrics({ requests, inventory, ledger, clock, policy }, order, () => performance.now() < end);
  return { count: rebuilt.decided, answer: rebuilt };
});
