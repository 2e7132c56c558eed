import type { Identity } from "../identities.ts";
import type { Judge } from "../judge.ts";
import { type Consumed, capacityAnswer, consumed } from "./capacity.ts";
import type { Engine, Execution } from "./engine.ts";
import { type Answer, type BatchGet, type BatchWrite, type OperationName, operationNames, type Request } from "./operations.ts";
import { accessDenied, isRefusal, type Refusal, refusedAtTheDoor, validation } from "./refusal.ts";
import { refuseEmptyConditions, refuseEmptyKeys, refusePut } from "./rules.ts";
import { indexesOf } from "./units.ts";
import { account, type Item, tableArn } from "./wire.ts";

export type Reply = { answer: Answer } | { refused: Refusal };

export type Counter = { counting(): boolean; count(identity: string, action: string, consumed: Consumed): void };

const known = new Map<string, OperationName>(operationNames.map((name) => [`DynamoDB_20120810.${name}`, name]));
const transactions = ["TransactWriteItems", "TransactGetItems", "ExecuteTransaction"];
const administration = ["CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive", "UpdateContinuousBackups"];

/** From an authenticated request to its reply: may the caller, is it valid, run it, add what dynalite leaves out, count. */
export const createFront = (engine: Engine, judge: Judge, counter: Counter) => {
  const authorize = (identity: Identity, name: OperationName, request: Request): Refusal | undefined => {
    const action = `dynamodb:${name}`;
    for (const { resource, leadingKeys } of askedOf(request)) {
      const verdict = judge({ identity, action, resource, ...(leadingKeys.length > 0 && { leadingKeys }) });
      if (!verdict.allowed)
        return accessDenied(
          `User: arn:aws:sts::${account}:assumed-role/${identity.name}/local is not authorized to perform: ${action} on resource: ${resource} because ${verdict.because}`,
        );
    }
    return undefined;
  };

  /** Each table or index that a request asks, and the partitions of it that it names. */
  const askedOf = (request: Request): { resource: string; leadingKeys: readonly string[] }[] => {
    const { IndexName, KeyConditions } = request;
    return Object.entries(partsOf(request)).map(([name, { keys, puts }]) => {
      const table = engine.tables.get(name);
      const keyed = table && IndexName !== undefined ? indexesOf(table).find((index) => index.IndexName === IndexName) : table;
      const partition = keyed?.KeySchema.find(({ KeyType }) => KeyType === "HASH")?.AttributeName ?? "";
      const named = [
        ...[...keys, ...puts].map((item) => item[partition]),
        ...(KeyConditions?.[partition]?.AttributeValueList ?? []),
      ];
      const leadingKeys = named.flatMap((value) => value?.S ?? value?.N ?? value?.B ?? []);
      return { resource: tableArn(name, IndexName), leadingKeys };
    });
  };

  const refuse = (request: Request): Refusal | undefined => {
    for (const [name, part] of Object.entries(partsOf(request))) {
      const table = engine.tables.get(name);
      if (!table) continue; // dynalite's code says so, in DynamoDB's words
      for (const key of part.keys) {
        const refused = refuseEmptyKeys(table, key);
        if (refused) return refused;
      }
      for (const item of part.puts) {
        const refused = refusePut(table, item);
        if (refused) return refused;
      }
    }
    return refuseEmptyConditions(request.KeyConditions, request.IndexName);
  };

  return async (identity: Identity, target: string, body: unknown): Promise<Reply> => {
    const name = known.get(target);
    if (name === undefined) return { refused: unsupported(target) };

    const capacity = readOption(body, "ReturnConsumedCapacity");
    const showOld = readOption(body, "ReturnValuesOnConditionCheckFailure");
    let request: Request;
    try {
      request = engine.validate(name, body);
    } catch (error) {
      if (isRefusal(error)) return { refused: error };
      throw error;
    }
    const refused = checkOption(showOld, name) ?? authorize(identity, name, request) ?? refuse(request);
    if (refused) return { refused };
    delete request.ReturnConsumedCapacity; // counted here: dynalite knows the table alone

    const execution = await engine.execute(name, request);
    const wanted = capacity === "TOTAL" || capacity === "INDEXES" ? capacity : undefined;
    if (counter.counting() || wanted) {
      const parts = await consumed(engine, name, request, execution);
      if (counter.counting()) for (const part of parts) counter.count(identity.name, `dynamodb:${name}`, part);
      if (wanted && "answer" in execution.outcome) {
        const answers = parts.map((part) => capacityAnswer(wanted, part, engine.tables.get(part.tableName)));
        execution.outcome.answer.ConsumedCapacity = name.startsWith("Batch") ? answers : answers[0];
      }
    }
    return showOld === "ALL_OLD" ? withOldItem(execution) : execution.outcome;
  };
};

const readOption = (body: unknown, name: string): unknown =>
  typeof body === "object" && body !== null ? (body as Record<string, unknown>)[name] : undefined;

const checkOption = (value: unknown, name: OperationName): Refusal | undefined => {
  if (value === undefined || value === null || value === "NONE") return undefined;
  if (value === "ALL_OLD" && (name === "PutItem" || name === "UpdateItem" || name === "DeleteItem")) return undefined;
  return validation(
    "1 validation error detected: Value at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
  );
};

/** The item that failed the condition goes with the refusal, as the caller asked. */
const withOldItem = ({ outcome, gets }: Execution): Reply => {
  const item = gets.at(-1)?.item;
  if ("answer" in outcome || !item || !outcome.refused.body.__type.endsWith("#ConditionalCheckFailedException")) return outcome;
  return { refused: { ...outcome.refused, body: { ...outcome.refused.body, Item: item } } };
};

/** Keys and whole items of a request, by table. */
const partsOf = ({ TableName, Key, Item: item, RequestItems }: Request): Record<string, { keys: Item[]; puts: Item[] }> => {
  if (TableName !== undefined) return { [TableName]: { keys: Key ? [Key] : [], puts: item ? [item] : [] } };
  return Object.fromEntries(
    Object.entries(RequestItems ?? {}).map(([table, part]: [string, BatchGet | BatchWrite[]]) => [
      table,
      Array.isArray(part)
        ? {
            keys: part.flatMap(({ DeleteRequest }) => (DeleteRequest ? [DeleteRequest.Key] : [])),
            puts: part.flatMap(({ PutRequest }) => (PutRequest ? [PutRequest.Item] : [])),
          }
        : { keys: part.Keys, puts: [] },
    ]),
  );
};

const unsupported = (target: string): Refusal => {
  const name = target.replace(/^DynamoDB_20120810\./, "");
  if (transactions.includes(name))
    return validation(`${name} is not supported by the local table: save one item by one conditional write.`);
  if (administration.includes(name))
    return validation(`${name} is not supported by the local table: its tables are the template's.`);
  return refusedAtTheDoor("UnknownOperationException");
};
