import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { addHours, type Instant } from "../domain/calendar.ts";
import type { DecidedAsk } from "../domain/decided-asks.ts";
import type { DecisionLedger } from "../ports.ts";
import { itemKey, shardOf, shards } from "./keys.ts";

const schemaVersion = 1;

/** An item for each entry, by year and shard, in the order of the decisions: a span of time is one range of each shard. */
export function dynamoDecisionLedger(dynamo: DynamoDBClient, table: string): DecisionLedger {
  const inShard = async (year: number, shard: number, range?: { from: string; to: string }): Promise<readonly DecidedAsk[]> => {
    const found: DecidedAsk[] = [];
    let after: Record<string, AttributeValue> | undefined;
    do {
      const page = await dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: range ? "pk = :pk AND sk BETWEEN :from AND :to" : "pk = :pk",
          ExpressionAttributeValues: {
            ":pk": { S: partition(year, shard) },
            ...(range ? { ":from": { S: range.from }, ":to": { S: range.to } } : {}),
          },
          ConsistentRead: true,
          ExclusiveStartKey: after,
        }),
      );
      found.push(...(page.Items ?? []).map(entryFrom));
      after = page.LastEvaluatedKey;
    } while (after);
    return found;
  };

  const inYears = async (years: readonly number[], range?: { from: string; to: string }): Promise<readonly DecidedAsk[]> => {
    const parts = years.flatMap((year) => shards.map((shard) => inShard(year, shard, range)));
    return (await Promise.all(parts)).flat();
  };

  return {
    async record(entry) {
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...entryKey(entry),
              schemaVersion: { N: String(schemaVersion) },
              version: { N: String(entry.requestVersion) },
              content: { S: JSON.stringify(entry) },
            },
            ConditionExpression: "attribute_not_exists(pk) OR #version <= :version",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":version": { N: String(entry.requestVersion) } },
          }),
        );
      } catch (error) {
        // What stands there is of a later state of the request.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async remove(entry) {
      await dynamo.send(new DeleteItemCommand({ TableName: table, Key: entryKey(entry) }));
    },

    async find(entries) {
      const found: DecidedAsk[] = [];
      for (let first = 0; first < entries.length; first += mostKeys) {
        let keys: Record<string, AttributeValue>[] = entries.slice(first, first + mostKeys).map(entryKey);
        while (keys.length > 0) {
          const answer = await dynamo.send(
            new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
          );
          found.push(...(answer.Responses?.[table] ?? []).map(entryFrom));
          keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
        }
      }
      return found;
    },

    // The plan's year begins within a day of UTC's.
    decided: (from, to) => inYears(yearsBetween(addHours(from, -24), addHours(to, 24)), { from, to }),

    year: (year) => inYears([year]),
  };
}

/** Of one BatchGetItem. */
const mostKeys = 100;

const partition = (year: number, shard: number) => `METRICS#${year}#${shard}`;

/** A key goes on behind the time, so that one decided at the end of a range is above it. */
const entryKey = ({ year, requestId, decidedAt, ask }: DecidedAsk) =>
  itemKey(partition(year, shardOf(requestId)), `${decidedAt}#${requestId}#${ask}`);

const yearsBetween = (from: Instant, to: Instant): readonly number[] => {
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

/** @throws on an item that no version of this code has written */
function entryFrom(item: Record<string, AttributeValue>): DecidedAsk {
  if (Number(item.schemaVersion?.N) !== schemaVersion || item.content?.S === undefined)
    throw new Error("an entry of the ledger that this code cannot read");
  return JSON.parse(item.content.S) as DecidedAsk;
}
