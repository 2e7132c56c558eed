import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { environmentOf, itemOfFirstSubmission } from "./invocations.ts";
import { median, type Row } from "./row.ts";
import { startTableProcess, type Workspace } from "./workspace.ts";

/**
 * Processor time of a warm submission over that of the raw call that it cannot do without: one PutItem of the same item. The two
 * bundles run in one process of their own, in turns of a few calls each, against a table in another process, so that its work does
 * not count; garbage collection and compilation count for whoever causes them. What is compared are the medians of all turns.
 */
export async function warmCpu(workspace: Workspace): Promise<Row[]> {
  const table = await startTableProcess(workspace);
  try {
    const item = await itemOfFirstSubmission(workspace, table);
    const child = fork(join(import.meta.dirname, "warm-cpu-process.ts"), {
      env: { PATH: process.env.PATH, ...environmentOf(workspace.submitRequest, table) },
      // The log goes into a pipe that is read, as in Lambda.
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    child.stdout?.resume();
    child.send({
      submitRequest: join(workspace.submitRequest.codeDirectory, "index.js"),
      baseline: join(workspace.baseline.codeDirectory, "index.js"),
      item,
    });
    const [turns] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => Promise.reject(new Error("it failed"))),
    ])) as [{ ours: number; bare: number }[]];
    const ours = median(turns.map((turn) => turn.ours));
    const bare = median(turns.map((turn) => turn.bare));
    if (process.env.BENCH_DETAIL) console.error(`warm CPU: ${ours.toFixed(3)} ms over ${bare.toFixed(3)} ms a call`);
    return [{ name: "warm CPU of a submission over the raw PutItem", value: ours / bare, goal: 1.25, unit: "ratio" }];
  } finally {
    await table.close();
  }
}
