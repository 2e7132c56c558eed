import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clients } from "../ports.ts";
import { itemKey } from "./keys.ts";

/** The plan's register of machine clients: an item `CLIENT#<client id>`/`CLIENT` with the organization it calls for. */
export const dynamoClients = (dynamo: DynamoDBClient, table: string): Clients => ({
  async organizationOf(clientId) {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: table, Key: itemKey(`CLIENT#${clientId}`, "CLIENT") }));
    return Item?.organization?.S;
  },
});
