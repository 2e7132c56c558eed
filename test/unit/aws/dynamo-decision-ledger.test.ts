import type { BatchGetItemCommand, DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { dynamoDecisionLedger } from "../../../shared/aws/dynamo-decision-ledger.ts";
import type { DecidedAsk } from "../../../shared/domain/decided-asks.ts";
import { aDecidedAsk, hoursAfter } from "../../builders.ts";

const entry = (ask: number): DecidedAsk => aDecidedAsk({ ask, decidedAt: hoursAfter(ask), requestVersion: 2 });
const stored = (ask: number) => ({ schemaVersion: { N: "1" }, content: { S: JSON.stringify(entry(ask)) } });

/** A table that answers as it is told, and remembers what it was asked. */
const answering = (answer: (command: unknown) => unknown) => {
  const asked: unknown[] = [];
  const send = async (command: unknown) => {
    asked.push(command);
    return answer(command);
  };
  return { dynamo: { send } as unknown as DynamoDBClient, asked };
};

test("a year is read from all shards at once, each to its end", async () => {
  const { dynamo, asked } = answering((command) => {
    const { ExclusiveStartKey, ExpressionAttributeValues } = (command as QueryCommand).input;
    if (ExpressionAttributeValues?.[":pk"]?.S !== "METRICS#2026#3") return {};
    return ExclusiveStartKey ? { Items: [stored(2)] } : { Items: [stored(1)], LastEvaluatedKey: { pk: { S: "here" } } };
  });
  const found = await dynamoDecisionLedger(dynamo, "desk").year(2026);
  expect(found).toEqual([entry(1), entry(2)]);
  expect(asked).toHaveLength(9);
});

test.each([
  ["2026-06-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z", [2026]],
  ["2026-12-31T12:00:00.000Z", "2027-01-01T00:00:00.000Z", [2026, 2027]],
  // Late on New Year's Eve in Dayton it is the next year in UTC.
  ["2027-01-01T03:00:00.000Z", "2027-01-01T04:00:00.000Z", [2026, 2027]],
])("from %s to %s is looked for in %j", async (from, to, years) => {
  const { dynamo, asked } = answering(() => ({}));
  await dynamoDecisionLedger(dynamo, "desk").decided(from, to);
  const partitions = asked.map((command) => (command as QueryCommand).input.ExpressionAttributeValues?.[":pk"]?.S);
  expect(new Set(partitions.map((pk) => Number(pk?.split("#")[1])))).toEqual(new Set(years));
  expect(partitions).toHaveLength(8 * years.length);
});

test("what the table did not get to is asked for again, a hundred at a time", async () => {
  let answers = 0;
  const { dynamo, asked } = answering((command) => {
    const { Keys = [] } = (command as BatchGetItemCommand).input.RequestItems?.desk ?? {};
    answers += 1;
    return answers === 1
      ? { Responses: { desk: [stored(1)] }, UnprocessedKeys: { desk: { Keys: Keys.slice(99) } } }
      : { Responses: { desk: Keys.map(() => stored(2)) } };
  });
  const asks = Array.from({ length: 103 }, (_, index) => entry(index));
  const found = await dynamoDecisionLedger(dynamo, "desk").find(asks);
  const sizes = asked.map((command) => (command as BatchGetItemCommand).input.RequestItems?.desk?.Keys?.length);
  expect(sizes).toEqual([100, 1, 3]);
  expect(found).toHaveLength(5);
});

test("an entry of a later schema is not guessed at", async () => {
  const { dynamo } = answering(() => ({ Items: [{ ...stored(1), schemaVersion: { N: "2" } }] }));
  await expect(dynamoDecisionLedger(dynamo, "desk").year(2026)).rejects.toThrow("cannot read");
});
