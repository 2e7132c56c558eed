import { type AttributeValue, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import planData from "../local/plan-data.json" with { type: "json" };

/** Who a stage's clients are and for which providers they may act: what a plan's register says, for trying out. */
export const writeDemoRegister = async (stage: string, region: string, clientId: string | undefined): Promise<number> => {
  const dynamo = new DynamoDBClient({ region });
  const client = { pk: { S: `CLIENT#${clientId}` }, sk: { S: "CLIENT" }, organization: { S: "org-demo" } };
  const items = [...planData, ...(clientId === undefined ? [] : [client])];
  for (const Item of items)
    await dynamo.send(
      new PutItemCommand({ TableName: `prior-auth-${stage}`, Item: Item as unknown as Record<string, AttributeValue> }),
    );
  return items.length;
};
