import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ItemKey } from "./keys.ts";

type Item = Record<string, AttributeValue>;

/** Consistent. */
export type ReadItem = (key: ItemKey) => Promise<Item | undefined>;

type Reader = {
  readonly key: ItemKey;
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Items that are asked for at once travel as one call: a cold start then makes one connection and waits for one answer.
 * At most 100 at once.
 */
export function batchedReads(dynamo: DynamoDBClient, table: string): ReadItem {
  let waiting: Reader[] = [];

  const send = async () => {
    const readers = waiting;
    waiting = [];
    try {
      const found = new Map<string, Item>();
      let keys: Item[] = [...new Map(readers.map(({ key }) => [nameOf(key), key])).values()];
      while (keys.length > 0) {
        const request = { [table]: { Keys: keys, ConsistentRead: true } };
        const answer = await dynamo.send(new BatchGetItemCommand({ RequestItems: request }));
        for (const item of answer.Responses?.[table] ?? []) found.set(nameOf(item), item);
        keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      }
      for (const { key, resolve } of readers) resolve(found.get(nameOf(key)));
    } catch (error) {
      for (const { reject } of readers) reject(error);
    }
  };

  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(send);
      waiting.push({ key, resolve, reject });
    });
}

const nameOf = ({ pk, sk }: Item): string => `${pk?.S}\n${sk?.S}`;
