import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { profileOf, type Settings } from "./config.ts";
import type { IndexName, Names } from "./names.ts";

/**
 * What each function is told and what it may do; nothing else grants a function anything but its own log.
 * A function is called after its file: `functions/<trigger>/<name>.ts`.
 */

type Variable =
  | "TABLE_NAME"
  | "INTAKE_BUCKET"
  | "RECORDS_BUCKET"
  | "POLICY_BUCKET"
  | "POLICY_OVERRIDES"
  | "BUS_NAME"
  | "SALT"
  | "VENDOR_SECRET"
  | "VENDOR_URL"
  | "API_URL"
  | "MAX_RECEIVE_COUNT"
  | "MAIL_FROM"
  | "MAIL_SETTINGS"
  | "DESK_EMAIL"
  | "IDENTITY_PROFILE";

/** Keys of the policy bucket under which rules are proposed. */
export const proposedRules = "proposed/";
/** Keys of the records bucket under which letters lie. */
export const noticeObjects = "notices/";

/**
 * How often a message is tried before it goes to the dead letters. The vendor may be out for hours while a referral can still be
 * decided in time: at three minutes between two deliveries, two hours.
 */
export const maxReceiveCount = (name: string): number => (name === "refer-to-vendor" ? 40 : 5);

/**
 * Of its settings a stage is asked only for what it names or offers by itself.
 *
 * @returns undefined where the stage gives no occasion for it
 */
type Grant = (names: Names, stage: StageOfGrant) => PolicyStatement | undefined;
type StageOfGrant = Pick<Settings, "policyOverrides" | "mailFrom">;

export type FunctionRow = {
  trigger: "http" | "events" | "jobs";
  /** In MB; the processor's share grows with it, and with it the speed of a cold start. */
  memory: number;
  /** In seconds. */
  timeout: number;
  environment: readonly Variable[];
  grants: readonly Grant[];
};

type TableAction = "BatchGetItem" | "DeleteItem" | "GetItem" | "PutItem" | "Query" | "Scan" | "UpdateItem";

const allow =
  (actions: readonly string[], resource: (names: Names) => string): Grant =>
  (names) =>
    new PolicyStatement({ actions: [...actions], resources: [resource(names)] });

const onTable = (...actions: readonly TableAction[]) =>
  allow(
    actions.map((action) => `dynamodb:${action}`),
    (names) => names.tableArn,
  );
/**
 * Only in these partitions of the table, whatever the function is made to ask for. For calls that name their keys alone: where a
 * call names none, the condition holds.
 */
const inPartitions =
  (
    partitions: readonly string[],
    ...actions: readonly Extract<TableAction, "BatchGetItem" | "DeleteItem" | "GetItem" | "PutItem" | "Query">[]
  ): Grant =>
  (names) =>
    new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [names.tableArn],
      conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [...partitions] } },
    });
const whereOverridden =
  (grant: Grant): Grant =>
  (names, stage) =>
    stage.policyOverrides ? grant(names, stage) : undefined;
const onIndex = (index: IndexName) => allow(["dynamodb:Query"], (names) => names.indexArn(index));
const readStream = allow(
  ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
  (names) => names.streamArn,
);
const onIntake = (...actions: readonly ("PutObject" | "GetObjectVersion")[]) =>
  allow(
    actions.map((action) => `s3:${action}`),
    (names) => `${names.intakeBucketArn}/*`,
  );
const onRecords = (...actions: readonly ("GetObject" | "GetObjectVersion" | "PutObject")[]) =>
  allow(
    actions.map((action) => `s3:${action}`),
    (names) => `${names.recordsBucketArn}/*`,
  );
/** Letters lie apart from documents, so that who writes the ones cannot write the others. */
const writeNotices = allow(["s3:PutObject"], (names) => `${names.recordsBucketArn}/${noticeObjects}*`);
const readNotices = allow(["s3:GetObjectVersion"], (names) => `${names.recordsBucketArn}/${noticeObjects}*`);
const readProposedRules = allow(["s3:GetObjectVersion"], (names) => `${names.policyBucketArn}/${proposedRules}*`);
const listVersions = [
  allow(["s3:ListBucketVersions"], (names) => names.intakeBucketArn),
  allow(["s3:ListBucketVersions"], (names) => names.recordsBucketArn),
];
const publish = allow(["events:PutEvents"], (names) => names.busArn);
const readVendorSecret = allow(["secretsmanager:GetSecretValue"], (names) => names.secretArn(names.vendorSecret));
const consume = (queue: string) =>
  allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], (names) => names.queueArn(queue));
/** From the stage's own address. Where it has none, no mail is sent, and what is granted is nothing that there is. */
const sendMail: Grant = (names, { mailFrom = "none" }) =>
  new PolicyStatement({ actions: ["ses:SendEmail"], resources: [names.mailSenderArn(mailFrom), names.mailSettingsArn] });
const sendToDeadLetters = (name: string) => allow(["sqs:SendMessage"], (names) => names.deadLetterQueueArn(name));

/** What it takes to load and save a request. */
const requests = ["TABLE_NAME"] as const;
/** What creates requests, asks about a member, or searches and pages, is told the salt besides. */
const salted = ["TABLE_NAME", "SALT"] as const;

/** What it takes to answer by the rules that are in force now, and by the directory. */
const published = ["TABLE_NAME", "POLICY_OVERRIDES"] as const;
const rulesPartitions = ["POLICY", "POLICY#*"];
/** The register and its versions, and of the table nothing else: whoever asks here shows no token, or none for requests. */
const readRules = whereOverridden(inPartitions(rulesPartitions, "BatchGetItem", "GetItem"));
/** Together with the directory, which is asked in the same call. */
const readRulesAndDirectory = [
  inPartitions(["PROVIDER#*", ...rulesPartitions], "BatchGetItem"),
  whereOverridden(inPartitions(rulesPartitions, "GetItem")),
];

/** Entries of the ledger of decisions, and nothing else of the table. */
const inLedger = (...actions: readonly ("DeleteItem" | "PutItem" | "Query")[]) => inPartitions(["METRICS#*"], ...actions);

/** A function behind a route: a person waits for it, so it has the memory of a quick start and a short timeout. */
const open = (environment: readonly Variable[], ...grants: readonly Grant[]): FunctionRow => ({
  trigger: "http",
  memory: 1024,
  timeout: 10,
  environment,
  grants,
});

/** One that asks for a token, and so has to know how to read it. */
const http = (environment: readonly Variable[], ...grants: readonly Grant[]) =>
  open(["IDENTITY_PROFILE", ...environment], ...grants);

export const functions = {
  "submit-request": http([...salted, "POLICY_OVERRIDES"], onTable("BatchGetItem", "GetItem", "PutItem")),
  "list-requests": http(salted, onIndex("by-organization"), onTable("BatchGetItem")),
  "search-requests": http(salted, onIndex("by-member"), onIndex("by-organization"), onTable("BatchGetItem")),
  "get-request": http(salted, onIndex("by-member"), onTable("BatchGetItem", "GetItem", "Query")),
  "list-events": http(requests, onTable("GetItem", "Query")),
  "register-document": http(
    [...requests, "INTAKE_BUCKET"],
    onTable("GetItem", "PutItem", "UpdateItem"),
    onIntake("PutObject"), // exercised by whoever holds the signed form
  ),
  "get-document": http(
    [...requests, "RECORDS_BUCKET"],
    onTable("GetItem"),
    onRecords("GetObjectVersion"), // exercised by whoever holds the signed link
  ),
  "get-notice": http(
    [...requests, "RECORDS_BUCKET"],
    onTable("GetItem"),
    readNotices, // exercised by whoever holds the signed link
  ),
  "add-information": http(salted, onTable("GetItem", "UpdateItem", "BatchGetItem")),
  "withdraw-request": http(salted, onTable("GetItem", "UpdateItem")),
  "get-worklist": http(salted, onIndex("worklist"), onTable("BatchGetItem")),
  "get-worklist-overview": http(salted, onIndex("worklist"), onTable("BatchGetItem"), inLedger("Query")),
  "assign-request": http(requests, onTable("GetItem", "UpdateItem")),
  "add-note": http(requests, onTable("GetItem", "UpdateItem")),
  "request-information": http(requests, onTable("GetItem", "UpdateItem")),
  "extend-request": http(requests, onTable("GetItem", "UpdateItem")),
  "escalate-request": http(requests, onTable("GetItem", "UpdateItem")),
  "record-peer-to-peer": http(requests, onTable("GetItem", "UpdateItem")),
  "resolve-exception": http(requests, onTable("GetItem", "UpdateItem")),
  "determine-request": http(salted, onTable("GetItem", "UpdateItem")),
  "close-request": http(salted, onTable("GetItem", "UpdateItem")),
  "file-appeal": http(requests, onTable("GetItem", "UpdateItem")),
  "decide-appeal": http(salted, onTable("GetItem", "UpdateItem")),
  "reduce-authorization": http(salted, onTable("GetItem", "UpdateItem")),
  "continue-stay": http(salted, onTable("GetItem", "UpdateItem", "BatchGetItem")),
  "expedite-request": http(requests, onTable("GetItem", "UpdateItem")),
  "judge-expedite": http(requests, onTable("GetItem", "UpdateItem")),
  "check-authorization": http([...salted, "POLICY_OVERRIDES"], onIndex("by-member"), onTable("BatchGetItem", "GetItem")),
  "use-authorization": http(salted, onTable("GetItem", "UpdateItem")),
  "release-usage": http(salted, onTable("GetItem", "UpdateItem")),
  "get-metrics": http(published, inLedger("Query"), readRules),
  "record-vendor-event": open(
    [...salted, "VENDOR_SECRET", "POLICY_OVERRIDES"],
    onTable("BatchGetItem", "GetItem", "PutItem", "UpdateItem"),
    readVendorSecret,
  ),
  "look-up-procedure-code": open(published, readRules),
  "list-services": open(published, readRules),
  "check-requirements": http(published, ...readRulesAndDirectory),
  "get-lookup": open([]),
  "get-openapi": open([]),
  "get-docs": open([]),
  "get-docs-script": open([]),
  "route-not-found": open([]),

  "relay-outbox": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: ["TABLE_NAME", "BUS_NAME"],
    grants: [onTable("GetItem", "PutItem", "UpdateItem"), readStream, publish, sendToDeadLetters("relay-outbox")],
  },
  "check-document": {
    trigger: "events",
    memory: 512,
    timeout: 30, // hashes 100 MB as it streams by
    environment: [...salted, "INTAKE_BUCKET", "RECORDS_BUCKET"],
    grants: [
      onTable("GetItem", "UpdateItem"),
      onIntake("GetObjectVersion"),
      onRecords("PutObject", "GetObject"),
      consume("check-document"),
    ],
  },
  "record-scan": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: [...salted, "INTAKE_BUCKET", "RECORDS_BUCKET"],
    grants: [
      onTable("GetItem", "UpdateItem"),
      onIntake("GetObjectVersion"),
      onRecords("PutObject", "GetObject"),
      consume("record-scan"),
    ],
  },
  "refer-to-vendor": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: [...requests, "VENDOR_SECRET", "VENDOR_URL", "API_URL", "MAX_RECEIVE_COUNT"],
    grants: [onTable("Query", "GetItem", "UpdateItem"), readVendorSecret, consume("refer-to-vendor")],
  },

  "send-notice": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: [...requests, "API_URL", "MAIL_FROM", "MAIL_SETTINGS", "DESK_EMAIL"],
    grants: [onTable("GetItem", "UpdateItem"), sendMail, consume("send-notice")],
  },

  "write-notice": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: [...requests, "RECORDS_BUCKET"],
    grants: [onTable("GetItem", "UpdateItem"), writeNotices, consume("write-notice")],
  },
  "record-decision": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: ["TABLE_NAME"],
    grants: [onTable("GetItem"), inLedger("PutItem"), consume("record-decision")],
  },
  "supersede-authorization": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: salted,
    grants: [onTable("GetItem", "UpdateItem"), consume("supersede-authorization")],
  },
  "adopt-policy": {
    trigger: "events",
    memory: 512,
    timeout: 30,
    environment: ["TABLE_NAME", "POLICY_BUCKET"],
    grants: [inPartitions(rulesPartitions, "GetItem", "PutItem"), readProposedRules, consume("adopt-policy")],
  },

  // Deployed only where the stage has a user pool of its own.
  "shape-token": {
    trigger: "events",
    memory: 512,
    timeout: 5, // the longest that Cognito waits
    environment: ["TABLE_NAME"],
    grants: [inPartitions(["CLIENT#*"], "GetItem")],
  },

  "run-timers": {
    trigger: "jobs",
    memory: 512,
    timeout: 55,
    environment: salted,
    grants: [onIndex("timers"), onTable("GetItem", "UpdateItem"), sendToDeadLetters("run-timers")],
  },
  "sweep-outbox": {
    trigger: "jobs",
    memory: 512,
    timeout: 55,
    environment: ["TABLE_NAME", "BUS_NAME"],
    grants: [onIndex("outbox"), onTable("GetItem", "PutItem", "UpdateItem"), publish, sendToDeadLetters("sweep-outbox")],
  },
  "publish-metrics": {
    trigger: "jobs",
    memory: 512,
    timeout: 55,
    environment: ["TABLE_NAME"],
    grants: [onIndex("timers"), onIndex("outbox"), sendToDeadLetters("publish-metrics")],
  },
  // Goes through all requests and holds the ledger of decisions against them, by hand.
  "rebuild-metrics": {
    trigger: "jobs",
    memory: 1024,
    timeout: 900,
    environment: ["TABLE_NAME"],
    grants: [onTable("Scan", "BatchGetItem", "GetItem"), inLedger("Query", "PutItem", "DeleteItem")],
  },
  // Goes through everything that there is, once after a restore; it may take as long as a function may.
  "reconcile-restore": {
    trigger: "jobs",
    memory: 1024,
    timeout: 900,
    environment: ["TABLE_NAME", "INTAKE_BUCKET", "RECORDS_BUCKET", "BUS_NAME"],
    grants: [onTable("Scan", "Query", "GetItem", "PutItem", "UpdateItem"), ...listVersions, onRecords("GetObjectVersion"), publish],
  },
} as const satisfies Record<string, FunctionRow>;

export type FunctionName = keyof typeof functions;

export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(functions, name);

/** What one function may do in one stage, besides writing its log. */
export const statementsOf = (row: FunctionRow, names: Names, stage: StageOfGrant): readonly PolicyStatement[] =>
  row.grants.flatMap((grant) => grant(names, stage) ?? []);

/** The environment of one function: what its row asks for, besides what every function's log needs. */
export const environmentOf = (
  row: FunctionRow,
  names: Names,
  settings: Settings,
  apiUrl?: string | undefined,
): Record<string, string> => {
  const values: Record<Variable, string | undefined> = {
    TABLE_NAME: names.table,
    INTAKE_BUCKET: names.intakeBucket,
    RECORDS_BUCKET: names.recordsBucket,
    POLICY_BUCKET: names.policyBucket,
    // Not true: the stage knows the rules that are built in, and asks nobody for others.
    POLICY_OVERRIDES: String(settings.policyOverrides),
    BUS_NAME: names.bus,
    // Read at deployment and not at start: the salt never changes, and a start must not wait for it.
    SALT: `{{resolve:secretsmanager:${names.saltSecret}:SecretString}}`,
    // Only the name: the vendor's keys rotate, so they are read while the function runs.
    VENDOR_SECRET: names.vendorSecret,
    VENDOR_URL: settings.vendorUrl,
    API_URL: apiUrl,
    // Its last chance to say on the request itself that the vendor could not be reached.
    MAX_RECEIVE_COUNT: String(maxReceiveCount("refer-to-vendor")),
    // Empty: the stage sends no mail, or the desk reads none.
    MAIL_FROM: settings.mailFrom ?? "",
    MAIL_SETTINGS: names.mailSettings,
    DESK_EMAIL: settings.deskEmail ?? "",
    IDENTITY_PROFILE: JSON.stringify(profileOf(settings)),
  };
  const environment: Record<string, string> = { STAGE: settings.stage, LOG_LEVEL: settings.logLevel };
  for (const variable of row.environment) {
    const value = values[variable];
    if (value === undefined) throw new Error(`${variable} is not known in this stack`);
    environment[variable] = value;
  }
  return environment;
};
