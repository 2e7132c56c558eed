import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { openIdentities } from "../../infra/local/identities.ts";
import type { PocketCloud } from "../../infra/local/pocket-cloud.ts";

/** How many requests have an event that is not published yet. */
export async function unpublishedIn(cloud: PocketCloud): Promise<number> {
  const credentials = openIdentities(cloud.directory).of("developer");
  const developer = new DynamoDBClient({ endpoint: cloud.table.url, region: "us-east-1", credentials });
  try {
    return (await developer.send(new ScanCommand({ TableName: "prior-auth-local", IndexName: "outbox" }))).Count ?? 0;
  } finally {
    developer.destroy();
  }
}
