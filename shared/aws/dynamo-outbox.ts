import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { RequestEvent } from "../domain/events.ts";
import type { RequestId } from "../domain/identifiers.ts";
import type { Outbox } from "../ports.ts";
import { eventKey, shards } from "./keys.ts";
import { pendingEvents, requestKey } from "./stored-request.ts";

/** An expression has at most 4 KB. */
const clearedAtOnce = 200;

export function dynamoOutbox(dynamo: DynamoDBClient, table: string): Outbox {
  return {
    async pending(id) {
      const { Item } = await dynamo.send(
        new GetItemCommand({
          TableName: table,
          Key: requestKey(id),
          ConsistentRead: true,
          ProjectionExpression: "outbox, lastSequence",
        }),
      );
      return Item && { lastSequence: Number(Item.lastSequence?.N), events: pendingEvents(Item) };
    },

    async record(event) {
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...eventKey(event.requestId, event.sequence),
              schemaVersion: { N: "1" },
              hash: { S: event.hash },
              content: { S: JSON.stringify(event) },
            },
            ConditionExpression: "attribute_not_exists(pk) OR #hash = :hash",
            ExpressionAttributeNames: { "#hash": "hash" },
            ExpressionAttributeValues: { ":hash": { S: event.hash } },
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { conflictingHash: (await stored(event))?.hash?.S ?? "" };
      }
    },

    async clear(id, sequences, lastSequence, { more }) {
      try {
        // In portions that an expression holds; the last one takes the request out of the index.
        for (let start = 0; start < sequences.length; start += clearedAtOnce) {
          const portion = sequences.slice(start, start + clearedAtOnce);
          const isLast = !more && start + clearedAtOnce >= sequences.length;
          await dynamo.send(
            new UpdateItemCommand({
              TableName: table,
              Key: requestKey(id),
              UpdateExpression: `REMOVE ${portion.map((_, index) => `outbox.#e${index}`).join(", ")}${isLast ? ", outboxKey, outboxSort" : ""}`,
              ConditionExpression: "lastSequence = :seen",
              ExpressionAttributeNames: Object.fromEntries(portion.map((sequence, index) => [`#e${index}`, String(sequence)])),
              ExpressionAttributeValues: { ":seen": { N: String(lastSequence) } },
            }),
          );
        }
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async waiting(before, limit) {
      const found = await Promise.all(
        shards.map((shard) =>
          dynamo.send(
            new QueryCommand({
              TableName: table,
              IndexName: "outbox",
              KeyConditionExpression: "outboxKey = :key AND outboxSort <= :before",
              ExpressionAttributeValues: { ":key": { S: `outbox#${shard}` }, ":before": { S: before } },
              Limit: limit,
            }),
          ),
        ),
      );
      return found
        .flatMap((answer) => answer.Items ?? [])
        .sort((a, b) => ((a.outboxSort?.S ?? "") < (b.outboxSort?.S ?? "") ? -1 : 1))
        .map((item) => item.pk?.S?.slice("REQUEST#".length) as RequestId);
    },
  };

  async function stored(event: RequestEvent) {
    const key = eventKey(event.requestId, event.sequence);
    return (await dynamo.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
  }
}
