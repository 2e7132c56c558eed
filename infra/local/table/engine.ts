import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import database, { type Operation, type Store, type SubDatabase, type TableRecord } from "dynalite/db/index.js";
import { creation, differences, readDefinition, type StreamView, type TableDefinition } from "./definition.ts";
import { type Answer, act, type OperationName, type Request, tableRecord, validate } from "./operations.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import { refuseUpdated } from "./rules.ts";
import { itemSize } from "./sizes.ts";
import { copyOf } from "./snapshot.ts";
import { openStream } from "./stream.ts";
import { account, type Item, region } from "./wire.ts";

/** What one operation did: its outcome, and all that it touched in the store, for counting. */
export type Execution = {
  outcome: { answer: Answer } | { refused: Refusal };
  gets: { table: string; item: Item | undefined }[];
  writes: { table: TableRecord; before: Item | undefined; after: Item | undefined }[];
  /** Sizes in bytes of what a query or scan streamed, in order; the last may lie beyond its page. */
  streamed: number[];
};

/**
 * dynalite's code over its LevelDB, with the front's own store between the two. Writes to one key take turns by dynalite's lock, which
 * it holds from reading the old image until the store has committed the new one; a commit is one batch of item, index entries and
 * stream record. LevelDB hands each batch to the operating system before it is answered, so an acknowledged write outlives SIGKILL.
 */
export const openEngine = async (path: string, definitions: TableDefinition[], now: () => Date) => {
  await mkdir(dirname(path), { recursive: true });
  // Items are measured by rules.ts, in bytes (dynalite counts UTF-16 units). 15 MB makes its BatchGetItem stop at 16 MB, as DynamoDB's.
  const store = database.create({ path, createTableMs: 0, maxItemSizeKb: 15 * 1024 });
  store.tableDb.awsAccountId = account;
  store.tableDb.awsRegion = region;
  await store.db.open().catch((error: Error) => {
    throw new Error(
      `The table in ${path} cannot be opened (is another process using it?): ${String(error.cause ?? error.message)}`,
    );
  });

  const close = () => store.db.close();
  try {
    const tables = new Map<string, TableRecord>();
    const views = new Map<string, StreamView>();
    for (const definition of definitions) {
      const properties = readDefinition(definition);
      tables.set(definition.name, await openTable(store, path, definition.name, properties));
      if (properties.StreamSpecification) views.set(definition.name, properties.StreamSpecification.StreamViewType);
    }
    const { draft, stream } = await openStream(store.db, views, now);

    const commit = async (table: TableRecord, key: string, before: Item | undefined, after: Item | undefined): Promise<void> => {
      const name = table.TableName;
      const operations: Operation[] = [];
      for (const [scope, indexes] of [
        ["global", table.GlobalSecondaryIndexes],
        ["local", table.LocalSecondaryIndexes],
      ] as const) {
        // The names of dynalite's own key ranges: its queries read what is written here.
        const range = (index: string) => `index-${scope}~${name}~${index}~`;
        const { puts, deletes } = database.getIndexActions(indexes ?? [], before, after, table);
        for (const entry of deletes) operations.push({ type: "del", key: `${range(entry.index)}${entry.key}` });
        for (const entry of puts) operations.push({ type: "put", key: `${range(entry.index)}${entry.key}`, value: entry.item });
      }
      const itemKey = `item-${name}~${key}`;
      operations.push(after ? { type: "put", key: itemKey, value: after } : { type: "del", key: itemKey });
      const record = draft(table, before, after);
      if (record) operations.push(record.operation);
      await store.db.batch(operations);
      record?.committed();
    };

    /** Runs a validated operation. Rejects only when something broke; a refusal is an outcome. */
    const execute = async (name: OperationName, request: Request): Promise<Execution> => {
      const seen: Omit<Execution, "outcome"> = { gets: [], writes: [], streamed: [] };
      const watched = watchedStore(store, tables, seen, async (table, key, before, after) => {
        const refused = name === "UpdateItem" && after ? refuseUpdated(table, before, after) : undefined;
        if (refused) throw refused;
        await commit(table, key, before, after);
        seen.writes.push({ table, before, after });
      });
      try {
        return { ...seen, outcome: { answer: await act(name, watched, request) } };
      } catch (error) {
        if (isRefusal(error)) return { ...seen, outcome: { refused: error } };
        throw error;
      }
    };

    /** The item that an update would have made of `before`, or undefined when it could not be applied. Changes nothing. */
    const rehearse = async (request: Request, before: Item | undefined): Promise<Item | undefined> => {
      const { _condition, Expected, ...unconditional } = request;
      let made: Item | undefined;
      const rehearsal = watchedStore(
        store,
        tables,
        { gets: [], writes: [], streamed: [] },
        async (_table, _key, _before, after) => {
          made = after;
        },
      );
      const getItemDb = (table: string): SubDatabase => ({
        ...rehearsal.getItemDb(table),
        lock: (_key, hold) => hold((done) => done),
        get: (_key, done) => done(null, before),
      });
      await act("UpdateItem", { ...rehearsal, getItemDb }, structuredClone(unconditional)).catch(() => undefined);
      return made;
    };

    return {
      tables,
      stream,
      execute,
      rehearse,
      close,
      snapshot: (to: string) => copyOf(store.db, to),
      validate: (name: OperationName, body: unknown) => validate(name, body, store),
    };
  } catch (error) {
    await close();
    throw error;
  }
};

export type Engine = Awaited<ReturnType<typeof openEngine>>;

const openTable = async (
  store: Store,
  path: string,
  name: string,
  properties: ReturnType<typeof readDefinition>,
): Promise<TableRecord> => {
  const kept = await tableRecord(store, name);
  if (kept?.TableStatus === "ACTIVE") {
    const changed = differences(kept, properties);
    if (changed.length === 0) return kept;
    throw new Error(`The table ${name} kept in ${path} differs from the template in ${changed.join(", ")}: start with --fresh`);
  }
  // A creation that a crash interrupted: there is no item yet.
  if (kept) await new Promise<void>((resolve, reject) => store.tableDb.del(name, (error) => (error ? reject(error) : resolve())));
  await act("CreateTable", store, validate("CreateTable", creation(name, properties), store));
  for (;;) {
    const created = await tableRecord(store, name);
    if (created?.TableStatus === "ACTIVE") return created;
  }
};

type Write = (table: TableRecord, key: string, before: Item | undefined, after: Item | undefined) => Promise<void>;

/** dynalite's store as its code sees it: reads are noted, index writes wait for the item's, and the item's write is `write`. */
const watchedStore = (
  store: Store,
  tables: ReadonlyMap<string, TableRecord>,
  seen: Omit<Execution, "outcome">,
  write: Write,
): Store => {
  const createValueStream = (of: SubDatabase) => (options: object) =>
    of.createValueStream(options).on("data", (item: Item) => seen.streamed.push(itemSize(item)));

  const getItemDb = (name: string): SubDatabase => {
    const items = store.getItemDb(name);
    const images = new Map<string, Item | undefined>();
    const put = (key: string, item: Item | undefined, done: (error?: unknown) => void) => {
      const table = tables.get(name);
      if (!table) throw new Error(`No table ${name}`);
      write(table, key, images.get(key), item).then(() => done(), done);
    };
    return {
      ...items,
      get: (key, done) =>
        items.get(key, (error, item) => {
          if (!error) {
            images.set(key, item);
            seen.gets.push({ table: name, item });
          }
          done(error, item);
        }),
      put,
      del: (key, done) => put(key, undefined, done),
      createValueStream: createValueStream(items),
    };
  };

  const getIndexDb = (type: string, table: string, index: string): SubDatabase => {
    const entries = store.getIndexDb(type, table, index);
    return {
      ...entries,
      put: (_key, _item, done) => done(),
      del: (_key, done) => done(),
      createValueStream: createValueStream(entries),
    };
  };

  const getTable: Store["getTable"] = (name, checkStatus, done) => {
    const answer = typeof checkStatus === "function" ? checkStatus : done;
    const table = tables.get(name);
    if (table) return answer?.(null, table);
    const message = `Requested resource not found${checkStatus ? "" : `: Table: ${name} not found`}`;
    return answer?.({
      statusCode: 400,
      body: { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", message },
    } satisfies Refusal);
  };

  return { ...store, getItemDb, getIndexDb, getTable };
};
