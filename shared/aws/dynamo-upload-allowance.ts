import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { UploadAllowance } from "../ports.ts";
import { itemKey } from "./keys.ts";

const names = { "#hour": "hour", "#documents": "documents", "#bytes": "bytes" };

/** One counter per organization, and per person without one. It counts an hour of the clock; the next hour's first takes it over. */
export function dynamoUploadAllowance(dynamo: DynamoDBClient, table: string): UploadAllowance {
  return {
    async take({ organization, subject }, size, { documents, bytes }, now) {
      const hour = { S: now.slice(0, "2026-11-23T15".length) };
      const one = { N: "1" };
      const taken = { ":hour": hour, ":one": one, ":size": { N: String(size) } };
      const written = async (
        UpdateExpression: string,
        ConditionExpression: string,
        ExpressionAttributeValues: Record<string, AttributeValue>,
      ) => {
        const counter = {
          TableName: table,
          Key: itemKey(organization === null ? `CALLER#${subject}` : `ORGANIZATION#${organization}`, "UPLOADS"),
          ExpressionAttributeNames: names,
        };
        try {
          await dynamo.send(
            new UpdateItemCommand({ ...counter, UpdateExpression, ConditionExpression, ExpressionAttributeValues }),
          );
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      };
      // Not `=`: another function's clock may already be in the next hour.
      const added = () =>
        written("ADD #documents :one, #bytes :size", "#hour >= :hour AND #documents < :most AND #bytes <= :room", {
          ...taken,
          ":most": { N: String(documents) },
          ":room": { N: String(bytes - size) },
        });
      const begun = () =>
        written("SET #hour = :hour, #documents = :one, #bytes = :size", "attribute_not_exists(#hour) OR #hour < :hour", taken);
      // A second time, because somebody else may have begun the hour in between.
      return (await added()) || (await begun()) || (await added());
    },
  };
}
