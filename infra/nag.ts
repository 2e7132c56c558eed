import { type App, type CfnResource, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, HIPAASecurityChecks, type NagPack, NIST80053R5Checks, ServerlessChecks } from "cdk-nag";

/**
 * What the rule packs find and we leave as it is, each with its reason. `*` stands for anything. A rule is named without its pack, for
 * packs repeat each other; a place is a construct's path without the stage. A test finds those that are no longer needed.
 */
export type Acknowledgement = { readonly rules: readonly string[]; readonly at: readonly string[]; readonly reason: string };

const functionsAnywhere = ["api/*/function/Resource", "events/*/function/Resource", "identity/*/function/Resource"];

export const acknowledgements: readonly Acknowledgement[] = [
  {
    rules: ["IAMNoInlinePolicy"],
    at: ["api/*/role/Resource", "events/*/role/Resource", "identity/*/role/Resource", "data/scan-role/Resource"],
    reason:
      "Each role belongs to one function, schedule or scan, and its policy is a part of it: a managed policy could be attached elsewhere and would outlive it.",
  },
  {
    rules: ["IAM5[Resource::arn:aws:logs:*:log-group:/aws/lambda/prior-auth-*:*]"],
    at: ["api/*/role/Resource", "events/*/role/Resource", "identity/*/role/Resource"],
    reason: "The streams of the function's own log: Lambda names them as it starts.",
  },
  {
    rules: ["IAM5[Resource::arn:aws:s3:::prior-auth-*-intake-*/*]", "IAM5[Resource::arn:aws:s3:::prior-auth-*-records-*/*]"],
    at: [
      "api/register-document/role/Resource",
      "api/get-document/role/Resource",
      "events/check-document/role/Resource",
      "events/record-scan/role/Resource",
      "events/reconcile-restore/role/Resource",
      "data/scan-role/Resource",
    ],
    reason:
      "Objects are called after requests and documents that do not exist yet; the bucket is the finest grain. Actions are single ones.",
  },
  {
    rules: ["IAM5[Resource::arn:aws:s3:::prior-auth-*-records-*/notices/*]"],
    at: ["api/get-notice/role/Resource", "events/write-notice/role/Resource"],
    reason: "Letters are called after requests that do not exist yet; nothing else of the bucket is written or read.",
  },
  {
    rules: ["IAM5[Resource::arn:aws:s3:::prior-auth-*-policy-*/proposed/*]"],
    at: ["events/adopt-policy/role/Resource"],
    reason: "Proposed rules are called after versions that do not exist yet; nothing else of the bucket is read.",
  },
  {
    rules: ["IAM5[Resource::arn:aws:dynamodb:*:table/prior-auth-*/stream/*]"],
    at: ["events/relay-outbox/role/Resource"],
    reason:
      "A stream is called after the instant when it was switched on. It is this table's stream, whichever is the present one.",
  },
  {
    rules: ["IAM5[Resource::arn:aws:events:*:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*]"],
    at: ["data/scan-role/Resource"],
    reason:
      "GuardDuty names its managed rule itself and asks for exactly this; the statement holds for rules that GuardDuty manages.",
  },
  {
    rules: ["APIG4"],
    at: [
      "api/api/DefaultRoute/Resource",
      "api/api/GET--v1--procedure-codes--{code}/Resource",
      "api/api/GET--v1--services/Resource",
      "api/api/GET--lookup/Resource",
      "api/api/GET--openapi.json/Resource",
      "api/api/GET--docs/Resource",
      "api/api/GET--docs--reference.js/Resource",
    ],
    reason:
      "Public by contract: published rules, the API's own description, and the problem document of a path that does not exist.",
  },
  {
    rules: ["APIG4"],
    at: ["api/api/POST--v1--vendor-events/Resource"],
    reason: "The vendor signs each message with a key of its own, over time and body; the function checks that before it parses.",
  },
  {
    rules: ["SMG4", "SecretsManagerRotationEnabled"],
    at: ["data/salt"],
    reason: "Request ids and the index of members derive from the salt: another salt would lose both.",
  },
  {
    rules: ["SMG4", "SecretsManagerRotationEnabled"],
    at: ["data/vendor", "data/vendor-key"],
    reason:
      "The vendor's keys change when the vendor's people and ours do it together; two are live meanwhile. A timer cannot tell the vendor.",
  },
  {
    rules: ["S3BucketReplicationEnabled"],
    at: ["data/intake/Resource", "data/policy/Resource", "data/logs/Resource"],
    reason:
      "Nothing here is the only copy of a record: uploads are gone in a day and can be sent again, rules that were adopted are in the table, and logs tell of access alone.",
  },
  {
    rules: ["S3BucketReplicationEnabled"],
    at: ["data/records/Resource"],
    reason:
      "Locked versions outlive mistakes within the region. A second region is the plan's own decision: it needs a bucket, a key and an agreement there.",
  },
  {
    rules: ["S3DefaultEncryptionKMS"],
    at: ["data/logs/Resource"],
    reason: "S3 delivers access logs only to buckets under its own key (SSE-S3).",
  },
  {
    rules: ["LambdaInsideVPC"],
    at: functionsAnywhere,
    reason:
      "There is nothing inside a network to reach: every service is called over TLS and judged by IAM. Inside one, calls to the vendor would need a gateway to the internet.",
  },
  {
    rules: ["LambdaConcurrency"],
    at: functionsAnywhere,
    reason:
      "Reserving takes from every other function. The stage throttles the API, mappings are limited to 20, jobs start once a minute.",
  },
  {
    rules: ["LambdaTracing"],
    at: functionsAnywhere,
    reason:
      "Each answer, log line and problem carries the gateway's request id; tracing would repeat that, and keys of items would be in it.",
  },
  {
    rules: ["LambdaDLQ"],
    at: ["api/*/function/Resource", "identity/*/function/Resource"],
    reason: "Called by the gateway, or by Cognito, which waits: the caller hears of a failure and tries again.",
  },
  {
    rules: ["LambdaDLQ"],
    at: [
      "events/adopt-policy/function/Resource",
      "events/check-document/function/Resource",
      "events/record-decision/function/Resource",
      "events/record-scan/function/Resource",
      "events/refer-to-vendor/function/Resource",
      "events/send-notice/function/Resource",
      "events/supersede-authorization/function/Resource",
      "events/relay-outbox/function/Resource",
      "events/write-notice/function/Resource",
    ],
    reason:
      "Called by an event source mapping: the queue's redrive policy, or the mapping's destination, is the way to the dead letters.",
  },
  {
    rules: ["LambdaDLQ"],
    at: [
      "events/run-timers/function/Resource",
      "events/sweep-outbox/function/Resource",
      "events/publish-metrics/function/Resource",
    ],
    reason:
      "What could not start is in the schedule's dead letters; what failed goes there by the destination of failed invocations, which the rule does not look at.",
  },
  {
    rules: ["LambdaDLQ"],
    at: ["events/reconcile-restore/function/Resource", "events/rebuild-metrics/function/Resource"],
    reason: "Started by a person, who waits for it and may start it again.",
  },
  {
    rules: ["LambdaEventSourceMappingDestination"],
    at: ["events/*-queue/mapping/Resource"],
    reason: "A mapping of a queue takes no destination: the queue's redrive policy sends what failed to the dead letters.",
  },
  {
    rules: ["SQS3"],
    at: ["events/*-stream/dead/Resource", "events/*-schedule/dead/Resource"],
    reason: "These are dead-letter queues: of a stream's mapping, of schedules and their jobs, which the rule does not look at.",
  },
  {
    rules: [
      "APIG4",
      "IAM5[Resource::arn:aws:logs:*:log-group:/aws/lambda/prior-auth-*-vendor-stand-in:*]",
      "IAMNoInlinePolicy",
      "LambdaConcurrency",
      "LambdaDLQ",
      "LambdaEventSourceMappingDestination",
      "LambdaInsideVPC",
      "LambdaTracing",
    ],
    at: ["vendor-stand-in/*/Resource"],
    reason:
      "No part of the product and never deployed beside real data: it refuses what the plan has not signed, and keeps no personal data.",
  },
  {
    rules: ["SQSRedrivePolicy"],
    at: ["events/*/dead/Resource"],
    reason: "A dead-letter queue is the end of the way: a person looks at it, called by an alarm.",
  },
];

type Finding = { readonly rule: string; readonly path: string };

const packs = (app: App): readonly NagPack[] => [
  new AwsSolutionsChecks(app),
  new HIPAASecurityChecks(app),
  new NIST80053R5Checks(app),
  new ServerlessChecks(app),
];

/** What the packs find in an app that has acknowledged nothing. */
export const findings = (app: App): Finding[] =>
  packs(app)
    .flatMap((pack) => pack.validateScope(app).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = "" }) => ({ rule: ruleName, path: constructPath })),
    );

export const explains = ({ rules, at }: Acknowledgement, { rule, path }: Finding): boolean => {
  const name = rule.slice(rule.indexOf("-") + 1);
  const place = path.replace(/^prior-auth-.*?-(?=(?:data|identity|api|events|observability|vendor-stand-in)\/)/, "");
  return rules.some((each) => pattern(each).test(name)) && at.some((each) => pattern(each).test(place));
};

const pattern = (text: string): RegExp => new RegExp(`^${text.split("*").map(literally).join(".*")}$`);

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Lets the packs judge the app as it is synthesized: what they find and nothing here explains stops it. */
export const guard = (app: App): void => {
  const constructs = new Map(app.node.findAll().map((construct) => [construct.node.path, construct as CfnResource]));
  for (const finding of findings(app)) {
    const known = acknowledgements.find((each) => explains(each, finding));
    const construct = constructs.get(finding.path);
    if (known && construct) Validations.of(construct).acknowledge({ id: finding.rule, reason: known.reason });
  }
  Validations.of(app).addPlugins(...packs(app));
};
