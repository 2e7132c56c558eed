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

// `npm run bench [-- --json]`: the numbers that the desk keeps, each a ratio or a count within one run. Exits 1 when one is missed.

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

console.log(process.argv.includes("--json") ? JSON.stringify({ rows }, null, 2) : table(rows));
if (rows.some(misses)) process.exitCode = 1;
