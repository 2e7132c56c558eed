import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, describe, expect, test } from "vitest";
import { openIdentities } from "../../infra/local/identities.ts";
import { startTable, type TableDefinition } from "../../infra/local/table/start-table.ts";
import { dynamoQueues } from "../../shared/aws/dynamo-queues.ts";
import { noDueTime, requestKey } from "../../shared/aws/stored-request.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import { hoursAfter } from "../builders.ts";
import { chance } from "../faults/chance.ts";
import { temporaryDirectory } from "./fixture-assembly.ts";

const name = "queues";
const attributes = ["pk", "sk", "worklistKey", "worklistSort"];
const key = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: "HASH" },
  { AttributeName: range, KeyType: "RANGE" },
];
const definition: TableDefinition = {
  name,
  properties: {
    TableName: name,
    KeySchema: key("pk", "sk"),
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    GlobalSecondaryIndexes: [
      { IndexName: "worklist", KeySchema: key("worklistKey", "worklistSort"), Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    Replicas: [{ Region: "us-east-1" }],
  },
};

const limit = 20;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** So many requests, the first of them in a nurse's queue, evenly over the shards: each an hour later than the one before. */
async function tableWith({ stored, waiting, timeless = 0 }: { stored: number; waiting: number; timeless?: number }) {
  const directory = temporaryDirectory();
  const identities = openIdentities(directory);
  const judge = () => ({ allowed: true }) as const;
  const table = await startTable({ port: 0, directory, tables: [definition], identities, judge, now: () => new Date() });
  const dynamo = new DynamoDBClient({ endpoint: table.url, region: "us-east-1", credentials: identities.of("developer") });
  closing.push(async () => {
    dynamo.destroy();
    await table.close();
  });
  const { requestId } = chance(stored);
  const ids = Array.from({ length: stored }, (): RequestId => requestId());
  const puts = ids.map((id, number) => ({
    PutRequest: {
      Item: {
        ...requestKey(id),
        ...(number < waiting && {
          worklistKey: { S: `nurse#${number % 8}` },
          worklistSort: { S: `${number < timeless ? noDueTime : ""}${hoursAfter(number)}#${id}` },
        }),
      },
    },
  }));
  for (let start = 0; start < puts.length; start += 25)
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts.slice(start, start + 25) } }));
  const read = async () => {
    table.units.reset();
    const head = await dynamoQueues(dynamo, name, limit).head("nurse");
    return { ...head, items: table.units.read().operations.reduce((sum, { items }) => sum + items, 0) };
  };
  return { ids, read };
}

describe("the head of a queue", () => {
  test("is all of a short one, the earliest due first, and reads nothing but its keys however much is stored", async () => {
    const few = await tableWith({ stored: 40, waiting: 40 });
    const many = await tableWith({ stored: 1_000, waiting: 40 });
    const [alone, amongMany] = [await few.read(), await many.read()];
    expect(alone).toMatchObject({ capped: false, items: 40 });
    expect(amongMany).toMatchObject({ capped: false, items: 40 });
    expect(amongMany.places).toEqual(many.ids.slice(0, 40).map((requestId, number) => ({ dueAt: hoursAfter(number), requestId })));
  });

  test("has what waits without a due time at its end, and says so", async () => {
    const { ids, read } = await tableWith({ stored: 3, waiting: 3, timeless: 2 });
    const [first, second, third] = ids;
    expect((await read()).places).toEqual([
      { dueAt: hoursAfter(2), requestId: third },
      { dueAt: null, requestId: first },
      { dueAt: null, requestId: second },
    ]);
  });

  test("ends at the same number of keys however many wait, and says that it does", async () => {
    for (const waiting of [400, 800]) {
      const { ids, read } = await tableWith({ stored: waiting, waiting });
      const head = await read();
      expect(head).toMatchObject({ capped: true, items: 8 * limit });
      expect(head.places[0]?.requestId).toBe(ids[0]);
    }
  });
});
