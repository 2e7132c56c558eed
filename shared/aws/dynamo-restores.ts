import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Restores } from "../ports.ts";
import { batchedReads, type ReadItem } from "./batched-reads.ts";
import { keptForAMinute } from "./kept-for-a-minute.ts";
import { itemKey } from "./keys.ts";

const key = itemKey("RESTORE", "RESTORE");

/** @param readEpoch together with what else a call reads at its start */
export function dynamoRestores(dynamo: DynamoDBClient, table: string, readEpoch: ReadItem = batchedReads(dynamo, table)): Restores {
  const epoch = keptForAMinute(1, async () => Number((await readEpoch(key))?.epoch?.N ?? 0));
  const read = async () => (await dynamo.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  return {
    epoch: () => epoch("RESTORE"),

    async begin(restoredTo, now) {
      const epoch = Math.floor(Date.parse(now) / 1000);
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...key, epoch: { N: String(epoch) }, restoredTo: { S: restoredTo }, schemaVersion: { N: "1" } },
            ConditionExpression: "attribute_not_exists(pk) OR (restoredTo <> :restoredTo AND epoch < :epoch)",
            ExpressionAttributeValues: { ":restoredTo": { S: restoredTo }, ":epoch": { N: String(epoch) } },
          }),
        );
        return epoch;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const standing = await read();
        if (standing?.restoredTo?.S !== restoredTo) throw new Error("another restore has begun at the same time");
        return Number(standing.epoch?.N);
      }
    },
  };
}
