import type { TableRecord } from "dynalite/db/index.js";
import type { Index } from "./definition.ts";
import { itemSize } from "./sizes.ts";
import { type Item, sameItem } from "./wire.ts";

export type Units = { table: number; indexes: Record<string, number> };

const writeBlock = 1024;
const readBlock = 4096;
const blocks = (bytes: number, block: number) => Math.max(1, Math.ceil(bytes / block));

/**
 * Write units of one write: the table by the larger image, and each index by what the write does to its entry
 * ("Considerations for Global Secondary Indexes", developer guide). An index that need not change costs nothing.
 */
export const writeUnits = (table: TableRecord, before: Item | undefined, after: Item | undefined): Units => {
  const indexes: Record<string, number> = {};
  for (const index of indexesOf(table)) {
    const units = indexWriteUnits(table, index, before, after);
    if (units > 0) indexes[index.IndexName] = units;
  }
  return { table: blocks(Math.max(sizeOf(before), sizeOf(after)), writeBlock), indexes };
};

/** Read units of items read together (Query, Scan) or of one item (GetItem, each of a BatchGetItem). */
export const readUnits = (bytes: number, consistent: boolean): number => blocks(bytes, readBlock) * (consistent ? 1 : 0.5);

export const addUnits = (sum: Units, more: Units): Units => {
  const indexes = { ...sum.indexes };
  for (const [name, units] of Object.entries(more.indexes)) indexes[name] = (indexes[name] ?? 0) + units;
  return { table: sum.table + more.table, indexes };
};

export const indexesOf = (table: TableRecord): Index[] => [
  ...(table.GlobalSecondaryIndexes ?? []),
  ...(table.LocalSecondaryIndexes ?? []),
];

const sizeOf = (item: Item | undefined): number => (item === undefined ? 0 : itemSize(item));

const indexWriteUnits = (table: TableRecord, index: Index, before: Item | undefined, after: Item | undefined): number => {
  const old = entryOf(table, index, before);
  const next = entryOf(table, index, after);
  if (old === undefined && next === undefined) return 0;
  if (old === undefined || next === undefined) return blocks(sizeOf(old ?? next), writeBlock);
  if (sameItem(old, next)) return 0;
  const moved = index.KeySchema.some(({ AttributeName: name }) => !sameItem({ key: old[name] ?? {} }, { key: next[name] ?? {} }));
  return moved
    ? blocks(sizeOf(old), writeBlock) + blocks(sizeOf(next), writeBlock)
    : blocks(Math.max(sizeOf(old), sizeOf(next)), writeBlock);
};

/** What the index holds of an item: nothing unless all of the index's keys are there, else the projected attributes. */
const entryOf = (table: TableRecord, index: Index, item: Item | undefined): Item | undefined => {
  if (item === undefined || index.KeySchema.some(({ AttributeName }) => item[AttributeName] === undefined)) return undefined;
  if (index.Projection.ProjectionType === "ALL") return item;
  const entry: Item = {};
  for (const { AttributeName } of [...table.KeySchema, ...index.KeySchema]) copy(item, entry, AttributeName);
  for (const name of index.Projection.NonKeyAttributes ?? []) copy(item, entry, name);
  return entry;
};

const copy = (from: Item, to: Item, name: string): void => {
  const value = from[name];
  if (value !== undefined) to[name] = value;
};
