import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { functions as rows } from "../../infra/functions.ts";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { openClock } from "../../infra/local/clock.ts";
import { functionDefinitions } from "../../infra/local/functions/definitions.ts";
import { startFunctions } from "../../infra/local/functions/start-functions.ts";
import { openAuthority } from "../../infra/local/iam/authority.ts";
import { openRecord } from "../../infra/local/iam/record.ts";
import { servicesOf } from "../../infra/local/iam/services.ts";
import { openIdentities } from "../../infra/local/identities.ts";
import { asynchronously } from "../../infra/local/messages/asynchronous.ts";
import { openBuses } from "../../infra/local/messages/bus.ts";
import { openQueues } from "../../infra/local/messages/queues.ts";
import { startSchedules } from "../../infra/local/messages/schedules.ts";
import { type StreamRecord, startStreamSources } from "../../infra/local/messages/stream-source.ts";
import { type ObjectStore, startObjectStore } from "../../infra/local/object-store/start-object-store.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { s3Verification } from "../../shared/aws/s3-verification.ts";
import type { Document } from "../../shared/domain/document.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import { aSubmission, documentId } from "../builders.ts";
import { recordOf } from "../grants/record.ts";
import { withoutRemovedGrant } from "../grants/removal.ts";
import { rememberPersonal } from "../http/private-words.ts";
import { stubBundles } from "../infra/assembly.ts";
import { temporaryDirectory } from "./fixture-assembly.ts";

/**
 * What services do with the template's rights when something goes wrong, or at places where the API's tests do not come:
 * the parts of the pocket cloud, with the policies as they are synthesized.
 */
const directory = temporaryDirectory();
const outdir = join(directory, "cdk.out");
synthesize({ stage: "local", outdir, assetsDirectory: stubBundles() });
withoutRemovedGrant(outdir);
const assembly = loadAssembly(outdir);
const authority = openAuthority(assembly, { onJudged: openRecord(recordOf("template")) });
const definitions = await functionDefinitions(assembly, () => "");
const roles = new Map(definitions.map(({ name, role }) => [name, role]));
const services = servicesOf(assembly, authority, (name) => roles.get(name) ?? "");
const properties = (type: string) => assembly.resources(type).map((resource) => resource.properties);

const place = { directory, account: assembly.account, region: assembly.region, now: () => new Date() };
const noFunction = async (): Promise<never> => {
  throw new Error("nothing is to be invoked");
};
const queues = openQueues({ ...place, invoke: noFunction, queues: properties("AWS::SQS::Queue"), mappings: [] });
afterAll(() => queues.close());
const waitingIn = (name: string) => queues.get(`prior-auth-local-${name}`).counts().visible;
const local = (name: string) => `prior-auth-local-${name}`;

const names = Object.keys(rows).filter((name) => roles.has(local(name)));

describe("a function", () => {
  const functions = startFunctions({
    definitions,
    clock: openClock(directory),
    identities: openIdentities(directory),
    logsDirectory: join(directory, "logs"),
    endpoints: {},
    mayLog: services.mayLog,
  });
  afterAll(() => functions.close());

  // What it is asked is not what is logged of its run.
  const said = aSubmission();
  rememberPersonal(directory, said);

  test.each(names.map((name) => [name]))("%s writes its own log", async (name) => {
    expect(await functions.invoke(local(name), said)).toEqual({ ok: true, payload: name });
    const log = join(directory, "logs", `${local(name)}.log`);
    await vi.waitFor(() => expect(existsSync(log) && readFileSync(log, "utf8")).toContain("REPORT RequestId"));
  });
});

describe("who shows no token, or none for requests", () => {
  const identities = openIdentities(directory);
  const table = properties("AWS::DynamoDB::GlobalTable")[0]?.TableName;
  const resource = `arn:aws:dynamodb:${assembly.region}:${assembly.account}:table/${String(table)}`;
  // Not recorded: nobody asks for any of this, and what is refused here is refused with reason.
  const { judge } = openAuthority(assembly);
  const may = (name: string, action: string, ...leadingKeys: string[]) =>
    judge({ identity: identities.of(local(name)), action: `dynamodb:${action}`, resource, leadingKeys }).allowed;
  const register = "POLICY";
  const version = "POLICY#2027-01-01";

  test.each(["look-up-procedure-code", "list-services", "check-requirements"])("%s reads rules, and no request", (name) => {
    expect(may(name, "BatchGetItem", register)).toBe(true);
    expect(may(name, "GetItem", version)).toBe(true);
    for (const partition of ["REQUEST#PA-1", "MEMBER#1", "CLIENT#1", "POLICYHOLDER#1"]) {
      expect(may(name, "GetItem", partition)).toBe(false);
      expect(may(name, "BatchGetItem", partition)).toBe(false);
      expect(may(name, "BatchGetItem", register, partition)).toBe(false);
    }
  });

  test("check-requirements reads the directory besides, and the others do not", () => {
    expect(may("check-requirements", "BatchGetItem", register, "PROVIDER#1234567893")).toBe(true);
    expect(may("look-up-procedure-code", "BatchGetItem", "PROVIDER#1234567893")).toBe(false);
    expect(may("list-services", "BatchGetItem", "PROVIDER#1234567893")).toBe(false);
  });

  test("adopt-policy changes rules, and no request", () => {
    expect(may("adopt-policy", "PutItem", version)).toBe(true);
    expect(may("adopt-policy", "PutItem", "REQUEST#PA-1")).toBe(false);
  });
});

describe("a checker", () => {
  let store: ObjectStore;
  const identities = openIdentities(directory);
  const clients: S3Client[] = [];
  const as = (name: string) => {
    const credentials = identities.of(local(name));
    const client = new S3Client({ endpoint: store.url, region: assembly.region, forcePathStyle: true, credentials });
    clients.push(client);
    return client;
  };
  const buckets = assembly.resources("AWS::S3::Bucket").map(({ ref }) => ref);
  const [intake = "", records = ""] = ["-intake-", "-records-"].map((part) => buckets.find((name) => name.includes(part)));
  beforeAll(async () => {
    store = await startObjectStore({
      ...place,
      port: 0,
      buckets: buckets.map((name) => ({ name, versioned: true })),
      identities,
      judge: authority.judge,
    });
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await store?.close();
  });

  test.each(["check-document", "record-scan"])("%s finds the copy that an attempt before it has made", async (name) => {
    const document = { ...aDocument, requestId: `PA-${name}` as RequestId };
    const upload = { Bucket: intake, Key: `PA-${name}/${document.id}`, Body: note, ChecksumSHA256: document.description.sha256 };
    const { VersionId = "" } = await as("register-document").send(new PutObjectCommand(upload));
    const { keep } = s3Verification(as(name), intake, records);
    const first = await keep(document, VersionId);
    expect(await keep(document, VersionId)).toEqual(first);
  });

  const note = "Seen in the afternoon.\n";
  const aDocument = {
    id: documentId(),
    description: { sha256: createHash("sha256").update(note).digest("base64") },
  } as Document;
});

describe("dead letters", () => {
  test("what the relay gives up reaches its dead letters by its own right", async () => {
    const [mapping] = properties("AWS::Lambda::EventSourceMapping").filter((each) =>
      String(each.EventSourceArn).includes("/stream/"),
    );
    const record: StreamRecord = { eventName: "MODIFY", dynamodb: { Keys: { sk: { S: "REQUEST" } }, SequenceNumber: "1" } };
    let waiting = [record];
    const streams = startStreamSources({
      ...place,
      stream: {
        read: async () => ({
          records: waiting,
          acknowledge: () => {
            waiting = [];
          },
        }),
        onRecord: () => () => {},
      },
      invoke: noFunction,
      mappings: [{ ...mapping, MaximumRetryAttempts: 0 }],
      queues,
      maySend: services.maySendFor,
    });
    await vi.waitFor(() => expect(streams.busy()).toBe(false));
    await streams.close();
    expect(waitingIn("relay-outbox-dead")).toBe(1);
  });

  const ruled = properties("AWS::Events::Rule").map(({ Name }) => String(Name).replace("prior-auth-local-", ""));
  test.each(ruled)("an event that the queue of %s does not take reaches its dead letters", (name) => {
    const [rule] = properties("AWS::Events::Rule").filter(({ Name }) => Name === local(name));
    const buses = openBuses({
      ...place,
      buses: [local("").replace(/-$/, "")],
      rules: [{ ...rule, EventBusName: "default", EventPattern: { source: ["planted"] } }],
      queues,
      // The rule's own address, since it is moved to another bus for this.
      maySend: (_, queue) => queue.endsWith("-dead") && services.maySendEvent(ruleArn(name), queue),
    });
    buses.emit({ source: "planted", "detail-type": "x", resources: [], detail: {} });
    expect(waitingIn(`${name}-dead`)).toBe(1);
  });
  const ruleArn = (name: string) => {
    const found = assembly.resources("AWS::Events::Rule").find((rule) => rule.properties.Name === local(name));
    return found?.attributes.Arn ?? "";
  };

  const scheduled = properties("AWS::Scheduler::Schedule").map(({ Name }) => String(Name).replace("prior-auth-local-", ""));
  test.each(scheduled)("what the schedule of %s cannot start reaches its dead letters", async (name) => {
    const schedules = startSchedules({
      ...place,
      directory: temporaryDirectory(),
      invoke: noFunction,
      schedules: properties("AWS::Scheduler::Schedule").filter(({ Name }) => Name === local(name)),
      queues,
      may: (role, action, resource) => action !== "lambda:InvokeFunction" && services.mayByRole(role, action, resource),
    });
    expect(await schedules.fireAll()).toEqual([{ schedule: local(name), failed: true }]);
    await schedules.close();
    expect(waitingIn(`${name}-dead`)).toBe(1);
  });

  test.each(scheduled)("a run of %s that fails reaches its dead letters by its own right", async (name) => {
    const before = waitingIn(`${name}-dead`);
    const invoke = asynchronously({
      ...place,
      invoke: async () => ({ ok: false, error: { errorType: "Error", errorMessage: `${name} failed` } }),
      configurations: properties("AWS::Lambda::EventInvokeConfig"),
      queues,
      maySend: services.maySendFor,
    });
    await expect(invoke(local(name), {})).rejects.toThrow(`${local(name)}: Error`);
    expect(waitingIn(`${name}-dead`)).toBe(before + 1);
  });
});

describe("what the template's policies say of whom", () => {
  const heldBy = (holder: RegExp) =>
    authority.grants
      .filter((grant) => holder.test(grant.holder))
      .map(({ action, resource, statement }) => ({ action, resource, statement: /\[([^\]]+)\]$/.exec(statement)?.[1] ?? "" }));

  test("the scan's role holds what GuardDuty's documentation asks for, and nothing else", () => {
    const intake = "arn:aws:s3:::prior-auth-local-intake-000000000000-us-east-1";
    const rules = "arn:aws:events:us-east-1:000000000000:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*";
    expect(heldBy(/-scan-intake$/).map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      ...["PutRule", "DeleteRule", "PutTargets", "RemoveTargets", "DescribeRule", "ListTargetsByRule"].map(
        (action) => `events:${action} ${rules}`,
      ),
      ...["GetBucketNotification", "PutBucketNotification", "ListBucket"].map((action) => `s3:${action} ${intake}`),
      `s3:PutObject ${intake}/malware-protection-resource-validation-object`,
      ...["GetObject", "GetObjectVersion"].map((action) => `s3:${action} ${intake}/*`),
    ]);
  });

  test("the key leaves its administration to the account, and its use to the services that store data", () => {
    const byStatement = Map.groupBy(heldBy(/:key\//), ({ statement }) => statement);
    const actions = Object.fromEntries([...byStatement].map(([statement, held]) => [statement, held.map(({ action }) => action)]));
    const ofTheLogs = [
      "Decrypt",
      "DescribeKey",
      "Encrypt",
      "GenerateDataKey",
      "GenerateDataKeyWithoutPlaintext",
      "ReEncryptFrom",
      "ReEncryptTo",
    ];
    expect(actions).toEqual({
      AdministeredByTheAccount: ["kms:*"],
      UsedThroughTheServicesThatStoreData: ["CreateGrant", ...ofTheLogs].map((action) => `kms:${action}`),
      UsedByRulesToReachQueues: ["kms:Decrypt", "kms:GenerateDataKey"],
      UsedForOurLogs: ofTheLogs.map((action) => `kms:${action}`),
      UsedByAlarmsToReachTheirTopic: ["kms:Decrypt", "kms:GenerateDataKey"],
    });
  });

  test("logs of object access come from S3 alone, and word of alarms from CloudWatch alone", () => {
    expect(heldBy(/^arn:aws:s3:::prior-auth-local-logs-/).map(({ action }) => action)).toEqual(["s3:PutObject"]);
    expect(heldBy(/\/alarmsPolicy/).map(({ action }) => action)).toEqual(["sns:Publish"]);
  });
});
