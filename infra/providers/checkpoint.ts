import { rmSync } from "node:fs";
import * as z from "zod";
import { readIfPresent, replaceFile } from "../local/durable-file.ts";

/** How far a load has come: so many providers of this file, from its beginning, are in this table. */
const schema = z.strictObject({ file: z.string(), table: z.string(), acknowledged: z.int().nonnegative() });

export type Checkpoint = {
  /** What the interrupted load of this very file into this very table has done; 0 without one. */
  readonly done: number;
  save(acknowledged: number): void;
  /** The load has come to its end: the next one begins anew. */
  forget(): void;
};

/**
 * One for each place that is loaded into. The load of another file takes it over: what a load that was interrupted before has
 * written may be overwritten since, so it can only begin anew.
 *
 * @param path of the checkpoint, a file of its own
 * @param file the SHA-256 of what is loaded
 * @param table its id
 */
export function openCheckpoint(path: string, file: string, table: string): Checkpoint {
  const kept = readIfPresent(path);
  const before = kept === undefined ? undefined : schema.safeParse(parsed(kept)).data;
  const save = (acknowledged: number) => replaceFile(path, `${JSON.stringify({ file, table, acknowledged })}\n`);
  const done = before?.file === file && before.table === table ? before.acknowledged : 0;
  if (done === 0) save(0);
  return { done, save, forget: () => rmSync(path, { force: true }) };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
