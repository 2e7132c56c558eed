import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { RequestId } from "../domain/identifiers.ts";
import type { Inventory } from "../ports.ts";
import { requestKey } from "./stored-request.ts";

/** All requests of the table, by a scan. A page may be empty and still have a next one. */
export const everyRequest = (dynamo: DynamoDBClient, table: string): Pick<Inventory, "requests"> => ({
  async requests(after) {
    const { Items = [], LastEvaluatedKey } = await dynamo.send(
      new ScanCommand({
        TableName: table,
        FilterExpression: "sk = :request",
        ExpressionAttributeValues: { ":request": { S: "REQUEST" } },
        ProjectionExpression: "pk",
        ConsistentRead: true,
        Limit: 1_000,
        ...(after ? { ExclusiveStartKey: JSON.parse(after) as Record<string, AttributeValue> } : {}),
      }),
    );
    const items = Items.map(({ pk }) => pk?.S?.slice(requestPrefix.length) as RequestId);
    return { items, ...(LastEvaluatedKey ? { next: JSON.stringify(LastEvaluatedKey) } : {}) };
  },
});

const requestPrefix = requestKey("" as RequestId).pk.S;
