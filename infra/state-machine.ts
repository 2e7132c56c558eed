import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stateMachineMarkdown } from "../shared/api/state-machine.ts";

/** `node infra/state-machine.ts` writes `docs/state-machine.md`; with `--check` it only says, by its exit code, whether that is current. */
const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    file: { type: "string", default: fileURLToPath(new URL("../docs/state-machine.md", import.meta.url)) },
  },
});

const text = stateMachineMarkdown();
const before = await readFile(values.file, "utf8").catch(() => "");
if (values.check && before !== text) {
  console.error("docs/state-machine.md is stale: npm run docs");
  process.exitCode = 1;
} else if (before !== text) {
  await writeFile(values.file, text);
  console.log("docs/state-machine.md written");
}
