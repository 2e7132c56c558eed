import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { RequestId } from "../domain/identifiers.ts";
import type { DuplicateGuards } from "../ports.ts";
import { itemKey } from "./keys.ts";

/**
 * An item `DUPLICATE#<sealed>`/`DUPLICATE` for what is asked, with the request that asks it. One write unit: it is small, and in no
 * index. Written before its request, so that of many at once one goes on.
 *
 * @param seal what stands for the words in a key: they name the member
 */
export function dynamoDuplicates(dynamo: DynamoDBClient, table: string, seal: (asked: string) => string): DuplicateGuards {
  return {
    async claim(asked, requestId, now, before) {
      try {
        await dynamo.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...itemKey(`DUPLICATE#${seal(asked)}`, "DUPLICATE"), requestId: { S: requestId }, claimedAt: { S: now } },
            // A repeat of the same submission finds its own.
            ConditionExpression: `attribute_not_exists(pk) OR requestId = :own${before ? " OR requestId = :before" : ""}`,
            ExpressionAttributeValues: { ":own": { S: requestId }, ...(before ? { ":before": { S: before } } : {}) },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        const { requestId: holder, claimedAt } = error.Item;
        return { requestId: holder?.S as RequestId, claimedAt: claimedAt?.S ?? now };
      }
    },
  };
}
