import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openapiJson } from "../shared/api/openapi.ts";

/** `node infra/openapi.ts` writes `openapi.json`; with `--check` it only says, by its exit code, whether the file is what it would write. */
const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    file: { type: "string", default: fileURLToPath(new URL("../openapi.json", import.meta.url)) },
  },
});

const text = openapiJson();
const before = await readFile(values.file, "utf8").catch(() => "");
if (values.check && before !== text) {
  console.error("openapi.json is stale: node infra/openapi.ts");
  process.exitCode = 1;
} else if (before !== text) {
  await writeFile(values.file, text);
  console.log("openapi.json written");
}
