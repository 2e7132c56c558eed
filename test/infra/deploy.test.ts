import { execFile } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Account, NoAccount, openAccount } from "../../infra/cli/account.ts";
import { outputsIn } from "../../infra/cli/deployed.ts";
import { whatToDoNow } from "../../infra/cli/first-token.ts";
import { placeholdersIn } from "../../infra/cli/placeholders.ts";
import { readinessOf } from "../../infra/cli/readiness.ts";
import { refusalToRemoveData, stacksOf, warning } from "../../infra/cli/removal.ts";
import { adoptedBy, proposeRules, readRules } from "../../infra/cli/rules.ts";
import { stageSettings } from "../../infra/config.ts";
import { namesOf } from "../../infra/names.ts";
import { assemble } from "../../infra/synthesize.ts";
import { stubBundles, temporaryDirectory } from "./assembly.ts";

const root = join(import.meta.dirname, "../..");
const dev = stageSettings("dev");
const production = stageSettings("production");
const builtIn = JSON.parse(readFileSync(join(root, "shared/policy/service-categories.json"), "utf8"));
const rulesFile = (rules: object): string => {
  const file = join(temporaryDirectory(), "rules.json");
  writeFileSync(file, JSON.stringify(rules));
  return file;
};

const anAccount = (over: Partial<Account> = {}): Account => ({
  id: "111122223333",
  arn: "arn:aws:sts::111122223333:assumed-role/deployer/ada",
  bootstrapVersion: async () => 30,
  unprotect: async () => true,
  call: async () => "",
  ...over,
});
const ready = (over: Partial<Account> = {}, stage = "dev") => readinessOf({ stage, open: async () => anAccount(over) });

describe("before a deployment", () => {
  it("stage dev needs nothing but an account that the CDK is set up in", async () => {
    expect(await ready()).toMatchObject({ missing: [], settings: { stage: "dev" } });
  });

  it("names every placeholder of production, and says what belongs there", () => {
    const found = placeholdersIn(production);
    expect(found.map((line) => line.split(" ")[0])).toEqual(["identity.issuerUrl", "allowedOrigins", "vendorUrl"]);
    expect(found.join()).toMatch(/OpenID Connect issuer.*origin.*imaging vendor's address/);
  });

  it.each([
    "https://example.com",
    "https://a.example.net/path",
    "https://issuer.test",
    "https://vendor.invalid:8443",
    "alarms@example.org",
  ])("%s is a placeholder", (text) => {
    expect(placeholdersIn({ ...dev, alarmEmail: text })).toHaveLength(1);
  });

  it.each(["https://examples.health", "https://example-plan.com", "ops@contest.org", "https://localhost/signed-in"])(
    "%s is none",
    (text) => {
      expect(placeholdersIn({ ...dev, alarmEmail: text })).toEqual([]);
    },
  );

  it("names all that is missing at once: settings, Node.js, credentials", async () => {
    const { missing, good } = await readinessOf({
      stage: "production",
      nodeVersion: "22.18.0",
      open: () => Promise.reject(new NoAccount("There are no AWS credentials")),
    });
    expect(missing).toHaveLength(3);
    expect(missing.join("\n")).toMatch(
      /production\.json is not filled in[\s\S]*This is Node\.js 22\.18\.0[\s\S]*no AWS credentials/,
    );
    expect(good).toEqual([]);
  });

  it("a stage that does not exist is named, and the credentials are looked at nevertheless", async () => {
    const { missing } = await readinessOf({ stage: "nowhere", open: () => Promise.reject(new NoAccount("No credentials")) });
    expect(missing).toEqual([expect.stringContaining('There is no stage "nowhere"'), "No credentials"]);
  });

  it("says the exact command that sets the CDK up, or renews it", async () => {
    const command = "npx cdk bootstrap aws://111122223333/us-east-1";
    expect((await ready({ bootstrapVersion: async () => undefined })).missing).toEqual([expect.stringContaining(command)]);
    expect((await ready({ bootstrapVersion: async () => 5 })).missing).toEqual([expect.stringContaining(command)]);
  });

  it("goes on when the caller may not see whether the CDK is set up", async () => {
    expect(await ready({ bootstrapVersion: async () => "hidden" })).toMatchObject({ missing: [] });
  });

  it("refuses the credentials of another account than the stage's own, and asks nothing more of it", async () => {
    const { missing } = await readinessOf({
      stage: "dev",
      settingsOf: (stage) => stageSettings(stage, { account: "444455556666" }),
      open: async () => anAccount({ bootstrapVersion: () => Promise.reject(new Error("asked")) }),
    });
    expect(missing).toEqual([expect.stringMatching(/belongs to account 444455556666.*are of 111122223333/)]);
  });
});

describe("after a deployment", () => {
  const written = {
    "prior-auth-dev-api": { ApiUrl: "https://api.host", Clientsmoke: "client-1" },
    "prior-auth-dev-identity": { SignInUrl: "https://sign-in.host", UserPoolId: "us-east-1_pool" },
  };

  it("says where the API is, how to get a token, and how to see that it works", () => {
    const outputs = outputsIn(written, "dev", ["smoke"]);
    if (!outputs) throw new Error("There are no outputs");
    expect(outputs).toEqual({
      apiUrl: "https://api.host",
      signInUrl: "https://sign-in.host",
      userPoolId: "us-east-1_pool",
      clients: { smoke: "client-1" },
    });
    const said = whatToDoNow(dev, outputs).join("\n");
    for (const part of ["https://api.host", "--stage dev --token-only", "npm run smoke -- --stage dev --demo-register"])
      expect(said).toContain(part);
  });

  it("names issuer, audience, scopes and claim where people sign in elsewhere", () => {
    const outputs = outputsIn({ "prior-auth-production-api": { ApiUrl: "https://api.host" } }, "production", []);
    if (!outputs) throw new Error("There are no outputs");
    const said = whatToDoNow(production, outputs).join("\n");
    for (const part of [
      production.identity.kind === "oidc" ? production.identity.issuerUrl : "",
      "requests:write",
      '"org"',
      "--until sent",
    ])
      expect(said).toContain(part);
  });

  it("knows the names that the templates give their outputs", () => {
    const { api, identity } = assemble({ stage: "dev", outdir: temporaryDirectory(), assetsDirectory: stubBundles() });
    const outputs = (stack: typeof api | typeof identity) =>
      (stack?.node.children ?? []).map(({ node }) => node.id.replaceAll("-", ""));
    expect(outputs(api)).toEqual(expect.arrayContaining(["ApiUrl", "Clientsmoke"]));
    expect(outputs(identity)).toEqual(expect.arrayContaining(["SignInUrl", "UserPoolId"]));
  });
});

describe("removal", () => {
  it("takes the stacks that do the work, and leaves those that hold data", () => {
    const every = assemble({ stage: "dev", outdir: temporaryDirectory(), assetsDirectory: stubBundles() })
      .app.node.children.map(({ node }) => node.id)
      .filter((id) => id.startsWith("prior-auth-"));
    const { doing, keeping } = stacksOf(dev);
    expect([...doing, ...keeping].toSorted()).toEqual(every.toSorted());
    expect(keeping).toEqual(["prior-auth-dev-identity", "prior-auth-dev-data"]);
  });

  it("says what will be lost, and what stays", () => {
    expect(warning(dev, "111122223333", false).join("\n")).toMatch(/These stay.*every request.*prior-auth-dev-data/);
    expect(warning(dev, "111122223333", true).join("\n")).toMatch(/for ever.*every request.*prior-auth-dev-data/);
  });

  it("never removes records that are kept by law", () => {
    expect(refusalToRemoveData(dev)).toBeUndefined();
    expect(refusalToRemoveData(production)).toContain("no command removes them");
  });
});

describe("the rules of a deployment", () => {
  const now = new Date("2027-01-01T12:00:00.000Z");
  const next = { ...builtIn, version: "2027-01-01", effectiveFrom: "2027-01-01" };
  const found = (rules: object | undefined, { stage = dev, adopted = [] as { version: string; digest: string }[] } = {}) =>
    readRules(rules && rulesFile(rules), stage, adopted, now);

  it("are those that are built in, or those of a file", () => {
    expect(found(undefined)).toMatchObject({
      rules: { version: builtIn.version },
      good: `Rules: shared/policy/service-categories.json, version ${builtIn.version}, for what is received from ${builtIn.effectiveFrom} on`,
    });
    expect(found(next)).toMatchObject({ rules: { version: "2027-01-01" } });
  });

  it.each<[string, object, RegExp]>([
    ["have a day that is over", { ...next, effectiveFrom: "2026-12-31" }, /effectiveFrom: 2026-12-31 is over/],
    ["are others under the version that is built in", { ...next, version: builtIn.version }, /version: .* has other rules already/],
    ["are broken", { ...next, rules: "none" }, /- rules: /],
  ])("are refused when they %s", (_what, rules, words) => {
    expect(found(rules)).toEqual({ missing: expect.stringMatching(words) });
  });

  it("may be deployed again after their day when they were adopted, and not when others were", () => {
    const before = found(next);
    if (!("rules" in before)) throw new Error(before.missing);
    const { version, digest } = before.rules;
    const later = new Date("2027-05-01T12:00:00.000Z");
    const first = found(undefined);
    if (!("rules" in first)) throw new Error(first.missing);
    const again = (known: string) => readRules(rulesFile(next), dev, [first.rules, { version, digest: known }], later);
    expect(again(digest)).toMatchObject({ rules: { version } });
    expect(again("other")).toEqual({ missing: expect.stringContaining("has other rules already") });
  });

  it("that come with the code judge no day that had other rules, whichever are proposed beside", () => {
    const adopted = [{ version: "2026-01-01", digest: "other" }];
    const over = `effectiveFrom (built into the code): ${builtIn.effectiveFrom} is over`;
    for (const rules of [undefined, next]) expect(found(rules, { adopted })).toEqual({ missing: expect.stringContaining(over) });
    const inTime = new Date(`${builtIn.effectiveFrom}T12:00:00.000Z`);
    expect(readRules(undefined, dev, adopted, inTime)).toHaveProperty("rules");
    const changed = [{ version: builtIn.version, digest: "other" }];
    expect(found(next, { adopted: changed })).toEqual({
      missing: expect.stringContaining(`version (built into the code): ${builtIn.version} has other rules already`),
    });
    expect(found(undefined, { adopted: changed })).toEqual({ missing: expect.stringContaining("has other rules already") });
  });

  it("of a stage without overrides are those built in, and in force", () => {
    const alone = { ...dev, policyOverrides: false };
    expect(found(undefined, { stage: alone })).toHaveProperty("rules");
    expect(found(next, { stage: alone })).toEqual({ missing: expect.stringContaining("policyOverrides") });
    const early = readRules(undefined, alone, [], new Date("2020-01-01T12:00:00.000Z"));
    expect(early).toEqual({ missing: expect.stringContaining("is yet to come") });
  });

  const register = (answer: () => Promise<object>) => adoptedBy(dev, { send: answer } as unknown as DynamoDBClient);
  const failing = (name: string) => register(() => Promise.reject(Object.assign(new Error("no"), { name })));

  it("are compared with those that the stage's register has", async () => {
    const entry = { version: { S: "2027-01-01" }, effectiveFrom: { S: "2027-01-01" }, digest: { S: "other" } };
    const known = await register(async () => ({ Item: { adopted: { L: [{ M: entry }] } } }));
    expect(known).not.toHaveProperty("unchecked");
    expect(readRules(rulesFile(next), dev, known.adopted, now)).toEqual({
      missing: expect.stringContaining("has other rules already"),
    });
  });

  it("are compared with none where nothing was deployed, and where nobody may look, that is said", async () => {
    expect(await failing("ResourceNotFoundException")).toEqual({ adopted: [] });
    expect(await failing("AccessDeniedException")).toEqual({
      adopted: [],
      unchecked: expect.stringMatching(/Not checked.*may not read prior-auth-dev/),
    });
    await expect(failing("InternalServerError")).rejects.toThrow("no");
  });

  it("a file that is not there is named", () => {
    expect(readRules("nowhere.json", dev, [], now)).toEqual({ missing: "nowhere.json cannot be read." });
  });

  it("are put where the template's rule looks for them", async () => {
    const sent: PutObjectCommand[] = [];
    const s3 = { send: async (command: PutObjectCommand) => sent.push(command) } as unknown as S3Client;
    const before = found(next);
    if (!("rules" in before)) throw new Error(before.missing);
    await proposeRules(dev, "111122223333", before.rules, s3);
    expect(sent.map(({ input }) => input)).toMatchObject([
      { Bucket: "prior-auth-dev-policy-111122223333-us-east-1", Key: "proposed/2027-01-01.json", Body: before.rules.text },
    ]);
    const { data } = assemble({ stage: "dev", assetsDirectory: stubBundles() });
    expect(data.resolve(namesOf(data, "dev").policyBucket)).toEqual({
      "Fn::Join": ["", ["prior-auth-dev-policy-", { Ref: "AWS::AccountId" }, "-us-east-1"]],
    });
  });
});

/** AWS as far as the command line asks it. */
const answers: Record<string, { status: number; body: string }> = {};
const calls: { action: string; authorization: string; body: string }[] = [];
const server = createServer(async (request: IncomingMessage, response) => {
  const body = await text(request);
  const action = String(request.headers["x-amz-target"] ?? new URLSearchParams(body).get("Action"));
  calls.push({ action, authorization: String(request.headers.authorization), body });
  const { status, body: answer } = answers[action] ?? { status: 500, body: "" };
  response.writeHead(status).end(answer);
});
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  environment = Object.fromEntries(
    ["STS", "SSM", "CLOUDFORMATION", "DYNAMODB"].map((service) => [`AWS_ENDPOINT_URL_${service}`, url]),
  );
  Object.assign(process.env, environment, {
    AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
  });
  answers.GetCallerIdentity = {
    status: 200,
    body: "<R><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/deployer/ada</Arn><Account>111122223333</Account></GetCallerIdentityResult></R>",
  };
});
afterAll(() => server.close());

describe("an account", () => {
  it("says who we are, by a signed call", async () => {
    expect(await openAccount("us-east-1")).toMatchObject({ id: "111122223333", arn: expect.stringContaining("deployer") });
    expect(calls.at(-1)?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/us-east-1\/sts\/aws4_request/);
  });

  it("knows what the CDK's set-up says of itself, that there is none, and that we may not look", async () => {
    const { bootstrapVersion } = await openAccount("us-east-1");
    const parameter = (status: number, body: object) => {
      answers["AmazonSSM.GetParameter"] = { status, body: JSON.stringify(body) };
    };
    parameter(200, { Parameter: { Value: "28" } });
    expect(await bootstrapVersion()).toBe(28);
    parameter(400, { __type: "com.amazonaws.ssm#ParameterNotFound" });
    expect(await bootstrapVersion()).toBeUndefined();
    parameter(400, { __type: "AccessDeniedException", message: "not authorized" });
    expect(await bootstrapVersion()).toBe("hidden");
  });

  it("lifts a stack's protection, and does not mind that it is gone", async () => {
    const { unprotect } = await openAccount("us-east-1");
    answers.UpdateTerminationProtection = { status: 200, body: "<R/>" };
    expect(await unprotect("prior-auth-dev-data")).toBe(true);
    expect(calls.at(-1)?.body).toContain("EnableTerminationProtection=false");
    answers.UpdateTerminationProtection = {
      status: 400,
      body: "<E><Error><Code>ValidationError</Code><Message>Stack [x] does not exist</Message></Error></E>",
    };
    expect(await unprotect("prior-auth-dev-data")).toBe(false);
  });

  it.each([
    ["ExpiredToken", /have expired: get new ones/],
    ["InvalidClientTokenId", /does not know these credentials in us-east-1/],
    ["AccessDenied", /refused the credentials of this terminal: AccessDenied/],
  ])("says in plain words what %s means", async (code, words) => {
    const before = answers.GetCallerIdentity;
    answers.GetCallerIdentity = { status: 403, body: `<E><Error><Code>${code}</Code><Message>No.</Message></Error></E>` };
    await expect(openAccount("us-east-1")).rejects.toThrow(words);
    if (before) answers.GetCallerIdentity = before;
  });
});

type Ended = { code: number; out: string; err: string };

/** A command in an environment that knows of no account unless told. */
const run = (command: string, args: string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((ended) => {
    const env = { PATH: process.env.PATH, HOME: temporaryDirectory(), AWS_EC2_METADATA_DISABLED: "true", ...more };
    execFile(process.execPath, [join(root, `infra/cli/${command}.ts`), ...args], { env, timeout: 60_000 }, (error, out, err) =>
      ended({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
const credentials = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

describe("commands", () => {
  it.each([
    ["deploy", ["--stage", "dev"]],
    ["destroy", ["--stage", "dev"]],
  ])("%s without credentials ends with 1, says what to do next, and shows no stack trace", async (command, args) => {
    const { code, out, err } = await run(command, args);
    expect(code).toBe(1);
    expect(out + err).toMatch(/There are no AWS credentials[\s\S]*aws sso login[\s\S]*docs\/deploy\.md/);
    expect(out + err).not.toMatch(/^\s+at /m);
  });

  it.each(["deploy", "destroy", "smoke"])("%s says how it is used when it is not told what to work on", async (command) => {
    const { code, err } = await run(command, []);
    expect({ code, usage: err.includes("Usage: npm run") }).toEqual({ code: 2, usage: true });
  });

  it("deploy --check looks at everything and deploys nothing", async () => {
    answers["AmazonSSM.GetParameter"] = { status: 200, body: '{"Parameter":{"Value":"30"}}' };
    answers["DynamoDB_20120810.GetItem"] = { status: 200, body: "{}" };
    const { code, out } = await run("deploy", ["--stage", "dev", "--check"], { ...environment, ...credentials });
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/✓ Account 111122223333[\s\S]*✓ The CDK is set up in us-east-1[\s\S]*✓ Rules: shared\/policy/),
    });
  });

  it("deploy looks at rules first, says all that is wrong with them, and deploys nothing", async () => {
    const file = rulesFile({ ...builtIn, version: "soon", rules: [] });
    const { code, out } = await run("deploy", ["--stage", "dev", "--policy", file, "--yes"], { ...environment, ...credentials });
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringMatching(/✗ The rules in .*rules.json are not fit for stage dev:\n\s+- version: /),
    });
  });

  it("neither deploy nor destroy does anything that nobody was asked about", async () => {
    for (const command of ["deploy", "destroy"]) {
      const { code, err } = await run(command, ["--stage", "dev"], { ...environment, ...credentials });
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("Nobody is here to be asked") });
    }
  });

  it("smoke on a stage that was never deployed from here says what it needs", async () => {
    const { code, err } = await run("smoke", ["--stage", "production"]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("was not deployed from this directory") });
  });
});

describe("workflows", () => {
  const workflows = globSync(".github/workflows/*.yml", { cwd: root }).map(
    (file) => [file, readFileSync(join(root, file), "utf8")] as const,
  );

  it.each(workflows)("%s pins every action by its full commit, and says the version", (_file, source) => {
    const uses = source.match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("every push is checked by all tests, and by those that need a browser, which the runner must have", () => {
    const [, source = ""] = workflows.find(([file]) => file.endsWith("ci.yml")) ?? [];
    const commands = [...source.matchAll(/- run: (.*)/g)].map(([, command]) => command);
    expect(commands).toEqual([".ci/run", 'test -x "$CHROMIUM" && npm run test:browser']);
  });

  it.each(workflows)("%s has no secret, and says what each job may do", (_file, source) => {
    expect(source).not.toMatch(/secrets\.|write-all|pull_request_target/);
    expect(source).toMatch(/^permissions:/m);
  });
});
