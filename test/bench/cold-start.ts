import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import type { FunctionDefinition } from "../../infra/local/functions/definitions.ts";
import { environmentOf, itemOfFirstSubmission } from "./invocations.ts";
import { median, type Row } from "./row.ts";
import { submissionEvent } from "./submission.ts";
import { startTableProcess, type TableProcess, type Workspace } from "./workspace.ts";

const pairs = 60;
const discarded = 4;

/** What Lambda's runtime does at a cold start and no more: loads the code, calls it, passes its answer on. */
const runtime = `
  const { handler } = require(process.argv[1]);
  handler(JSON.parse(process.argv[2]), { awsRequestId: "1", getRemainingTimeInMillis: () => 10000 })
    .then((answer) => require("node:fs").writeSync(3, String(answer.statusCode)));
`;

/**
 * Time from the start of a process to the first answer of the function in it: `submit-request` over the baseline. Fair, because both
 * are built by the same options and run in the same way: as in Lambda in a new process each time, in the same environment, on the
 * same table in another process, over a connection that has to be made first; and both write the same item. They take turns, so that
 * whatever else the machine does meets both, and the median of the neighbours' ratios leaves out what meets one alone.
 */
export async function coldStart(workspace: Workspace): Promise<Row[]> {
  const table = await startTableProcess(workspace);
  try {
    const item = await itemOfFirstSubmission(workspace, table);
    const submission = () => firstAnswer(workspace.submitRequest, table, submissionEvent());
    const write = () => firstAnswer(workspace.baseline, table, { item: { ...item, pk: { S: `REQUEST#${randomUUID()}` } } });

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

/** In milliseconds. */
async function firstAnswer(definition: FunctionDefinition, table: TableProcess, event: unknown): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ["-e", runtime, `${definition.codeDirectory}/index.js`, JSON.stringify(event)], {
    env: environmentOf(definition, table),
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const exited = once(child, "exit");
  const [status] = (await once(child.stdio[3] as Readable, "data")) as [Buffer];
  const milliseconds = performance.now() - began;
  if (String(status) !== "201") throw new Error(`${definition.codeDirectory} answered ${status}`);
  child.kill();
  await exited;
  return milliseconds;
}
