import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openapiJson } from "../shared/api/openapi.ts";

/** `node infra/openapi.ts` writes `openapi.json`; with `--check` it only says, by its exit code, whether the file is what it would write. */
const file = new URL("../openapi.json", import.meta.url);
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const text = openapiJson();
const before = await readFile(file, "utf8").catch(() => "");
if (values.check && before !== text) {
  console.error("openapi.json is stale: node infra/openapi.ts");
  process.exitCode = 1;
} else if (before !== text) {
  await writeFile(file, text);
  console.log("openapi.json written");
}
