import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { openIdentities } from "../../infra/local/identities.ts";
import { cloud } from "./client.ts";

const dynamo = new DynamoDBClient({
  endpoint: `http://127.0.0.1:${cloud.port + 5}`,
  region: "us-east-1",
  credentials: openIdentities(cloud.directory).of("developer"),
});

/** In whose queue a request stands, as the index of worklists has it; `undefined` for one that nobody has to work on. */
export async function queueHolding(requestId: string): Promise<string | undefined> {
  for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: "prior-auth-local", IndexName: "worklist" })) {
    const found = Items.find(({ pk }) => pk?.S === `REQUEST#${requestId}`);
    if (found) return found.worklistKey?.S?.split("#")[0];
  }
  return undefined;
}
