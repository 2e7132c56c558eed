import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionOf } from "../../infra/api-stack.ts";
import { type FunctionName, functions } from "../../infra/functions.ts";
import { contractProfile } from "../../shared/api/identity-profile.ts";
import { operations } from "../../shared/api/operations.ts";
import {
  asText,
  foreign,
  identityTemplate,
  ownPool,
  type Resource,
  resourcesOf,
  rightsOf,
  templates,
  theResource,
} from "./assembly.ts";

const { api, events } = templates();
const identity = identityTemplate({ overrides: ownPool });
const all = (type: string) => [api, events, identity].flatMap((template) => resourcesOf(template, type));

const table = "arn:aws:dynamodb:us-east-1:<AccountId>:table/prior-auth-dev";
const intake = "arn:aws:s3:::prior-auth-dev-intake-<AccountId>-us-east-1/*";
const records = "arn:aws:s3:::prior-auth-dev-records-<AccountId>-us-east-1/*";
const letters = records.replace(/\*$/, "notices/*");
const proposed = "arn:aws:s3:::prior-auth-dev-policy-<AccountId>-us-east-1/proposed/*";
const bus = "arn:aws:events:us-east-1:<AccountId>:event-bus/prior-auth-dev";
const vendorSecret = "arn:aws:secretsmanager:us-east-1:<AccountId>:secret:prior-auth/dev/vendor-??????";
const queue = (name: string) => `arn:aws:sqs:us-east-1:<AccountId>:prior-auth-dev-${name}`;

const onTable = (...actions: string[]) => actions.map((action) => `dynamodb:${action} ${table}`);
/** Only there, and nowhere else in the table. */
const inPartitions = (partitions: string, ...actions: string[]) => onTable(...actions).map((right) => `${right} in ${partitions}`);
const onIndex = (index: string) => `dynamodb:Query ${table}/index/${index}`;
const consume = (name: string) =>
  ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((action) => `sqs:${action} ${queue(name)}`);
const checkerRights = [
  ...onTable("GetItem", "UpdateItem"),
  `s3:GetObjectVersion ${intake}`,
  `s3:PutObject ${records}`,
  `s3:GetObject ${records}`,
];

/** Written out again, apart from the table in `infra/`: a right is widened in two places or not at all. */
const rights: Record<FunctionName, string[]> = {
  "submit-request": onTable("BatchGetItem", "GetItem", "PutItem"),
  "list-requests": [onIndex("by-organization"), ...onTable("BatchGetItem")],
  "search-requests": [onIndex("by-member"), onIndex("by-organization"), ...onTable("BatchGetItem")],
  "get-request": [onIndex("by-member"), ...onTable("BatchGetItem", "GetItem", "Query")],
  "list-events": onTable("GetItem", "Query"),
  "register-document": [...onTable("GetItem", "PutItem", "UpdateItem"), `s3:PutObject ${intake}`],
  "get-document": [...onTable("GetItem"), `s3:GetObjectVersion ${records}`],
  "get-notice": [...onTable("GetItem"), `s3:GetObjectVersion ${letters}`],
  "add-information": onTable("GetItem", "UpdateItem", "BatchGetItem"),
  "withdraw-request": onTable("GetItem", "UpdateItem"),
  "get-worklist": [onIndex("worklist"), ...onTable("BatchGetItem")],
  "get-worklist-overview": [onIndex("worklist"), ...onTable("BatchGetItem"), ...inPartitions("METRICS#*", "Query")],
  "assign-request": onTable("GetItem", "UpdateItem"),
  "add-note": onTable("GetItem", "UpdateItem"),
  "request-information": onTable("GetItem", "UpdateItem"),
  "extend-request": onTable("GetItem", "UpdateItem"),
  "escalate-request": onTable("GetItem", "UpdateItem"),
  "record-peer-to-peer": onTable("GetItem", "UpdateItem"),
  "resolve-exception": onTable("GetItem", "UpdateItem"),
  "determine-request": onTable("GetItem", "UpdateItem"),
  "close-request": onTable("GetItem", "UpdateItem"),
  "file-appeal": onTable("GetItem", "UpdateItem"),
  "decide-appeal": onTable("GetItem", "UpdateItem"),
  "reduce-authorization": onTable("GetItem", "UpdateItem"),
  "continue-stay": onTable("GetItem", "UpdateItem", "BatchGetItem"),
  "expedite-request": onTable("GetItem", "UpdateItem"),
  "judge-expedite": onTable("GetItem", "UpdateItem"),
  "check-authorization": [onIndex("by-member"), ...onTable("BatchGetItem", "GetItem")],
  "use-authorization": onTable("GetItem", "UpdateItem"),
  "release-usage": onTable("GetItem", "UpdateItem"),
  "get-metrics": [...inPartitions("METRICS#*", "Query"), ...inPartitions("POLICY, POLICY#*", "BatchGetItem", "GetItem")],
  "record-vendor-event": [
    ...onTable("BatchGetItem", "GetItem", "PutItem", "UpdateItem"),
    `secretsmanager:GetSecretValue ${vendorSecret}`,
  ],
  "look-up-procedure-code": inPartitions("POLICY, POLICY#*", "BatchGetItem", "GetItem"),
  "list-services": inPartitions("POLICY, POLICY#*", "BatchGetItem", "GetItem"),
  "check-requirements": [
    ...inPartitions("PROVIDER#*, POLICY, POLICY#*", "BatchGetItem"),
    ...inPartitions("POLICY, POLICY#*", "GetItem"),
  ],
  "get-lookup": [],
  "get-openapi": [],
  "get-docs": [],
  "get-docs-script": [],
  "route-not-found": [],
  "relay-outbox": [
    ...onTable("GetItem", "PutItem", "UpdateItem"),
    ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((action) => `dynamodb:${action} ${table}/stream/*`),
    `events:PutEvents ${bus}`,
    `sqs:SendMessage ${queue("relay-outbox-dead")}`,
  ],
  "check-document": [...checkerRights, ...consume("check-document")],
  "record-scan": [...checkerRights, ...consume("record-scan")],
  "refer-to-vendor": [
    ...onTable("Query", "GetItem", "UpdateItem"),
    `secretsmanager:GetSecretValue ${vendorSecret}`,
    ...consume("refer-to-vendor"),
  ],
  "send-notice": [
    ...onTable("GetItem", "UpdateItem"),
    // The stage dev has no address to send from.
    "ses:SendEmail arn:aws:ses:us-east-1:<AccountId>:identity/none",
    "ses:SendEmail arn:aws:ses:us-east-1:<AccountId>:configuration-set/prior-auth-dev",
    ...consume("send-notice"),
  ],
  "write-notice": [...onTable("GetItem", "UpdateItem"), `s3:PutObject ${letters}`, ...consume("write-notice")],
  "record-decision": [...onTable("GetItem"), ...inPartitions("METRICS#*", "PutItem"), ...consume("record-decision")],
  "supersede-authorization": [...onTable("GetItem", "UpdateItem"), ...consume("supersede-authorization")],
  "adopt-policy": [
    ...inPartitions("POLICY, POLICY#*", "GetItem", "PutItem"),
    `s3:GetObjectVersion ${proposed}`,
    ...consume("adopt-policy"),
  ],
  "shape-token": inPartitions("CLIENT#*", "GetItem"),
  "run-timers": [onIndex("timers"), ...onTable("GetItem", "UpdateItem"), `sqs:SendMessage ${queue("run-timers-dead")}`],
  "sweep-outbox": [
    onIndex("outbox"),
    ...onTable("GetItem", "PutItem", "UpdateItem"),
    `events:PutEvents ${bus}`,
    `sqs:SendMessage ${queue("sweep-outbox-dead")}`,
  ],
  "publish-metrics": [onIndex("timers"), onIndex("outbox"), `sqs:SendMessage ${queue("publish-metrics-dead")}`],
  "rebuild-metrics": [
    ...onTable("Scan", "BatchGetItem", "GetItem"),
    ...inPartitions("METRICS#*", "Query", "PutItem", "DeleteItem"),
  ],
  "reconcile-restore": [
    ...onTable("Scan", "Query", "GetItem", "PutItem", "UpdateItem"),
    ...[intake, records].map((objects) => `s3:ListBucketVersions ${objects.replace(/\/\*$/, "")}`),
    `s3:GetObjectVersion ${records}`,
    `events:PutEvents ${bus}`,
  ],
};

const names = Object.keys(functions) as FunctionName[];
const functionNamed = (name: string): [string, Resource] => {
  const found = all("AWS::Lambda::Function").filter(([, { Properties }]) => Properties.FunctionName === `prior-auth-dev-${name}`);
  expect(found).toHaveLength(1);
  return found[0] as [string, Resource];
};
const roleOf = ({ Properties }: Resource): Resource => {
  const id = asText(Properties.Role).replace(/^<(.*)\.Arn>$/, "$1");
  const [, role] = all("AWS::IAM::Role").find(([candidate]) => candidate === id) ?? [];
  if (!role) throw new Error(`There is no role ${id}`);
  return role;
};

describe("functions", () => {
  it("there is one for each operation, each consumer and each job, and no other", () => {
    expect(names.filter((name) => functions[name].trigger === "http").toSorted()).toEqual(
      [...Object.keys(operations).map(functionOf), "route-not-found"].toSorted(),
    );
    expect(all("AWS::Lambda::Function").map(([, { Properties }]) => Properties.FunctionName)).toHaveLength(names.length);
  });

  it("each has its file, and each file its function", () => {
    const files = ["http", "events", "jobs"].flatMap((trigger) =>
      readdirSync(join(import.meta.dirname, "../../functions", trigger)).map((file) => `${trigger}/${file}`),
    );
    expect(files.toSorted()).toEqual(names.map((name) => `${functions[name].trigger}/${name}.ts`).toSorted());
  });

  it.each(names)("%s runs on Node 24 and arm64, with a role and a log of its own", (name) => {
    const [, lambda] = functionNamed(name);
    expect(lambda.Properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      MemorySize: functions[name].memory,
      Timeout: functions[name].timeout,
    });
    expect(lambda.Properties).not.toHaveProperty("TracingConfig");
    expect(lambda.Properties).not.toHaveProperty("ReservedConcurrentExecutions");

    const { LogGroup } = lambda.Properties.LoggingConfig as { LogGroup: { Ref: string } };
    const [, log] = all("AWS::Logs::LogGroup").find(([id]) => id === LogGroup.Ref) ?? [];
    expect(log).toMatchObject({
      Properties: {
        LogGroupName: `/aws/lambda/prior-auth-dev-${name}`,
        RetentionInDays: 30,
        KmsKeyId: { "Fn::ImportValue": expect.stringMatching(/^prior-auth-dev-data:.*key.*Arn/) },
      },
      DeletionPolicy: "Delete",
    });
    expect(roleOf(lambda).Properties.RoleName).toBe(`prior-auth-dev-${name}`);
  });

  it.each(names)("%s may do exactly what it needs", (name) => {
    const role = roleOf(functionNamed(name)[1]);
    const ownLog = `arn:aws:logs:us-east-1:<AccountId>:log-group:/aws/lambda/prior-auth-dev-${name}:*`;
    const log = ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => `${action} ${ownLog}`);
    expect(rightsOf(role)).toEqual([...log, ...rights[name]].toSorted());
    expect(role.Properties).not.toHaveProperty("ManagedPolicyArns");
  });

  it("where a stage has no rules but those built in, nobody may look for others", () => {
    const alone = templates({ overrides: { ...foreign, policyOverrides: false } }).api;
    const rightsIn = (name: string) => {
      const [, role] = theResource(alone, "AWS::IAM::Role", ({ RoleName }) => RoleName === `prior-auth-dev-${name}`);
      return rightsOf(role).filter((right) => right.startsWith("dynamodb:"));
    };
    expect(rightsIn("look-up-procedure-code")).toEqual([]);
    expect(rightsIn("list-services")).toEqual([]);
    expect(rightsIn("check-requirements")).toEqual(inPartitions("PROVIDER#*, POLICY, POLICY#*", "BatchGetItem"));
  });

  it("no policy is attached to a role from outside", () => {
    expect([...all("AWS::IAM::Policy"), ...all("AWS::IAM::ManagedPolicy")]).toEqual([]);
  });

  it.each(names)("%s is told what it asks for, its stage and its log level, and nothing else", (name) => {
    const { Variables } = functionNamed(name)[1].Properties.Environment as { Variables: Record<string, unknown> };
    expect(Object.keys(Variables).toSorted()).toEqual(["LOG_LEVEL", "STAGE", ...functions[name].environment].toSorted());
  });

  it("the salt is read when the function is deployed, the vendor's keys while it runs", () => {
    const { Variables } = functionNamed("record-vendor-event")[1].Properties.Environment as { Variables: Record<string, unknown> };
    expect(Variables).toMatchObject({
      TABLE_NAME: "prior-auth-dev",
      SALT: "{{resolve:secretsmanager:prior-auth/dev/salt:SecretString}}",
      VENDOR_SECRET: "prior-auth/dev/vendor",
    });
  });

  it("those that ask for a token are told how to read it", () => {
    const told = names.filter((name) => (functions[name].environment as readonly string[]).includes("IDENTITY_PROFILE"));
    const asking = Object.entries(operations).filter(([, { scopes }]) => typeof scopes !== "string");
    expect(told.toSorted()).toEqual(asking.map(([id]) => functionOf(id)).toSorted());
    const { Variables } = functionNamed("get-request")[1].Properties.Environment as { Variables: { IDENTITY_PROFILE: string } };
    expect(JSON.parse(Variables.IDENTITY_PROFILE)).toEqual(contractProfile);
  });

  it("logs outlive a production stage", () => {
    const production = templates({ stage: "production" });
    for (const [, log] of [
      ...resourcesOf(production.api, "AWS::Logs::LogGroup"),
      ...resourcesOf(production.events, "AWS::Logs::LogGroup"),
    ])
      expect(log).toMatchObject({ DeletionPolicy: "Retain", Properties: { RetentionInDays: 365 } });
  });
});
