import { rmSync } from "node:fs";
import { readArguments, WrongUse } from "../local/cli/arguments.ts";
import { runCommand } from "../local/cli/command.ts";
import { cdk } from "./cdk.ts";
import { outputsFile, readOutputs } from "./deployed.ts";
import { whatToDoNow } from "./first-token.ts";
import { readinessOf } from "./readiness.ts";
import { adoptedBy, proposeRules, readRules } from "./rules.ts";

const usage = `npm run deploy -- --stage dev [--policy FILE] [--profile NAME] [--check] [--yes]
  --policy  rules in place of those in shared/policy/service-categories.json
  --check   looks at settings, credentials, account and rules, and deploys nothing
  --yes     asks nothing, not even before rights are widened`;

await runCommand(async () => {
  const options = {
    stage: { type: "string" },
    policy: { type: "string" },
    profile: { type: "string" },
    check: { type: "boolean" },
    yes: { type: "boolean" },
  } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  const { stage, profile } = values;
  if (stage === undefined || stage === "") throw new WrongUse(`Which stage? Each has a file in infra/config.\nUsage: ${usage}`);
  if (positionals.length > 0) throw new WrongUse(`"${positionals.join(" ")}" is not known here.\nUsage: ${usage}`);
  if (profile !== undefined) process.env.AWS_PROFILE = profile;

  const { settings, account, ...looked } = await readinessOf({ stage });
  const isReached = account !== undefined && looked.missing.length === 0;
  const known: Awaited<ReturnType<typeof adoptedBy>> = settings && isReached ? await adoptedBy(settings) : { adopted: [] };
  const found = settings && readRules(values.policy, settings, known.adopted);
  const rules = found && "rules" in found ? found.rules : undefined;
  const good = [...looked.good, ...(found && "good" in found ? [found.good] : [])];
  const missing = [...looked.missing, ...(found && "missing" in found ? [found.missing] : [])];
  for (const line of good) console.log(`✓ ${line}`);
  if (known.unchecked !== undefined) console.log(`! ${known.unchecked}`);
  for (const text of missing) console.log(`✗ ${text.replaceAll("\n", "\n  ")}`);
  if (missing.length > 0 || !settings || !account || !rules)
    throw new Error(
      `\nNothing has been deployed: ${missing.length} thing${missing.length === 1 ? " is" : "s are"} to be done first.`,
    );
  if (values.check) return;

  const asked = process.stdin.isTTY === true && !values.yes;
  if (!asked && !values.yes) {
    throw new Error("\nNobody is here to be asked whether rights may be widened: say --yes, or run this in a terminal.");
  }
  rmSync(outputsFile(stage), { force: true });
  await cdk([
    "deploy",
    "--all",
    "--context",
    `stage=${stage}`,
    "--require-approval",
    asked ? "broadening" : "never",
    "--outputs-file",
    outputsFile(stage),
  ]);

  const outputs = readOutputs(stage, settings.identity.kind === "cognito" ? Object.keys(settings.identity.machineClients) : []);
  if (!outputs) throw new Error("The stacks are deployed, but did not say where the API is: look for ApiUrl among their outputs.");
  await proposeRules(settings, account.id, rules).catch((error: Error) => {
    throw new Error(
      `The stacks are deployed, but the rules were not put into their bucket: ${error.name}. docs/deploy.md, “Rules”.`,
    );
  });
  console.log(`\nRules of version ${rules.version} are proposed: docs/deploy.md, “Rules”, says how to see that they are adopted.`);
  for (const line of whatToDoNow(settings, outputs)) console.log(line);
});
