import type { TableRecord } from "dynalite/db/index.js";
import type { Engine, Execution } from "./engine.ts";
import type { BatchGet, OperationName, Request } from "./operations.ts";
import { itemSize } from "./sizes.ts";
import { addUnits, readUnits, type Units, writeUnits } from "./units.ts";

/** What one operation consumed of one table and its indexes, and how many items it wrote, found or went through. */
export type Consumed = { tableName: string; units: Units; items: number };

const none: Units = { table: 0, indexes: {} };

/** By DynamoDB's rules. A failed condition still consumes the table's write units; anything else that is refused consumes nothing. */
export const consumed = async (
  engine: Engine,
  name: OperationName,
  request: Request,
  execution: Execution,
): Promise<Consumed[]> => {
  const { outcome, gets, writes, streamed } = execution;
  if ("refused" in outcome) {
    const old = gets.at(-1);
    if (!old || !outcome.refused.body.__type.endsWith("#ConditionalCheckFailedException")) return [];
    const asked = name === "PutItem" ? request.Item : name === "UpdateItem" ? await engine.rehearse(request, old.item) : undefined;
    return [{ tableName: old.table, units: { table: writeUnits(bare, old.item, asked).table, indexes: {} }, items: 0 }];
  }
  switch (name) {
    case "PutItem":
    case "UpdateItem":
    case "DeleteItem":
    case "BatchWriteItem":
      return sum(
        writes.map(({ table, before, after }) => ({
          tableName: table.TableName,
          units: writeUnits(table, before, after),
          items: 1,
        })),
      );
    case "GetItem":
    case "BatchGetItem":
      return sum(
        gets.map(({ table, item }) => ({
          tableName: table,
          units: { table: readUnits(item ? itemSize(item) : 0, isConsistent(request, table)), indexes: {} },
          items: item ? 1 : 0,
        })),
      );
    case "Query":
    case "Scan": {
      const items = Number(outcome.answer.ScannedCount);
      const bytes = streamed.slice(0, items).reduce((total, size) => total + size, 0);
      const units = readUnits(bytes, request.ConsistentRead === true);
      const { TableName: tableName = "", IndexName: index } = request;
      return [
        {
          tableName,
          units: index === undefined ? { table: units, indexes: {} } : { table: 0, indexes: { [index]: units } },
          items,
        },
      ];
    }
    case "DescribeTable":
      return [];
  }
};

/** As `ReturnConsumedCapacity` asks for it: the total, or split by table and index. */
export const capacityAnswer = (detail: "TOTAL" | "INDEXES", { tableName, units }: Consumed, table: TableRecord | undefined) => {
  const total = Object.values(units.indexes).reduce((sum, index) => sum + index, units.table);
  if (detail === "TOTAL") return { TableName: tableName, CapacityUnits: total };
  const split = (indexes: { IndexName: string }[] = []) => {
    const entries = indexes.flatMap(({ IndexName }) => {
      const of = units.indexes[IndexName];
      return of === undefined ? [] : [[IndexName, { CapacityUnits: of }] as const];
    });
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  };
  return {
    TableName: tableName,
    CapacityUnits: total,
    Table: { CapacityUnits: units.table },
    GlobalSecondaryIndexes: split(table?.GlobalSecondaryIndexes),
    LocalSecondaryIndexes: split(table?.LocalSecondaryIndexes),
  };
};

const bare: TableRecord = { TableName: "", TableStatus: "ACTIVE", KeySchema: [], AttributeDefinitions: [] };

const isConsistent = (request: Request, table: string): boolean =>
  request.ConsistentRead === true || (request.RequestItems?.[table] as BatchGet | undefined)?.ConsistentRead === true;

const sum = (parts: Consumed[]): Consumed[] => {
  const byTable = new Map<string, Consumed>();
  for (const { tableName, units, items } of parts) {
    const before = byTable.get(tableName) ?? { tableName, units: none, items: 0 };
    byTable.set(tableName, { tableName, units: addUnits(before.units, units), items: before.items + items });
  }
  return [...byTable.values()];
};
