import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openIdentities } from "../infra/local/identities.ts";
import type { CloudAddress } from "./caller.ts";

export const tableName = "prior-auth-local";

/** The table behind a pocket cloud, as its developer sees it. */
export const tableOf = ({ directory, port }: Pick<CloudAddress, "directory" | "port">): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port + 5}`,
    region: "us-east-1",
    credentials: openIdentities(directory).of("developer"),
  });
