import { DynamoDBClient, PutItemCommand, type PutItemCommandInput } from "@aws-sdk/client-dynamodb";

const dynamo = new DynamoDBClient();

/** The least that a function with a table can do: writes the item that the event carries. */
export const handler = async ({ item }: { item: NonNullable<PutItemCommandInput["Item"]> }) => {
  await dynamo.send(new PutItemCommand({ TableName: process.env.TABLE_NAME, Item: item }));
  return { statusCode: 201, body: "{}" };
};
