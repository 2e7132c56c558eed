import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Waits little and tries again: an HTTP client waits on the other side. */
export const dynamo = new DynamoDBClient({ maxAttempts: 4, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } });
