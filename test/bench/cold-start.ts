import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type AttributeValue, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { openClock } from "../../infra/local/clock.ts";
import { type FunctionDefinition, startFunctions } from "../../infra/local/functions/start-functions.ts";
import { median, type Row } from "./row.ts";
import { submissionEvent } from "./submission.ts";
import { startTableProcess, type Workspace } from "./workspace.ts";

const pairs = 40;
const discarded = 4;

/**
 * Time from the call of a function that was never called before to its first answer: `submit-request` over the baseline. Fair,
 * because both are built by the same options and run in the same way: a new worker thread each time, with an isolate and modules of
 * its own, under the same settings, on the same table in another process, over a connection that has to be made first; and both
 * write the same item. They take turns, so that whatever else the machine does meets both, and each ratio is of two neighbours.
 */
export async function coldStart(workspace: Workspace): Promise<Row[]> {
  const table = await startTableProcess(workspace);
  const identities = { of: () => table.developer, find: () => undefined };
  const directory = mkdtempSync(join(workspace.directory, "cold-"));
  const clock = openClock(directory);

  const firstAnswer = async (definition: FunctionDefinition, event: unknown) => {
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
    return { milliseconds, body: JSON.parse(answer.body ?? "{}") as { id?: string } };
  };

  try {
    const first = await firstAnswer(workspace.submitRequest, submissionEvent());
    const dynamo = new DynamoDBClient({ endpoint: table.url, region: "us-east-1", credentials: table.developer });
    const { Item: item } = await dynamo.send(
      new GetItemCommand({
        TableName: workspace.submitRequest.environment.TABLE_NAME,
        Key: { pk: { S: `REQUEST#${first.body.id}` }, sk: { S: "REQUEST" } },
      }),
    );
    dynamo.destroy();
    if (!item) throw new Error("the submission left no item");
    const another = (): Record<string, AttributeValue> => ({ ...item, pk: { S: `REQUEST#${randomUUID()}` } });

    const samples: { ours: number; bare: number }[] = [];
    for (let pair = 0; pair < discarded + pairs; pair += 1) {
      const ours = async () => (await firstAnswer(workspace.submitRequest, submissionEvent())).milliseconds;
      const bare = async () => (await firstAnswer(workspace.baseline, { item: another() })).milliseconds;
      // Whoever goes second may find the machine warmer.
      const sample = pair % 2 === 0 ? { ours: await ours(), bare: await bare() } : { bare: await bare(), ours: await ours() };
      if (pair >= discarded) samples.push(sample);
    }
    if (process.env.BENCH_DETAIL)
      console.error(
        `cold start: ${median(samples.map(({ ours }) => ours)).toFixed(1)} ms over ${median(samples.map(({ bare }) => bare)).toFixed(1)} ms`,
      );
    return [
      {
        name: "cold start of submit-request over one bare PutItem",
        value: median(samples.map(({ ours, bare }) => ours / bare)),
        goal: 1.2,
        unit: "ratio",
      },
    ];
  } finally {
    await table.close();
  }
}
