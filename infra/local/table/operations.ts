import { createRequire } from "node:module";
import type { Store, TableRecord } from "dynalite/db/index.js";
import validations from "dynalite/validations/index.js";
import { isRefusal } from "./refusal.ts";
import type { Item, Value } from "./wire.ts";

export const operationNames = [
  "GetItem",
  "BatchGetItem",
  "Query",
  "Scan",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "DescribeTable",
] as const;
export type OperationName = (typeof operationNames)[number];

/** A request that passed dynalite's validation: the members that the front itself reads; those with `_` are dynalite's parsed expressions. */
export type Request = {
  TableName?: string;
  IndexName?: string;
  Item?: Item;
  Key?: Item;
  Select?: string;
  ConsistentRead?: boolean;
  ReturnConsumedCapacity?: "NONE" | "TOTAL" | "INDEXES";
  KeyConditions?: Record<string, { AttributeValueList?: Value[] }>;
  RequestItems?: Record<string, BatchGet | BatchWrite[]>;
  Expected?: unknown;
  _condition?: unknown;
};
export type BatchGet = { Keys: Item[]; ConsistentRead?: boolean };
export type BatchWrite = { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } };

export type Answer = Record<string, unknown>;
type Action = (store: Store, request: Request, done: (error: unknown, answer?: Answer) => void) => void;
type Validation = { types: object; custom?: unknown };

// Called inside this process, not over dynalite's HTTP server: a write is then one LevelDB batch with its stream record, costs no
// second hop, and a failing disk is an answer instead of an exception that nobody catches.
const require = createRequire(import.meta.url);
const load = (name: string) => {
  const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
  return {
    act: require(`dynalite/actions/${file}`) as Action,
    validation: require(`dynalite/validations/${file}`) as Validation,
  };
};
const operations = new Map([...operationNames, "CreateTable"].map((name) => [name, load(name)]));

const operation = (name: OperationName | "CreateTable") => {
  const found = operations.get(name);
  if (!found) throw new Error(`dynalite has no ${name}`);
  return found;
};

/** dynalite's parsing: types, ranges, expressions. Throws a Refusal. */
export const validate = (name: OperationName | "CreateTable", body: unknown, store: Store): Request => {
  const { types, custom } = operation(name).validation;
  const request = validations.checkTypes(body, types) as Request;
  validations.checkValidations(request, types, custom, store);
  return request;
};

/** Runs dynalite's code against a store. Rejects with a Refusal, or with what went wrong. */
export const act = (name: OperationName | "CreateTable", store: Store, request: Request): Promise<Answer> =>
  new Promise((resolve, reject) => {
    operation(name).act(store, request, (error, answer) => (error ? reject(error) : resolve(answer ?? {})));
  });

/** What is kept of a table, if there is one. */
export const tableRecord = (store: Store, name: string): Promise<TableRecord | undefined> =>
  new Promise((resolve, reject) => {
    store.getTable(name, false, (error, table) => (error && !isRefusal(error) ? reject(error) : resolve(table)));
  });
