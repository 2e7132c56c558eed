// dynalite publishes no types. These are the parts of its inside that the front builds on (the version is pinned exactly).

declare module "dynalite/db/index.js" {
  type Item = Record<string, import("./wire.ts").Value>;
  type Done<Result = void> = (error?: unknown, result?: Result) => void;

  export type SubDatabase = {
    get(key: string, done: Done<Item | undefined>): void;
    put(key: string, item: Item, done: Done): void;
    del(key: string, done: Done): void;
    createValueStream(options: object): import("node:stream").Readable;
    /** One holder per key at a time, in the order of asking. `release` wraps the callback that ends the turn. */
    lock(key: string, hold: (release: (done: Done) => Done) => void): void;
  };

  export type TableRecord = {
    TableName: string;
    TableStatus: string;
    KeySchema: import("./definition.ts").KeyElement[];
    AttributeDefinitions: { AttributeName: string; AttributeType: "S" | "N" | "B" }[];
    GlobalSecondaryIndexes?: import("./definition.ts").Index[];
    LocalSecondaryIndexes?: import("./definition.ts").Index[];
  };

  export type Operation = { type: "put"; key: string; value: unknown } | { type: "del"; key: string };

  export type Level = {
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<unknown>;
    getMany(keys: string[]): Promise<unknown[]>;
    put(key: string, value: unknown): Promise<void>;
    batch(operations: Operation[]): Promise<void>;
    keys(range: { gte: string; lt: string }): AsyncIterable<string>;
    /** As everything stood when it was asked for, whatever is written meanwhile. */
    iterator(): AsyncIterable<[key: string, value: unknown]>;
  };

  export type Store = {
    options: object;
    db: Level;
    tableDb: { awsAccountId: string; awsRegion: string; del(key: string, done: Done): void };
    getItemDb(table: string): SubDatabase;
    getIndexDb(type: string, table: string, index: string): SubDatabase;
    getTable(name: string, checkStatus: boolean | Done<TableRecord>, done?: Done<TableRecord>): void;
  };

  const database: {
    create(options: { path: string; createTableMs: number; maxItemSizeKb: number }): Store;
    getIndexActions(
      indexes: import("./definition.ts").Index[],
      before: Item | undefined,
      after: Item | undefined,
      table: TableRecord,
    ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };
  };
  export default database;
}

declare module "dynalite/validations/index.js" {
  const validations: {
    checkTypes(data: unknown, types: object): Record<string, unknown>;
    checkValidations(data: object, types: object, custom: unknown, store: object): void;
  };
  export default validations;
}
