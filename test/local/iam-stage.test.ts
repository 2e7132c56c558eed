import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { buildOptions } from "../../infra/bundle.ts";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { openClock } from "../../infra/local/clock.ts";
import { functionDefinitions } from "../../infra/local/functions/definitions.ts";
import { type Functions, startFunctions } from "../../infra/local/functions/start-functions.ts";
import { openAuthority } from "../../infra/local/iam/authority.ts";
import { openRecord } from "../../infra/local/iam/record.ts";
import { readable, servicesOf } from "../../infra/local/iam/services.ts";
import { openIdentities } from "../../infra/local/identities.ts";
import { openQueues } from "../../infra/local/messages/queues.ts";
import { startStreamSources } from "../../infra/local/messages/stream-source.ts";
import { openSecrets } from "../../infra/local/secrets.ts";
import { startServiceEndpoint } from "../../infra/local/service-endpoint.ts";
import { refuseSignature, signVendorRequest, type VendorKey } from "../../infra/local/stand-ins/vendor-signature.ts";
import { startTable } from "../../infra/local/table/start-table.ts";
import { vendorStandIn } from "../../infra/stand-ins/vendor-stand-in-stack.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { itemKey } from "../../shared/aws/keys.ts";
import { recordOf } from "../grants/record.ts";
import { withoutRemovedGrant } from "../grants/removal.ts";
import { rememberPersonal } from "../http/private-words.ts";
import { stubBundles } from "../infra/assembly.ts";
import { temporaryDirectory } from "./fixture-assembly.ts";

/**
 * What stage dev has and the pocket cloud has not: the function that Cognito asks, and the vendor's stand-in. Their code, as it is
 * bundled, at the pocket cloud's table and secrets, judged by the stage's own template.
 */
const only = ["shape-token", vendorStandIn];
const assetsDirectory = stubBundles();
await build({
  ...buildOptions,
  entryPoints: [
    { in: "functions/events/shape-token.ts", out: "shape-token/index" },
    { in: `infra/stand-ins/${vendorStandIn}.ts`, out: `${vendorStandIn}/index` },
  ],
  outdir: assetsDirectory,
});
const directory = temporaryDirectory();
const outdir = join(directory, "cdk.out");
synthesize({ stage: "dev", outdir, assetsDirectory });
withoutRemovedGrant(outdir);

/** The plan, as far as the stand-in knows it. */
const heard: { type: string; caseId: string }[] = [];
const plan = createServer(async (request, response) => {
  const body = await text(request);
  const refused = refuseSignature(request.headers, Buffer.from(body), [vendorKey()], new Date());
  if (!refused) heard.push(JSON.parse(body) as (typeof heard)[number]);
  response.writeHead(refused ? 401 : 202).end();
});
await new Promise<void>((listening) => plan.listen(0, "127.0.0.1", listening));

const apiUrl = `http://127.0.0.1:${(plan.address() as AddressInfo).port}`;
const assembly = loadAssembly(outdir, { apiUrl });
const authority = openAuthority(assembly, { onJudged: openRecord(recordOf("stage")) });
const { judge } = authority;
const identities = openIdentities(directory);
const properties = (type: string) => assembly.resources(type).map((resource) => resource.properties);
const now = () => new Date();
const place = { directory, account: assembly.account, region: assembly.region, now };
const inStage = (name: string) => `prior-auth-dev-${name}`;

const secrets = await openSecrets({
  ...place,
  secrets: assembly.resources("AWS::SecretsManager::Secret").map(({ properties, ref }) => ({ properties, arn: ref })),
});
const vendorKey = () => (JSON.parse(secrets.get("prior-auth/dev/vendor")) as { current: VendorKey }).current;
const definitions = await functionDefinitions(assembly, (name) => secrets.get(name));
const roles = new Map(definitions.map(({ name, role }) => [name, role]));
const services = servicesOf(assembly, authority, (name) => roles.get(name) ?? "");

const problems: string[] = [];
const report = (problem: string) => problems.push(problem);
const closing: (() => unknown)[] = [
  () => {
    plan.closeAllConnections();
    plan.close();
  },
];
let functions: Functions;

beforeAll(async () => {
  const tables = assembly.resources("AWS::DynamoDB::GlobalTable").map(({ ref: name, properties }) => ({ name, properties }));
  const table = await startTable({ ...place, port: 0, tables, identities, judge });
  closing.push(() => table.close());
  const endpoint = await startServiceEndpoint({
    ...place,
    port: 0,
    identities,
    judge,
    handlers: secrets.operations,
    control: {},
    report,
  });
  closing.push(() => endpoint.close());

  functions = startFunctions({
    definitions,
    clock: openClock(directory),
    identities,
    logsDirectory: join(directory, "logs"),
    endpoints: { AWS_ENDPOINT_URL_DYNAMODB: table.url, AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint.url },
    mayLog: services.mayLog,
  });
  closing.push(() => functions.close());

  const queues = openQueues({ ...place, invoke, queues: [], mappings: [] });
  closing.push(() => queues.close());
  const ofTheStandIn = properties("AWS::Lambda::EventSourceMapping").filter(
    ({ FunctionName }) => FunctionName === inStage(vendorStandIn),
  );
  const mappings = readable(ofTheStandIn, services, report);
  const streams = startStreamSources({ ...place, stream: table.stream, invoke, mappings, queues, report });
  closing.push(() => streams.close());

  const developer = new DynamoDBClient({ endpoint: table.url, region: place.region, credentials: identities.of("developer") });
  const registered = { ...itemKey("CLIENT#partner", "CLIENT"), organization: { S: "org-a" } };
  await developer.send(new PutItemCommand({ TableName: "prior-auth-dev", Item: registered }));
  developer.destroy();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const invoke = async (name: string, event: unknown): Promise<unknown> => {
  const outcome = await functions.invoke(name, event);
  if (!outcome.ok) throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
  return outcome.payload;
};

/** As the gateway calls the stand-in, when it may. */
const callStandIn = async (path: string, message: object): Promise<{ status: number; body: { caseId: string } }> => {
  rememberPersonal(directory, message);
  const body = JSON.stringify(message);
  const { id, secret } = vendorKey();
  const signed = signVendorRequest(secret, id, Math.floor(Date.now() / 1000), body);
  const [api] = assembly.resources("AWS::ApiGatewayV2::Api").filter(({ properties: { Name } }) => Name === inStage(vendorStandIn));
  const event = {
    rawPath: path,
    requestContext: { apiId: api?.ref, stage: "$default", routeKey: "$default", http: { method: "POST" } },
    headers: {
      ...Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value])),
      "idempotency-key": "PA-ONE.1",
    },
    body,
    isBase64Encoded: false,
  };
  expect(services.mayServe(event, inStage(vendorStandIn)), "API Gateway may invoke the function").toBe(true);
  const answer = (await invoke(inStage(vendorStandIn), event)) as { statusCode: number; body: string };
  return { status: answer.statusCode, body: JSON.parse(answer.body) as { caseId: string } };
};

describe("a function of a stage", () => {
  test.each(only)("%s writes its own log", async (name) => {
    // Whatever it is asked: a start is logged.
    await functions.invoke(inStage(name), {});
    const log = join(directory, "logs", `${inStage(name)}.log`);
    await vi.waitFor(() => expect(existsSync(log) && readFileSync(log, "utf8")).toContain("REPORT RequestId"));
  });
});

describe("the function that Cognito asks", () => {
  const [pool] = assembly.resources("AWS::Cognito::UserPool");
  const [shapeToken] = assembly.resources("AWS::Lambda::Function").filter(({ ref }) => ref === inStage("shape-token"));
  const asked = {
    service: "cognito-idp.amazonaws.com",
    action: "lambda:InvokeFunction",
    resource: shapeToken?.attributes.Arn ?? "",
  };

  test("is asked by the stage's own pool, and by no other", () => {
    const sourceArn = pool?.attributes.Arn ?? "";
    expect(authority.asService({ ...asked, sourceArn })).toMatchObject({ allowed: true });
    const quiet = openAuthority(assembly);
    expect(quiet.asService({ ...asked, sourceArn: `${sourceArn}x` })).toMatchObject({ allowed: false });
  });

  test("finds a machine's organization in the plan's register", async () => {
    const event = {
      triggerSource: "TokenGeneration_ClientCredentials",
      callerContext: { clientId: "partner" },
      request: { scopes: ["prior-authorization/requests:read", "prior-authorization/reviews:deny"] },
    };
    expect(await invoke(inStage("shape-token"), event)).toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: {
            claimsToAddOrOverride: { org: "org-a" },
            scopesToSuppress: ["prior-authorization/reviews:deny"],
          },
        },
      },
    });
  });
});

describe("the vendor's stand-in", () => {
  test("takes a referral over its address, and is woken by its own table to acknowledge and decide it", async () => {
    expect(problems, "its mapping reads the stream").toEqual([]);
    const { status, body } = await callStandIn("/referrals", {
      requestId: "PA-ONE",
      member: { id: "10487654321" },
      lines: [{ lineNumber: 1, quantity: 1, serviceDate: "2026-12-20" }],
      documents: [],
    });
    expect(status).toBe(202);
    await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 10_000 });
    expect(heard.map(({ type, caseId }) => [type, caseId])).toEqual([
      ["acknowledged", body.caseId],
      ["decided", body.caseId],
    ]);
  });
});
