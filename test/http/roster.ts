import { randomInt } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { openIdentities } from "../../infra/local/identities.ts";
import { isNpi } from "../../shared/domain/identifiers.ts";
import { cloud } from "./client.ts";

/** A provider in the plan's directory that no other test knows, at home with an organization of its own. */
type Enrolled = { readonly npi: string; readonly organization: string };

const dynamo = new DynamoDBClient({
  endpoint: `http://127.0.0.1:${cloud.port + 5}`,
  region: "us-east-1",
  credentials: openIdentities(cloud.directory).of("developer"),
});

/** @param organizations may act for the provider too */
export async function enroll(...organizations: readonly string[]): Promise<Enrolled> {
  const npi = anNpi();
  const organization = `org-${npi}`;
  await dynamo.send(
    new PutItemCommand({
      TableName: "prior-auth-local",
      Item: {
        pk: { S: `PROVIDER#${npi}` },
        sk: { S: "PROVIDER" },
        participating: { BOOL: true },
        organizations: { SS: [organization, ...organizations] },
        home: { S: organization },
      },
    }),
  );
  return { npi, organization };
}

function anNpi(): string {
  for (;;) {
    const npi = `1${String(randomInt(1_000_000_000)).padStart(9, "0")}`;
    if (isNpi(npi)) return npi;
  }
}
