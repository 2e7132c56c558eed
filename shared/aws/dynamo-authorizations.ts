import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type AuthorizationUse, type Usage, unused } from "../domain/authorization.ts";
import type { Authorizations } from "../ports.ts";
import { authorizationKey } from "./keys.ts";

const schemaVersion = 1;

export function dynamoAuthorizations(dynamo: DynamoDBClient, table: string): Authorizations {
  return {
    async useOf(requestId) {
      const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: table, Key: authorizationKey(requestId), ConsistentRead: true }),
      );
      if (!Item) return unused(requestId);
      if (Number(Item.schemaVersion?.N) !== schemaVersion || Item.content?.S === undefined)
        throw new Error("an authorization that this code cannot read");
      return { requestId, version: Number(Item.version?.N), usages: JSON.parse(Item.content.S) as readonly Usage[] };
    },

    async save(use) {
      try {
        await dynamo.send(
          new UpdateItemCommand({
            TableName: table,
            Key: authorizationKey(use.requestId),
            UpdateExpression: "SET #version = :version, schemaVersion = :schemaVersion, content = :content",
            ConditionExpression: use.version === 1 ? "attribute_not_exists(pk)" : "#version = :expected",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: valuesOf(use),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

const valuesOf = ({ version, usages }: AuthorizationUse) => ({
  ":version": { N: String(version) },
  ":schemaVersion": { N: String(schemaVersion) },
  ":content": { S: JSON.stringify(usages) },
  ...(version === 1 ? {} : { ":expected": { N: String(version - 1) } }),
});
