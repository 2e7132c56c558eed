import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordLine } from "../../infra/local/iam/record.ts";

const directory = process.env.GRANTS_RECORD ?? join(import.meta.dirname, "../../.build/grants");

/** Where the run of a project notes which grant let which call through. */
export const recordOf = (project: string): string => join(directory, `${project}.jsonl`);

/** Everything that the latest runs noted. */
export const readRecord = (): RecordLine[] => {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(".jsonl"))
    .flatMap((file) => readFileSync(join(directory, file), "utf8").split("\n").filter(Boolean))
    .map((line) => JSON.parse(line) as RecordLine);
};
