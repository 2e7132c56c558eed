import { ConditionalCheckFailedException, type DynamoDBClient, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { addHours } from "../domain/calendar.ts";
import type { Timers, Wake } from "../ports.ts";
import { documentKey, shardOf, shards, wakingLines } from "./keys.ts";
import { requestKey } from "./stored-request.ts";
import { timeKeyFrom } from "./time-key.ts";

const maxAttempts = 8;

export function dynamoTimers(dynamo: DynamoDBClient, table: string): Timers {
  return {
    async due(now, limit) {
      const found = await Promise.all(
        wakingLines.flatMap((line) =>
          shards.map((shard) =>
            dynamo.send(
              new QueryCommand({
                TableName: table,
                IndexName: "timers",
                KeyConditionExpression: "timersKey = :key AND timersSort <= :now",
                // The sort key goes on behind the time: this is above all that is due now.
                ExpressionAttributeValues: { ":key": { S: `${line}#${shard}` }, ":now": { S: `${now}~` } },
                Limit: limit,
              }),
            ),
          ),
        ),
      );
      return found
        .flatMap((answer) => answer.Items ?? [])
        .map((item) => wakeFrom(item.timersSort?.S ?? ""))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    /** The wait doubles from a minute. The eighth failure leaves it to a person: the request stands in the exceptions queue. */
    async putOff(wake, now) {
      const key = wake.documentId ? documentKey(wake.requestId, wake.documentId) : requestKey(wake.requestId);
      const counted = await dynamo.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key,
          UpdateExpression: "SET timerAttempts = if_not_exists(timerAttempts, :none) + :one",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":none": { N: "0" }, ":one": { N: "1" } },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      const attempts = Number(counted.Attributes?.timerAttempts?.N);
      const givenUp = attempts >= maxAttempts;
      const later = `${addHours(now, 2 ** (attempts - 1) / 60)}${wake.key.slice(wake.at.length)}`;
      try {
        await dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key,
            UpdateExpression: givenUp
              ? "REMOVE timersKey, timersSort, timerAttempts SET worklistKey = :queue, worklistSort = :key"
              : "SET timersSort = :later",
            ConditionExpression: "timersSort = :key",
            ExpressionAttributeValues: givenUp
              ? { ":queue": { S: `vendor-exceptions#${shardOf(wake.requestId)}` }, ":key": { S: wake.key } }
              : { ":later": { S: later }, ":key": { S: wake.key } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // It was changed meanwhile, and says itself when it is due.
        return { attempts, givenUp: false };
      }
      return { attempts, givenUp };
    },
  };
}

function wakeFrom(key: string): Wake {
  const { at, requestId, documentId } = timeKeyFrom(key);
  return { at, key, requestId, ...(documentId ? { documentId } : {}) };
}
