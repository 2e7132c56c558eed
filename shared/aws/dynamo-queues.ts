import { type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import type { QueueHead } from "../domain/ageing.ts";
import type { RequestId } from "../domain/identifiers.ts";
import type { Queues } from "../ports.ts";
import { shards } from "./keys.ts";
import { noDueTime } from "./stored-request.ts";

/** Of each shard: a queue of some 4,000 is counted to the last, and a shard costs no more than one page of keys, however much waits. */
const headLimit = 500;

/** The heads of the queues by the keys of the index alone: no request is read. */
export function dynamoQueues(dynamo: DynamoDBClient, table: string, limit = headLimit): Queues {
  return {
    async head(queue): Promise<QueueHead> {
      const found = await Promise.all(
        shards.map((shard) =>
          dynamo.send(
            new QueryCommand({
              TableName: table,
              IndexName: "worklist",
              KeyConditionExpression: "worklistKey = :key",
              ExpressionAttributeValues: { ":key": { S: `${queue}#${shard}` } },
              ProjectionExpression: "worklistSort",
              Limit: limit,
            }),
          ),
        ),
      );
      return {
        places: found
          .flatMap(({ Items = [] }) => Items.map(({ worklistSort }) => worklistSort?.S ?? ""))
          .sort()
          .map((place) => {
            const [dueAt = "", requestId = ""] = place.split("#");
            return { dueAt: dueAt.startsWith(noDueTime) ? null : dueAt, requestId: requestId as RequestId };
          }),
        capped: found.some(({ LastEvaluatedKey }) => LastEvaluatedKey !== undefined),
      };
    },
  };
}
