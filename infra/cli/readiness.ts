import { type Settings, stageSettings } from "../config.ts";
import { type Account, NoAccount, openAccount } from "./account.ts";
import { placeholdersIn } from "./placeholders.ts";

/** What was looked at before anything is deployed: what is well, and what somebody has to do first. */
export type Readiness = {
  readonly settings: Settings | undefined;
  readonly account: Account | undefined;
  readonly good: readonly string[];
  readonly missing: readonly string[];
};

export type ReadinessOptions = {
  readonly stage: string;
  readonly nodeVersion?: string;
  readonly open?: (region: string) => Promise<Account>;
  readonly settingsOf?: (stage: string) => Settings;
};

/** The oldest major version of Node.js that the deployed functions and the bundler agree on. */
const oldestNode = 24;
/** What the CDK's present templates ask of its bootstrap stack. */
const oldestBootstrap = 6;

/** Looks at everything that a deployment needs, and names all that is missing at once. Asks AWS, and changes nothing. */
export const readinessOf = async ({
  stage,
  nodeVersion = process.versions.node,
  open = openAccount,
  settingsOf = stageSettings,
}: ReadinessOptions): Promise<Readiness> => {
  const good: string[] = [];
  const missing: string[] = [];

  const settings = readSettings(stage, settingsOf, missing);
  if (settings) {
    const placeholders = placeholdersIn(settings);
    const file = `infra/config/${stage}.json`;
    if (placeholders.length === 0) good.push(`Settings: ${file}, region ${settings.region}`);
    else missing.push([`${file} is not filled in yet:`, ...placeholders.map((line) => `  - ${line}`)].join("\n"));
  }

  if (Number(nodeVersion.split(".")[0]) >= oldestNode) good.push(`Node.js ${nodeVersion}`);
  else missing.push(`This is Node.js ${nodeVersion}; ${oldestNode} is needed. "npm ci" brings it, and "npm run deploy" uses it.`);

  // Without settings there is no region to ask in; the credentials may still be missing, which is worth knowing now.
  const region = settings?.region ?? process.env.AWS_REGION ?? "us-east-1";
  const account = await open(region).catch((error: Error) => {
    if (!(error instanceof NoAccount)) throw error;
    missing.push(error.message);
    return undefined;
  });
  if (account && settings) await judgeAccount(account, settings, good, missing);
  return { settings, account, good, missing };
};

const readSettings = (stage: string, settingsOf: (stage: string) => Settings, missing: string[]): Settings | undefined => {
  try {
    return settingsOf(stage);
  } catch (error) {
    missing.push((error as Error).message);
    return undefined;
  }
};

const judgeAccount = async (account: Account, settings: Settings, good: string[], missing: string[]): Promise<void> => {
  const { stage, region } = settings;
  const other = foreignAccount(account, settings);
  if (other !== undefined) {
    missing.push(other);
    return;
  }
  good.push(`Account ${account.id}, as ${account.arn}`);

  const bootstrap = await account.bootstrapVersion();
  const command = `npx cdk bootstrap aws://${account.id}/${region}`;
  if (bootstrap === undefined)
    missing.push(
      `The CDK has not been set up in account ${account.id}, region ${region}. Once per account and region, by somebody who may create roles:\n  ${command}`,
    );
  else if (bootstrap === "hidden")
    good.push(
      `Whether the CDK is set up in ${region} cannot be seen with these credentials (ssm:GetParameter); the deployment will tell`,
    );
  else if (bootstrap < oldestBootstrap)
    missing.push(`The CDK's set-up in ${region} is of version ${bootstrap}; ${oldestBootstrap} is needed. Renew it:\n  ${command}`);
  else good.push(`The CDK is set up in ${region} (version ${bootstrap}) for stage ${stage}`);
};

/** What to say when a stage belongs to another account than the one that the credentials are of. */
export const foreignAccount = (account: Account, { stage, account: own }: Settings): string | undefined =>
  own === undefined || own === account.id
    ? undefined
    : `Stage ${stage} belongs to account ${own} (infra/config/${stage}.json), and these credentials are of ${account.id}: use others, such as --profile NAME.`;
