import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type AttributeValue, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { openClock } from "../../infra/local/clock.ts";
import { type FunctionDefinition, startFunctions } from "../../infra/local/functions/start-functions.ts";
import { submissionEvent } from "./submission.ts";
import type { TableProcess, Workspace } from "./workspace.ts";

export type FirstAnswer = { milliseconds: number; body: { id?: string } };

/** Calls functions that were never called before, each in a pool of its own. */
export function coldCaller(workspace: Workspace, table: TableProcess) {
  const directory = mkdtempSync(join(workspace.directory, "cold-"));
  const clock = openClock(directory);
  const identities = { of: () => table.developer, find: () => undefined };

  return async (definition: FunctionDefinition, event: unknown): Promise<FirstAnswer> => {
    const functions = startFunctions({
      definitions: [definition],
      clock,
      identities,
      logsDirectory: directory,
      endpoints: { AWS_ENDPOINT_URL_DYNAMODB: table.url },
    });
    const began = performance.now();
    const outcome = await functions.invoke(definition.name, event);
    const milliseconds = performance.now() - began;
    await functions.close();
    const answer = (outcome.ok ? outcome.payload : {}) as { statusCode?: number; body?: string };
    if (answer.statusCode !== 201) throw new Error(`${definition.codeDirectory}: ${JSON.stringify(outcome)}`);
    return { milliseconds, body: JSON.parse(answer.body ?? "{}") };
  };
}

/** The item that a submission of the example leaves, for whoever writes the same without our code. */
export async function itemOfFirstSubmission(workspace: Workspace, table: TableProcess): Promise<Record<string, AttributeValue>> {
  const { body } = await coldCaller(workspace, table)(workspace.submitRequest, submissionEvent());
  const dynamo = new DynamoDBClient({ endpoint: table.url, region: "us-east-1", credentials: table.developer });
  const { Item: item } = await dynamo.send(
    new GetItemCommand({
      TableName: workspace.submitRequest.environment.TABLE_NAME,
      Key: { pk: { S: `REQUEST#${body.id}` }, sk: { S: "REQUEST" } },
    }),
  );
  dynamo.destroy();
  if (!item) throw new Error("the submission left no item");
  return item;
}

/** What a function finds in its environment when it runs beside a table on this machine. */
export const environmentOf = (definition: FunctionDefinition, table: TableProcess): Record<string, string> => ({
  ...definition.environment,
  AWS_REGION: "us-east-1",
  AWS_LAMBDA_FUNCTION_NAME: definition.name,
  AWS_ENDPOINT_URL_DYNAMODB: table.url,
  AWS_ACCESS_KEY_ID: table.developer.accessKeyId,
  AWS_SECRET_ACCESS_KEY: table.developer.secretAccessKey,
  ...(table.developer.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: table.developer.sessionToken }),
});
