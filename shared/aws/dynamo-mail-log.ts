import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { MailedEvent, MailLog } from "../ports.ts";
import { mailKey } from "./keys.ts";

export function dynamoMailLog(dynamo: DynamoDBClient, table: string): MailLog {
  const itemOf = ({ requestId, sequence, epoch }: MailedEvent) => ({ TableName: table, Key: mailKey(requestId, sequence, epoch) });

  return {
    async begin(event, now, until) {
      try {
        await dynamo.send(
          new UpdateItemCommand({
            ...itemOf(event),
            UpdateExpression: "SET busyUntil = :until",
            ConditionExpression: "attribute_not_exists(sentAt) AND (attribute_not_exists(busyUntil) OR busyUntil < :now)",
            ExpressionAttributeValues: { ":until": { S: until }, ":now": { S: now } },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        );
        return "begun";
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item?.sentAt ? "sent" : "under-way";
      }
    },

    async done(event, now) {
      await dynamo.send(
        new UpdateItemCommand({
          ...itemOf(event),
          UpdateExpression: "SET sentAt = :now REMOVE busyUntil",
          ExpressionAttributeValues: { ":now": { S: now } },
        }),
      );
    },

    async stopped(event) {
      await dynamo.send(
        new UpdateItemCommand({
          ...itemOf(event),
          UpdateExpression: "REMOVE busyUntil",
          ConditionExpression: "attribute_exists(pk)",
        }),
      );
    },
  };
}
