import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import database, { type Level, type Operation } from "dynalite/db/index.js";
import { isOfStream } from "./stream.ts";

const writtenAtOnce = 1_000;

/**
 * Copies all tables, as they stand at one moment, into a store of its own at `path`. An item, its index entries and its stream record
 * are one batch, so the copy has a write whole or not at all; writes go on meanwhile.
 */
export const copyOf = async (level: Level, path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const { db: copy } = database.create({ path, createTableMs: 0, maxItemSizeKb: 15 * 1024 });
  await copy.open();
  try {
    let operations: Operation[] = [];
    for await (const [key, value] of level.iterator()) {
      if (isOfStream(key)) continue;
      operations.push({ type: "put", key, value });
      if (operations.length < writtenAtOnce) continue;
      await copy.batch(operations);
      operations = [];
    }
    await copy.batch(operations);
  } finally {
    await copy.close();
  }
};
