import { readArguments, WrongUse } from "../../infra/local/cli/arguments.ts";
import { runCommand } from "../../infra/local/cli/command.ts";
import { bundleSizes } from "./bundle-sizes.ts";
import { coldStart } from "./cold-start.ts";
import { openDesk } from "./desk.ts";
import { evaluation } from "./evaluation.ts";
import { itemsRead } from "./items-read.ts";
import { keyShare } from "./key-share.ts";
import { lookingUp } from "./look-up.ts";
import { memoryGrowth } from "./memory-growth.ts";
import { providersLoad } from "./providers-load.ts";
import { misses, type Row, table } from "./row.ts";
import { warmCpu } from "./warm-cpu.ts";
import { openWorkspace } from "./workspace.ts";
import { writeUnits } from "./write-units.ts";

const usage = "npm run bench [-- --json]";

/** The numbers that the desk keeps, each a ratio or a count within one run. */
async function measured(): Promise<readonly Row[]> {
  const workspace = await openWorkspace();
  const rows: Row[] = [];
  try {
    // What depends on the machine comes first, while nothing else runs in this process.
    rows.push(
      ...(await coldStart(workspace)),
      ...(await warmCpu(workspace)),
      ...evaluation(),
      ...lookingUp(),
      ...bundleSizes(workspace),
    );
    const desk = await openDesk(workspace);
    try {
      rows.push(...(await writeUnits(desk)), ...(await memoryGrowth(desk, workspace)));
    } finally {
      await desk.close();
    }
    rows.push(...(await itemsRead(workspace)), ...keyShare(), ...(await providersLoad()));
  } finally {
    workspace.close();
  }
  return rows;
}

let wanted: { json?: boolean; help?: boolean } | undefined;
await runCommand(async () => {
  const options = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  if (positionals.length > 0) throw new WrongUse(`It takes no "${positionals[0]}".\nUsage: ${usage}`);
  wanted = values;
});
if (wanted?.help) console.log(`Usage: ${usage}`);
else if (wanted) {
  const rows = await measured();
  console.log(wanted.json ? JSON.stringify({ rows }, null, 2) : table(rows));
  // A number that is missed fails the run.
  if (rows.some(misses)) process.exitCode = 1;
}
