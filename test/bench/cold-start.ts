import { randomUUID } from "node:crypto";
import { coldCaller, itemOfFirstSubmission } from "./invocations.ts";
import { median, type Row } from "./row.ts";
import { submissionEvent } from "./submission.ts";
import { startTableProcess, type Workspace } from "./workspace.ts";

const pairs = 60;
const discarded = 4;

/**
 * Time from the call of a function that was never called before to its first answer: `submit-request` over the baseline. Fair,
 * because both are built by the same options and run in the same way: a new worker thread each time, with an isolate and modules of
 * its own, under the same settings, on the same table in another process, over a connection that has to be made first; and both
 * write the same item. They take turns, so that whatever else the machine does meets both; medians leave out what meets one alone.
 */
export async function coldStart(workspace: Workspace): Promise<Row[]> {
  const table = await startTableProcess(workspace);
  try {
    const item = await itemOfFirstSubmission(workspace, table);
    const call = coldCaller(workspace, table);
    const submission = async () => (await call(workspace.submitRequest, submissionEvent())).milliseconds;
    const write = async () =>
      (await call(workspace.baseline, { item: { ...item, pk: { S: `REQUEST#${randomUUID()}` } } })).milliseconds;

    const ours: number[] = [];
    const bare: number[] = [];
    for (let pair = 0; pair < discarded + pairs; pair += 1) {
      // Whoever comes second may find the machine warmer.
      const times =
        pair % 2 === 0 ? { ours: await submission(), bare: await write() } : { bare: await write(), ours: await submission() };
      if (pair < discarded) continue;
      ours.push(times.ours);
      bare.push(times.bare);
    }
    if (process.env.BENCH_DETAIL) console.error(`cold start: ${median(ours).toFixed(1)} ms over ${median(bare).toFixed(1)} ms`);
    const value = median(ours.map((time, index) => time / (bare[index] ?? Number.NaN)));
    return [{ name: "cold start of submit-request over one bare PutItem", value, goal: 1.2, unit: "ratio" }];
  } finally {
    await table.close();
  }
}
