import type { TableRecord } from "dynalite/db/index.js";
import { type Refusal, validation } from "./refusal.ts";
import { itemSize } from "./sizes.ts";
import { indexesOf } from "./units.ts";
import { type Item, sameValue, type Value } from "./wire.ts";

// What DynamoDB refuses and dynalite lets pass. Each rule answers with the first refusal, in DynamoDB's own words, or nothing.

const largestItem = 400 * 1024;
const largestHashKey = 2048;
const largestRangeKey = 1024;

/** A put, alone or in a batch. */
export const refusePut = (table: TableRecord, item: Item): Refusal | undefined =>
  refuseEmptyKeys(table, item) ??
  refuseIndexKeys(table, undefined, item, "put") ??
  (itemSize(item) > largestItem ? validation("Item size has exceeded the maximum allowed size") : undefined);

/** The item that an update would leave behind. Only index keys that it changes are looked at, as DynamoDB does. */
export const refuseUpdated = (table: TableRecord, before: Item | undefined, after: Item): Refusal | undefined =>
  refuseIndexKeys(table, before, after, "update") ??
  (itemSize(after) > largestItem ? validation("Item size to update has exceeded the maximum allowed size") : undefined);

/** The key by which an item is read, updated or deleted. */
export const refuseEmptyKeys = (table: TableRecord, key: Item): Refusal | undefined => {
  for (const { AttributeName: name } of table.KeySchema) {
    const empty = emptiness(key[name]);
    if (empty) return validation(`One or more parameter values are not valid. ${cannotBe(empty)} Key: ${name}`);
  }
  return undefined;
};

/** The key condition of a query, which may not compare with an empty value either. */
export const refuseEmptyConditions = (
  conditions: Record<string, { AttributeValueList?: Value[] }> | undefined,
  index: string | undefined,
): Refusal | undefined => {
  for (const [name, { AttributeValueList = [] }] of Object.entries(conditions ?? {}))
    for (const value of AttributeValueList) {
      const empty = emptiness(value);
      const where = index === undefined ? `Key: ${name}` : `IndexName: ${index}, IndexKey: ${name}`;
      if (empty) return validation(`One or more parameter values are not valid. ${cannotBe(empty)} ${where}`);
    }
  return undefined;
};

const refuseIndexKeys = (
  table: TableRecord,
  before: Item | undefined,
  after: Item,
  kind: "put" | "update",
): Refusal | undefined => {
  for (const { IndexName, KeySchema } of indexesOf(table))
    for (const { AttributeName: name, KeyType } of KeySchema) {
      const value = after[name];
      if (value === undefined || (before && sameValue(before[name], value))) continue;
      const expected = table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? "S";
      const actual = Object.keys(value)[0] ?? "";
      if (actual !== expected)
        return validation(
          `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${expected} Actual: ${actual} IndexName: ${IndexName}`,
        );
      const empty = emptiness(value);
      if (empty && kind === "put")
        return validation(
          `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ${cannotBe(empty)} IndexName: ${IndexName}, IndexKey: ${name}`,
        );
      if (empty)
        return validation(
          `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. ${cannotBe(empty)}`,
        );
      const limit = KeyType === "HASH" ? largestHashKey : largestRangeKey;
      if (actual !== "N" && itemSize({ "": value }) > limit)
        return validation(
          KeyType === "HASH"
            ? `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${limit} bytes`
            : `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${limit} bytes`,
        );
    }
  return undefined;
};

const emptiness = (value: Value | undefined): "string" | "binary" | undefined =>
  value?.S === "" ? "string" : value?.B === "" ? "binary" : undefined;

const cannotBe = (empty: "string" | "binary"): string =>
  `The AttributeValue for a key attribute cannot contain an empty ${empty} value.`;
