import { randomUUID } from "node:crypto";
import type { Level, Operation, TableRecord } from "dynalite/db/index.js";
import type { StreamView } from "./definition.ts";
import { itemSize } from "./sizes.ts";
import { type Item, region, sameItem, tableArn } from "./wire.ts";

/** One record as Lambda receives it in `event.Records`. */
export type DynamoStreamRecord = {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  eventVersion: "1.1";
  eventSource: "aws:dynamodb";
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: {
    /** Seconds since 1970, local time. */
    ApproximateCreationDateTime: number;
    Keys: Item;
    NewImage?: Item;
    OldImage?: Item;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: StreamView;
  };
};

export type Stream = {
  /**
   * The oldest records of a table's stream that were not acknowledged, at most `limit`. Per key they are in the order of commit.
   * Reading again before acknowledging gives the same ones again, so a table has one reader at a time.
   */
  read(
    table: string,
    limit: number,
  ): Promise<{
    records: DynamoStreamRecord[];
    /** Forgets the first `count` of these records (all of them by default); the others are delivered again. */
    acknowledge(count?: number): Promise<void>;
  }>;
  /** Calls the listener after each commit that left a record. Returns the way to stop. */
  onRecord(listener: () => void): () => void;
};

/** A record that goes to disk together with its write. `committed` makes it readable once both are there. */
export type Draft = { operation: Operation; committed(): void };

const epochKey = "stream-epoch";
const allRecords = "stream-records~";
const recordsOf = (table: string) => `${allRecords}${table}~`;

/** A stream belongs to its table: one that is made of another's items has none of its records. */
export const isOfStream = (key: string): boolean => key === epochKey || key.startsWith(allRecords);

/**
 * The streams of all tables. A record is kept in dynalite's own LevelDB and written in ONE batch with the item and its index entries,
 * so there is nothing to reconcile after a crash: either the write and its record are there, or neither is. Records stay until they
 * are acknowledged one by one, which is the cursor: a later record that is committed first does not hide an earlier one.
 */
export const openStream = async (level: Level, views: ReadonlyMap<string, StreamView>, now: () => Date) => {
  // Each start takes sequence numbers above all earlier ones, without a write per number.
  const epoch = Number((await level.get(epochKey)) ?? 0) + 1;
  await level.put(epochKey, epoch);
  let count = 0;
  const nextSequence = () => `${100_000_000 + epoch}${String(++count).padStart(12, "0")}`;

  const pending = new Map<string, string[]>();
  for (const table of views.keys()) {
    const prefix = recordsOf(table);
    const sequences: string[] = [];
    for await (const key of level.keys({ gte: prefix, lt: `${prefix}~` })) sequences.push(key.slice(prefix.length));
    pending.set(table, sequences);
  }
  const listeners = new Set<() => void>();

  /** The record of a write, or nothing when the table has no stream or the item stayed the same. */
  const draft = (table: TableRecord, before: Item | undefined, after: Item | undefined): Draft | undefined => {
    const name = table.TableName;
    const view = views.get(name);
    const waiting = pending.get(name);
    const image = after ?? before;
    if (!view || !waiting || !image || sameItem(before, after)) return undefined;

    const sequence = nextSequence();
    const keys = Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, image[AttributeName] ?? {}]));
    const newImage = view !== "KEYS_ONLY" && view !== "OLD_IMAGE" ? after : undefined;
    const oldImage = view !== "KEYS_ONLY" && view !== "NEW_IMAGE" ? before : undefined;
    const record: DynamoStreamRecord = {
      eventID: randomUUID().replaceAll("-", ""),
      eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: region,
      eventSourceARN: `${tableArn(name)}/stream/local`,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(now().getTime() / 1000),
        Keys: keys,
        ...(newImage ? { NewImage: newImage } : {}),
        ...(oldImage ? { OldImage: oldImage } : {}),
        SequenceNumber: sequence,
        SizeBytes: [keys, newImage, oldImage].reduce((sum, item) => sum + (item ? itemSize(item) : 0), 0),
        StreamViewType: view,
      },
    };
    return {
      operation: { type: "put", key: `${recordsOf(name)}${sequence}`, value: record },
      committed: () => {
        insert(waiting, sequence);
        for (const listener of listeners) listener();
      },
    };
  };

  const read: Stream["read"] = async (table, limit) => {
    const waiting = pending.get(table);
    if (!waiting) throw new Error(`The table ${table} has no stream`);
    const sequences = waiting.slice(0, limit);
    const keys = sequences.map((sequence) => `${recordsOf(table)}${sequence}`);
    const records = (await level.getMany(keys)) as DynamoStreamRecord[];
    return {
      records,
      acknowledge: async (acknowledged = records.length) => {
        await level.batch(keys.slice(0, acknowledged).map((key) => ({ type: "del", key })));
        for (const sequence of sequences.slice(0, acknowledged)) remove(waiting, sequence);
      },
    };
  };

  const onRecord: Stream["onRecord"] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };

  return { draft, stream: { read, onRecord } satisfies Stream };
};

/** Writes of different keys may be committed out of order, by a few places at most: look from the end. */
const insert = (sequences: string[], sequence: string): void => {
  let place = sequences.length;
  while (place > 0 && (sequences[place - 1] ?? "") > sequence) place--;
  sequences.splice(place, 0, sequence);
};

const remove = (sequences: string[], sequence: string): void => {
  const place = sequences.indexOf(sequence);
  if (place >= 0) sequences.splice(place, 1);
};
