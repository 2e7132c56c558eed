import { existsSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { stageSettings } from "../config.ts";
import { dataDirectory, readArguments, WrongUse } from "../local/cli/arguments.ts";
import { runCommand } from "../local/cli/command.ts";
import { interruptedCode, listenForInterruption } from "../local/cli/interruption.ts";
import { findRunningCloud } from "../local/cli/running.ts";
import { openIdentities } from "../local/identities.ts";
import { openCheckpoint } from "../providers/checkpoint.ts";
import { openLoadProgress } from "../providers/load-progress.ts";
import { fingerprintOfFile, loadProviders, summaryOf } from "../providers/load-providers.ts";
import { idOfTable, providerTable } from "../providers/provider-table.ts";
import { openAccount } from "./account.ts";

const usage = `npm run providers:load -- FILE.csv [--stage STAGE] [--profile NAME]
  without --stage into the pocket cloud that runs; docs/providers.md says what the file holds`;

type Target = { readonly dynamo: DynamoDBClient; readonly table: string; readonly checkpoint: string; readonly called: string };

const pocketCloud = async (): Promise<Target> => {
  const directory = dataDirectory(process.env);
  const running = await findRunningCloud(directory);
  if (!running) throw new Error("No pocket cloud runs here: start it with npm start in another terminal, or name a --stage.");
  return {
    dynamo: new DynamoDBClient({
      endpoint: running.table,
      region: "us-east-1",
      credentials: openIdentities(directory).of("developer"),
      maxAttempts: 10,
    }),
    table: "prior-auth-local",
    checkpoint: join(directory, "providers-load.json"),
    called: "the pocket cloud",
  };
};

const deployed = async (stage: string): Promise<Target> => {
  const { region } = stageSettings(stage);
  const { id } = await openAccount(region);
  return {
    dynamo: new DynamoDBClient({ region, maxAttempts: 10 }),
    table: `prior-auth-${stage}`,
    checkpoint: join(import.meta.dirname, `../../.build/providers-load/${stage}.json`),
    called: `stage ${stage} in account ${id}`,
  };
};

await runCommand(async () => {
  const options = { stage: { type: "string" }, profile: { type: "string" } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new WrongUse(`Which file? Name one.\nUsage: ${usage}`);
  if (!existsSync(path)) throw new WrongUse(`There is no file ${path}.\nUsage: ${usage}`);
  if (values.profile !== undefined) process.env.AWS_PROFILE = values.profile;

  const interruption = listenForInterruption();
  const { dynamo, table, called, ...target } = values.stage === undefined ? await pocketCloud() : await deployed(values.stage);
  const checkpoint = openCheckpoint(target.checkpoint, await fingerprintOfFile(path), await idOfTable(dynamo, table));
  const progress = openLoadProgress(process.stdout, process.env);
  progress.line(`Loading ${path} into ${called}${checkpoint.done > 0 ? ", going on where the load before was interrupted" : ""}`);

  const loaded = await loadProviders(path, { sink: providerTable(dynamo, table), checkpoint, progress, interruption });
  dynamo.destroy();
  progress.line(summaryOf(loaded));
  if (loaded.interrupted) {
    progress.line("Interrupted: the same command goes on from here.");
    process.exitCode = interruptedCode;
  } else if (loaded.rejected > 0) {
    progress.line(`Every rejected row is in ${path}.rejected.`);
    process.exitCode = 1;
  }
});
