import { createInterface } from "node:readline/promises";
import { stageSettings } from "../config.ts";
import { readArguments, WrongUse } from "../local/cli/arguments.ts";
import { runCommand } from "../local/cli/command.ts";
import { openAccount } from "./account.ts";
import { cdk } from "./cdk.ts";
import { keptThings } from "./kept-things.ts";
import { foreignAccount } from "./readiness.ts";
import { refusalToRemoveData, stacksOf, warning } from "./removal.ts";

const usage = `npm run destroy -- --stage dev [--profile NAME] [--with-data] [--yes]
  --with-data  removes requests, documents, people and secrets too; without it they stay, and the stage can be deployed again
  --yes        does not ask for the stage's name`;

const confirmed = async (stage: string): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`\nType the stage's name to go on: `)).trim() === stage;
  } finally {
    terminal.close();
  }
};

await runCommand(async () => {
  const options = {
    stage: { type: "string" },
    profile: { type: "string" },
    "with-data": { type: "boolean" },
    yes: { type: "boolean" },
  } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  const { stage, profile, yes } = values;
  const withData = values["with-data"] === true;
  if (stage === undefined || stage === "") throw new WrongUse(`Which stage? Each has a file in infra/config.\nUsage: ${usage}`);
  if (positionals.length > 0) throw new WrongUse(`"${positionals.join(" ")}" is not known here.\nUsage: ${usage}`);
  if (profile !== undefined) process.env.AWS_PROFILE = profile;

  const settings = stageSettings(stage);
  const refusal = withData ? refusalToRemoveData(settings) : undefined;
  if (refusal !== undefined) throw new Error(refusal);
  const account = await openAccount(settings.region);
  const foreign = foreignAccount(account, settings);
  if (foreign !== undefined) throw new Error(foreign);

  for (const line of warning(settings, account.id, withData)) console.log(line);
  if (!yes) {
    if (process.stdin.isTTY !== true) throw new Error("\nNobody is here to be asked: say --yes, or run this in a terminal.");
    if (!(await confirmed(stage))) throw new Error("That is not the stage's name: nothing has been removed.");
  }

  const remove = (stacks: readonly string[]) =>
    cdk(["destroy", ...stacks, "--exclusively", "--force", "--context", `stage=${stage}`]);
  const { doing, keeping } = stacksOf(settings);
  await remove(doing);
  if (!withData) {
    console.log(`\nRemoved. ${keeping.join(" and ")} stay, protected; docs/deploy.md says what they cost at rest.`);
    return;
  }

  for (const stack of keeping) await account.unprotect(stack);
  await remove(keeping);
  const remaining: string[] = [];
  for (const { name, remove: removeThing } of keptThings(stage, settings.region, account)) {
    try {
      await removeThing();
      console.log(`✓ ${name}`);
    } catch (error) {
      remaining.push(`${name}: ${(error as Error).message}`);
    }
  }
  console.log(
    [
      "",
      `What remains: the customer key of stage ${stage} (1 USD a month). Its policy lets nobody take it away who is not tagged`,
      `  break-glass = alias/prior-auth-${stage}; whoever is may then schedule its deletion. Backups of the table that somebody made stay too.`,
      ...(settings.retention.keepLogs ? ["  The functions' logs stay for as long as the settings say."] : []),
    ].join("\n"),
  );
  if (remaining.length > 0)
    throw new Error(`These could not be removed; run the command again, or look at them:\n  ${remaining.join("\n  ")}`);
});
