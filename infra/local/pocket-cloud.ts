import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { type Assembly, loadAssembly } from "./assembly.ts";
import { openClock } from "./clock.ts";
import { replaceFile } from "./durable-file.ts";
import { functionDefinitions } from "./functions/definitions.ts";
import { type Functions, startFunctions } from "./functions/start-functions.ts";
import { startGateway } from "./gateway.ts";
import { openAuthority } from "./iam/authority.ts";
import { openRecord } from "./iam/record.ts";
import { readable, servicesOf } from "./iam/services.ts";
import { openIdentities } from "./identities.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import { startMailbox } from "./mailbox.ts";
import { asynchronously } from "./messages/asynchronous.ts";
import { openBuses } from "./messages/bus.ts";
import { openQueues, type Queues } from "./messages/queues.ts";
import { type Schedules, startSchedules } from "./messages/schedules.ts";
import { startStreamSources } from "./messages/stream-source.ts";
import { type ObjectStore, startObjectStore } from "./object-store/start-object-store.ts";
import { planItems } from "./plan-items.ts";
import { openSecrets } from "./secrets.ts";
import { startServiceEndpoint } from "./service-endpoint.ts";
import { startScanner } from "./stand-ins/scanner.ts";
import { startVendor } from "./stand-ins/vendor.ts";
import { startTable, type Table } from "./table/start-table.ts";
import { type Firings, type Stepped, travel } from "./travel.ts";

export type Endpoints = { api: string; issuer: string; objectStore: string; mailbox: string; vendor: string; docs: string };

export type PocketCloud = {
  readonly endpoints: Endpoints;
  readonly assembly: Assembly;
  readonly directory: string;
  /** Base port; the control plane and the AWS services stand at fixed distances. */
  readonly port: number;
  readonly token: Issuer["token"];
  readonly functions: Functions;
  readonly table: Table;
  readonly queues: Queues;
  readonly schedules: Schedules;
  now(): Date;
  /** Resolves when nothing is under way and nothing waits to be tried again. */
  idle(): Promise<void>;
  /** Moves the clock forward, doing on the way what becomes due. @param milliseconds at least 0 */
  advance(milliseconds: number): Promise<Date>;
  close(): Promise<void>;
};

export type PocketCloudOptions = {
  /** The synthesized assembly. */
  assembly: string;
  port: number;
  /** All data lies here. */
  directory: string;
  /** Sample memory after a garbage collection: slower, for tests of memory. */
  exactMemory?: boolean;
  /** Where to note which statement of a policy let which call through; `grants.jsonl` among the data by default. */
  record?: string;
};

/** How far each service's port is from the base port. */
const offsets = { issuer: 1, objectStore: 2, mailbox: 3, vendor: 4, table: 5, services: 6 } as const;
const account = "000000000000";
const region = "us-east-1";

/**
 * The synthesized template, running on this machine: every function, route, table, bucket, queue, rule, schedule and stream that the
 * assembly declares, and nothing that it does not. Only on 127.0.0.1.
 */
export async function startPocketCloud({
  assembly: from,
  port,
  directory,
  exactMemory = false,
  record = join(directory, "grants.jsonl"),
}: PocketCloudOptions): Promise<PocketCloud> {
  mkdirSync(join(directory, "logs"), { recursive: true });
  const url = (name: keyof typeof offsets) => `http://127.0.0.1:${port + offsets[name]}`;
  const apiUrl = `http://127.0.0.1:${port}`;
  const assembly = loadAssembly(from, { apiUrl, account, region });
  const properties = (type: string) => assembly.resources(type).map((resource) => resource.properties);
  const named = (type: string) => assembly.resources(type).map(({ ref, properties }) => ({ name: ref, properties }));

  const clock = openClock(directory);
  const { now } = clock;
  const identities = openIdentities(directory);
  // A form that was signed before a restart is known again after it.
  for (const { ref } of assembly.resources("AWS::IAM::Role")) identities.of(ref);
  const authority = openAuthority(assembly, { onJudged: openRecord(record) });
  const { judge } = authority;
  const report = (problem: string) =>
    appendFileSync(join(directory, "logs", "pocket-cloud.log"), `${now().toISOString()} ${problem}\n`);

  const secrets = await openSecrets({
    directory,
    now,
    secrets: assembly.resources("AWS::SecretsManager::Secret").map(({ properties, ref }) => ({ properties, arn: ref })),
  });
  const definitions = await functionDefinitions(assembly, (name) => secrets.get(name));
  const roles = new Map(definitions.map(({ name, role }) => [name, role]));
  const services = servicesOf(assembly, authority, (functionName) => roles.get(functionName) ?? "");
  const functions = startFunctions({
    definitions,
    clock,
    identities,
    mayLog: services.mayLog,
    logsDirectory: join(directory, "logs"),
    endpoints: {
      AWS_ENDPOINT_URL_DYNAMODB: url("table"),
      AWS_ENDPOINT_URL_S3: url("objectStore"),
      AWS_ENDPOINT_URL_EVENTBRIDGE: url("services"),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url("services"),
      AWS_ENDPOINT_URL_SQS: url("services"),
      AWS_ENDPOINT_URL_SESV2: url("services"),
    },
    account,
    region,
    exactMemory,
  });
  const invoke = async (name: string, event: unknown) => {
    const outcome = await functions.invoke(name, event);
    if (!outcome.ok) throw new Error(`${name}: ${outcome.error.errorType}`);
    return outcome.payload;
  };

  const table = await startTable({
    port: port + offsets.table,
    directory,
    tables: named("AWS::DynamoDB::GlobalTable"),
    identities,
    judge,
    now,
    onLog: report,
  });
  const developer = new DynamoDBClient({ endpoint: table.url, region, credentials: identities.of("developer") });
  const tableName = assembly.resources("AWS::DynamoDB::GlobalTable")[0]?.ref;
  for (const item of planItems(secrets.get("prior-auth/local/salt")))
    await developer.send(new PutItemCommand({ TableName: tableName, Item: item as never }));

  const place = { account, region, now };
  const mappings = readable(properties("AWS::Lambda::EventSourceMapping"), services, report);
  const queues = openQueues({ directory, ...place, invoke, queues: properties("AWS::SQS::Queue"), mappings, report });
  const buses = openBuses({
    ...place,
    buses: named("AWS::Events::EventBus").map(({ name }) => name),
    rules: properties("AWS::Events::Rule"),
    queues,
    maySend: services.maySendEvent,
    report,
  });
  let opened: (store: ObjectStore) => void = () => {};
  const storeOpened = new Promise<ObjectStore>((resolve) => {
    opened = resolve;
  });
  const scanner = startScanner({
    directory,
    buses,
    announced: assembly
      .resources("AWS::S3::Bucket")
      .filter(announcesArrivals)
      .map(({ ref }) => ref),
    plans: properties("AWS::GuardDuty::MalwareProtectionPlan"),
    account,
    read: async ({ bucket, key, versionId }) => {
      if (!services.mayScan(bucket, key)) throw new Error("AccessDenied: the scan's role may not read the object");
      return (await storeOpened).read(bucket, key, versionId);
    },
    report,
  });
  const objectStore = await startObjectStore({
    port: port + offsets.objectStore,
    directory,
    buckets: assembly.resources("AWS::S3::Bucket").map(bucketSettings),
    identities,
    judge,
    now,
    region,
    onObjectCreated: (object) => scanner.announceObject(object),
    onLog: report,
  });
  opened(objectStore);
  const maySend = services.maySendFor;
  const streams = startStreamSources({ ...place, stream: table.stream, invoke, mappings, queues, maySend, report });
  const schedules = startSchedules({
    directory,
    ...place,
    // Scheduler does not wait for what it starts.
    invoke: asynchronously({
      ...place,
      invoke: functions.invoke,
      configurations: properties("AWS::Lambda::EventInvokeConfig"),
      queues,
      maySend,
      report,
    }),
    schedules: properties("AWS::Scheduler::Schedule"),
    may: services.mayByRole,
    queues,
    report,
  });
  const issuer = await startIssuer({ port: port + offsets.issuer, directory });
  const mailbox = await startMailbox({ port: port + offsets.mailbox });
  const vendor = await startVendor({
    port: port + offsets.vendor,
    directory,
    apiUrl: () => apiUrl,
    keys: () => vendorKeys(secrets.get("prior-auth/local/vendor")),
    now,
  });

  const working = [functions, table, objectStore, queues, streams, schedules, scanner, vendor];
  const idle = async () => {
    // Work passes from one service to the next, so it must be still everywhere, twice in a row.
    for (let still = 0; still < 2; ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      still = working.some((service) => service.busy()) ? 0 : still + 1;
    }
  };
  const nextTimer = async () => {
    const found = await developer.send(
      new ScanCommand({ TableName: tableName, IndexName: "timers", ProjectionExpression: "timersSort" }),
    );
    return (found.Items ?? []).map((item) => new Date(item.timersSort?.S?.split("#")[0] ?? ""));
  };
  const advance = (milliseconds: number, stepped?: Stepped, firings?: Firings) =>
    travel({ clock, schedules, idle, timers: nextTimer }, milliseconds, stepped, firings);

  const control = await startServiceEndpoint({
    port: port + offsets.services,
    ...place,
    identities,
    judge,
    handlers: { ...buses.operations, ...queues.operations, ...secrets.operations },
    control: {
      status: () => ({ now: now(), directory: resolve(directory) }),
      clock: async (body) => {
        const timers: Date[] = [];
        let steps = 0;
        const { milliseconds, firings } = body as { milliseconds: number; firings?: Firings };
        const stepped: Stepped = (_at, due) => {
          steps += 1;
          timers.push(...due);
        };
        await advance(milliseconds, stepped, firings);
        return { now: now(), steps, timers };
      },
      idle: () => idle().then(() => ({})),
      units: async (body) => {
        if ((body as { reset?: boolean }).reset) table.units.reset();
        return table.units.read();
      },
      memory: async (body) => functions.memory((body as { function: string }).function),
      jobs: () => schedules.fireAll(),
      // A job that is started by hand; an account has `lambda invoke` for it.
      invoke: async (body) => {
        const { function: name, order } = body as { function: string; order: unknown };
        return { answer: await invoke(name, order) };
      },
    },
    mailUrl: mailbox.url,
    report,
  });
  const serve: typeof functions.invoke = async (name, event, options) =>
    services.mayServe(event, name)
      ? functions.invoke(name, event, options)
      : { ok: false, error: { errorType: "AccessDeniedException", errorMessage: "API Gateway may not invoke the function" } };
  const gateway = await startGateway({ port, assembly, invoke: serve, now, account, region });

  const endpoints: Endpoints = {
    api: gateway.url,
    issuer: issuer.url,
    objectStore: objectStore.url,
    mailbox: mailbox.url,
    vendor: vendor.url,
    docs: `${gateway.url}/docs`,
  };
  replaceFile(join(directory, "endpoints.json"), `${JSON.stringify(endpoints, null, 2)}\n`);

  return {
    endpoints,
    assembly,
    directory,
    port,
    token: issuer.token,
    functions,
    table,
    queues,
    schedules,
    now,
    idle,
    advance,
    async close() {
      rmSync(join(directory, "endpoints.json"), { force: true });
      // From the outside in: nothing new begins, then what runs may end, then the stores close.
      for (const service of [
        gateway,
        control,
        schedules,
        vendor,
        streams,
        queues,
        scanner,
        functions,
        objectStore,
        table,
        mailbox,
        issuer,
      ])
        await service.close();
      developer.destroy();
    },
  };
}

const vendorKeys = (secret: string) => {
  const { current, previous } = JSON.parse(secret) as Record<"current" | "previous", { id: string; secret: string } | undefined>;
  return [current, previous].filter((key) => key !== undefined);
};

type BucketResource = ReturnType<Assembly["resources"]>[number];

const announcesArrivals = ({ properties }: BucketResource) =>
  (properties.NotificationConfiguration as { EventBridgeConfiguration?: { EventBridgeEnabled?: boolean } } | undefined)
    ?.EventBridgeConfiguration?.EventBridgeEnabled === true;

const bucketSettings = ({ ref: name, properties }: BucketResource) => ({
  name,
  versioned: (properties.VersioningConfiguration as { Status?: string } | undefined)?.Status === "Enabled",
  objectLock: properties.ObjectLockEnabled === true,
  cors: ((properties.CorsConfiguration as { CorsRules?: unknown[] } | undefined)?.CorsRules ?? []) as never[],
});
