import { profileOf, type Settings, stageSettings } from "../config.ts";
import { readArguments, WrongUse } from "../local/cli/arguments.ts";
import { runCommand } from "../local/cli/command.ts";
import { openTimeline } from "../local/cli/timeline.ts";
import { playMainJob } from "../local/main-job.ts";
import { openAccount } from "./account.ts";
import { type Client, clientToken } from "./client-token.ts";
import { writeDemoRegister } from "./demo-register.ts";
import { type Outputs, readOutputs } from "./deployed.ts";
import { gatewayProbes, type Probe, storeProbes } from "./probes.ts";

const usage = `npm run smoke -- --stage dev [--demo-register] [--token-only]
   or: TOKEN=… npm run smoke -- --api URL
   or: CLIENT_SECRET=… npm run smoke -- --api URL --token-url URL --client-id ID [--scope-prefix TEXT]
  --profile NAME        the AWS profile, with --stage
  --demo-register       first writes the example organizations and providers into the stage's table (a stage with a stand-in only)
  --token-only          prints a token and does no more
  --until sent|decided  where the main job ends: once the vendor has the referral (and then takes it back), or with its decision
  --npi NPI             whom the token's organization may submit for, if not 1234567893
  --document-size BYTES 104857600 unless it says otherwise
  --patience SECONDS    the longest that any one thing may take, 300 unless it says otherwise
  --token TOKEN         as TOKEN=…, where it does not matter who sees it`;

const options = {
  api: { type: "string" },
  stage: { type: "string" },
  profile: { type: "string" },
  token: { type: "string" },
  "token-url": { type: "string" },
  "client-id": { type: "string" },
  "scope-prefix": { type: "string" },
  "demo-register": { type: "boolean" },
  "token-only": { type: "boolean" },
  until: { type: "string" },
  npi: { type: "string" },
  "document-size": { type: "string" },
  patience: { type: "string" },
} as const;

/** The machine whose client plays the client here. */
const machine = "smoke";

type Target = {
  readonly api: string;
  readonly tokenFor: ((...scopes: string[]) => Promise<string>) | undefined;
  readonly token?: string;
};

const wrong = (sentence: string) => new WrongUse(`${sentence}\nUsage: ${usage}`);

const count = (name: string, text: string | undefined, otherwise: number, least: number): number => {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < least)
    throw wrong(`--${name} takes a whole number of at least ${least}, and not "${text}".`);
  return value;
};

const asking = (client: Client, prefix: string) => ({
  tokenFor: (...scopes: string[]) =>
    clientToken(
      client,
      scopes.map((scope) => `${prefix}${scope}`),
    ),
});

/** A stage that was deployed from here, with a user pool of its own: its client's secret is asked of AWS. */
const ownPool = async (settings: Settings, { signInUrl, userPoolId, clients }: Outputs): Promise<Client> => {
  const id = clients[machine];
  if (signInUrl === undefined || userPoolId === undefined || id === undefined)
    throw new Error(
      `Stage ${settings.stage} has no client "${machine}": add it to identity.machineClients of its settings and deploy.`,
    );
  const account = await openAccount(settings.region);
  const answer = await account.call({
    service: "cognito-idp",
    target: "AWSCognitoIdentityProviderService.DescribeUserPoolClient",
    input: { UserPoolId: userPoolId, ClientId: id },
  });
  const { UserPoolClient } = JSON.parse(answer) as { UserPoolClient: { ClientSecret: string } };
  return { tokenUrl: `${signInUrl}/oauth2/token`, id, secret: UserPoolClient.ClientSecret };
};

/** One after another, going on after a failure. @returns how many failed */
const lookAtAll = async (probes: readonly Probe[]): Promise<number> => {
  let failed = 0;
  for (const { what, look } of probes) {
    try {
      await look();
      console.log(`  ✓ ${what}`);
    } catch (error) {
      failed += 1;
      console.log(`  ✗ ${what}\n      ${(error as Error).message}`);
    }
  }
  return failed;
};

await runCommand(async () => {
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  if (positionals.length > 0) throw wrong(`"${positionals.join(" ")}" is not known here.`);
  const { stage, profile, until, npi = "1234567893" } = values;
  if ((stage === undefined) === (values.api === undefined)) throw wrong("Which API? Say --stage or --api, and not both.");
  if (until !== undefined && until !== "sent" && until !== "decided")
    throw wrong(`--until takes sent or decided, and not "${until}".`);
  const documentSize = count("document-size", values["document-size"], 104_857_600, 2_000);
  const patience = count("patience", values.patience, 300, 1);
  if (profile !== undefined) process.env.AWS_PROFILE = profile;

  const settings = stage === undefined ? undefined : stageSettings(stage);
  const target = await findTarget(settings);
  const token = target.token ?? (await target.tokenFor?.("requests:read", "requests:write"));
  if (token === undefined) throw wrong("With which token? Set TOKEN, or say which client may ask for one.");
  if (values["token-only"]) {
    process.stdout.write(`${token}\n`);
    return;
  }

  const signal = new AbortController().signal;
  const readToken = target.token === undefined ? await target.tokenFor?.("requests:read") : undefined;
  const probing = { api: target.api, token, readToken, npi, patience, signal };
  console.log(`\nThe gateway at ${target.api}`);
  let failed = await lookAtAll(gatewayProbes(probing));
  console.log("\nThe buckets");
  failed += await lookAtAll(storeProbes(probing));
  console.log("\nThe main job");
  const end = until ?? (settings?.vendorStandIn ? "decided" : "sent");
  const timeline = openTimeline(process.stdout, process.env);
  const job = {
    endpoints: { api: target.api },
    token: async () => token,
    documentSize,
    until: end,
    patience,
    npi,
    signal,
  } as const;
  await playMainJob(job, timeline);
  if (readToken === undefined)
    console.log("\nNot looked at: 403 for a scope, which takes a second token (--token-url and --client-id).");
  if (failed > 0)
    throw new Error(
      `\nThe main job works, but ${failed} of the other things ${failed === 1 ? "is" : "are"} not as they should be.`,
    );
  console.log("\nAll is as it should be.");

  async function findTarget(known: Settings | undefined): Promise<Target> {
    const given = values.token ?? process.env.TOKEN;
    if (known === undefined) {
      const api = (values.api ?? "").replace(/\/$/, "");
      const { "token-url": tokenUrl, "client-id": id, "scope-prefix": prefix = "" } = values;
      const { CLIENT_SECRET: secret } = process.env;
      const client = tokenUrl && id && secret ? asking({ tokenUrl, id, secret }, prefix) : undefined;
      return { api, tokenFor: client?.tokenFor, ...(given && { token: given }) };
    }
    const { identity } = known;
    const outputs = readOutputs(known.stage, identity.kind === "cognito" ? Object.keys(identity.machineClients) : []);
    if (!outputs)
      throw new Error(`Stage ${known.stage} was not deployed from this directory: say --api URL, and how to get a token.`);
    if (values["demo-register"]) {
      if (!known.vendorStandIn)
        throw new Error(`Stage ${known.stage} has a real vendor: nothing invented is written into its register.`);
      const written = await writeDemoRegister(known.stage, known.region, outputs.clients[machine]);
      console.error(`The register of stage ${known.stage} has ${written} example entries.`);
    }
    const own =
      identity.kind === "cognito" && !given ? asking(await ownPool(known, outputs), profileOf(known).scopePrefix) : undefined;
    return { api: outputs.apiUrl, tokenFor: own?.tokenFor, ...(given && { token: given }) };
  }
});
