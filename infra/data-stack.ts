import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, Billing, ProjectionType, StreamViewType, TableEncryptionV2, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { CfnMalwareProtectionPlan } from "aws-cdk-lib/aws-guardduty";
import {
  AccountRootPrincipal,
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  HttpMethods,
  ObjectLockRetention,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { CfnSecret, type CfnSecretProps } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { Settings } from "./config.ts";
import { type IndexName, type Names, namesOf } from "./names.ts";

/** The functions whose roles the bucket policies name. A test holds these names against the functions' grants. */
const formSigner = "register-document";
const checkers = ["check-document", "record-scan"];

const scanRole = "scan-intake";
const scanService = "malware-protection-plan.guardduty.amazonaws.com";

/** GuardDuty writes this object once, to see that its role can use the bucket. */
const scanProbe = "malware-protection-resource-validation-object";

/** Everything that must outlive a mistake: the key, the table, the buckets with the malware scan, the secrets. */
export class DataStack extends Stack {
  readonly streamArn: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, { ...props, description: "Prior authorization: key, table, buckets, secrets" });
    const names = namesOf(this, settings.stage);

    const key = customerKey(this, names);
    this.keyArn = key.keyArn;
    this.streamArn = requestsTable(this, names, key);
    const logs = logBucket(this, names, settings);
    const intake = intakeBucket(this, names, key, settings, logs);
    recordsBucket(this, names, key, settings, logs);
    policyBucket(this, names, key, logs);
    malwareScan(this, names, intake);
    secrets(this, names, key);
  }
}

/**
 * One key for all data at rest. It is usable by this account's principals, but only through the services that store the data:
 * who may read an item, an object, a message or a secret is decided there. So a function's role needs no statement about the key,
 * and no other stack needs a reference to it.
 */
const customerKey = (scope: Construct, names: Names): Key => {
  const { account, region } = Stack.of(scope);
  return new Key(scope, "key", {
    description: `Prior authorization data, stage ${names.stage}`,
    alias: names.keyAlias,
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy: RemovalPolicy.RETAIN,
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: "AdministeredByTheAccount",
          principals: [new AccountRootPrincipal()],
          actions: ["kms:*"],
          resources: ["*"],
        }),
        // Without the key every record is lost. Who has to take it away must first be tagged for that, which is noticed; who owns
        // the account can change this policy, which is noticed too.
        new PolicyStatement({
          sid: "TakenAwayOnlyByThoseTaggedForIt",
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ["kms:DisableKey", "kms:ScheduleKeyDeletion"],
          resources: ["*"],
          conditions: { StringNotEquals: { "aws:PrincipalTag/break-glass": names.keyAlias } },
        }),
        new PolicyStatement({
          sid: "UsedThroughTheServicesThatStoreData",
          principals: [new AnyPrincipal()],
          actions: [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
          ],
          resources: ["*"],
          conditions: {
            StringEquals: {
              "kms:CallerAccount": account,
              "kms:ViaService": ["dynamodb", "s3", "secretsmanager", "sqs"].map((service) => `${service}.${region}.amazonaws.com`),
            },
          },
        }),
        new PolicyStatement({
          // A rule puts events into an encrypted queue as the service itself and not as a principal of the account.
          sid: "UsedByRulesToReachQueues",
          principals: [new ServicePrincipal("events.amazonaws.com")],
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: ["*"],
          conditions: { StringEquals: { "aws:SourceAccount": account } },
        }),
        new PolicyStatement({
          // So does the log service with what our functions and our API write, and with no other log.
          sid: "UsedForOurLogs",
          principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
          actions: [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
          ],
          resources: ["*"],
          conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": names.logGroupArns } },
        }),
        new PolicyStatement({
          // So does an alarm with the topic that tells people.
          sid: "UsedByAlarmsToReachTheirTopic",
          principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: ["*"],
          conditions: { StringEquals: { "aws:SourceAccount": account } },
        }),
      ],
    }),
  });
};

const string = (name: string) => ({ name, type: AttributeType.STRING });

/** All at once, because an update of a table can add only one index. Sparse, and keys only: a list reads its items by key. */
const indexes: readonly [IndexName, string][] = [
  ["by-organization", "organization"],
  ["by-member", "member"],
  ["worklist", "worklist"],
  ["timers", "timers"],
  ["outbox", "outbox"],
];

/** Answers the ARN of the table's stream, which has a time stamp in it and so cannot be told by name. */
const requestsTable = (scope: Construct, names: Names, key: Key): string => {
  const table = new TableV2(scope, "table", {
    tableName: names.table,
    partitionKey: string("pk"),
    sortKey: string("sk"),
    globalSecondaryIndexes: indexes.map(([indexName, attribute]) => ({
      indexName,
      partitionKey: string(`${attribute}Key`),
      sortKey: string(`${attribute}Sort`),
      projectionType: ProjectionType.KEYS_ONLY,
    })),
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.customerManagedKey(key),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // Keys only: the stream wakes the relay, which then reads the item as it stands; no PHI travels in it.
    dynamoStream: StreamViewType.KEYS_ONLY,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  if (!table.tableStreamArn) throw new Error("The table has no stream");
  return table.tableStreamArn;
};

const privateBucket: BucketProps = {
  versioned: true,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
};

const closedBucket = (key: Key): BucketProps => ({
  ...privateBucket,
  encryption: BucketEncryption.KMS,
  encryptionKey: key,
  bucketKeyEnabled: true,
});

/** A refusal for everybody whose role is not among these. */
const denyAllBut = (roleArns: readonly string[], sid: string, actions: readonly string[], resources: readonly string[]) =>
  new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [...actions],
    resources: [...resources],
    conditions: { ArnNotEquals: { "aws:PrincipalArn": [...roleArns] } },
  });

/**
 * Who read, wrote or asked for which object. It names keys and callers, never contents, and S3 cannot write it under a key of ours.
 * The one bucket whose readers are not logged: it would log its own log.
 */
const logBucket = (scope: Construct, names: Names, settings: Settings): Bucket => {
  const bucket = new Bucket(scope, "logs", {
    ...privateBucket,
    bucketName: names.logBucket,
    encryption: BucketEncryption.S3_MANAGED,
    lifecycleRules: [
      {
        id: "as-long-as-logs",
        expiration: Duration.days(settings.retention.logDays),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
  });
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: "WrittenByS3",
      principals: [new ServicePrincipal("logging.s3.amazonaws.com")],
      actions: ["s3:PutObject"],
      resources: [bucket.arnForObjects("*")],
      conditions: {
        ArnEquals: { "aws:SourceArn": [names.intakeBucketArn, names.recordsBucketArn, names.policyBucketArn] },
        StringEquals: { "aws:SourceAccount": Stack.of(scope).account },
      },
    }),
  );
  return bucket;
};

/** `serverAccessLogsBucket` would open the log bucket by an access control list; its policy does it here. */
const logged = (bucket: Bucket, name: string, logs: Bucket): CfnBucket => {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error(`The ${name} bucket has no CloudFormation resource`);
  resource.loggingConfiguration = { destinationBucketName: logs.bucketName, logFilePrefix: `${name}/` };
  return resource;
};

/** What clients upload, before anybody has looked at it: written by form, read by the checkers alone, gone in a day. */
const intakeBucket = (scope: Construct, names: Names, key: Key, settings: Settings, logs: Bucket): Bucket => {
  const bucket = new Bucket(scope, "intake", {
    ...closedBucket(key),
    bucketName: names.intakeBucket,
    lifecycleRules: [
      {
        id: "a-day",
        expiration: Duration.days(1),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
      { id: "no-empty-markers", expiredObjectDeleteMarker: true },
    ],
    cors: settings.allowedOrigins.length === 0 ? [] : [postFrom(settings.allowedOrigins)],
  });

  // `eventBridgeEnabled` would do the same by a custom resource: a function of its own that we neither bundle nor run.
  logged(bucket, "intake", logs).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };

  bucket.addToResourcePolicy(
    denyAllBut([formSigner, scanRole].map(names.roleArn), "WrittenByForm", ["s3:PutObject"], [bucket.arnForObjects("*")]),
  );
  bucket.addToResourcePolicy(
    denyAllBut(
      [...checkers, scanRole].map(names.roleArn),
      "ReadByTheCheckers",
      ["s3:GetObject", "s3:GetObjectVersion"],
      [bucket.arnForObjects("*")],
    ),
  );
  return bucket;
};

const postFrom = (allowedOrigins: readonly string[]) => ({
  allowedOrigins: [...allowedOrigins],
  allowedMethods: [HttpMethods.POST],
  allowedHeaders: ["*"],
  maxAge: 3600,
});

/**
 * Verified documents: written by the checkers alone, and then by nobody until the retention ends. A legal hold keeps a document
 * beyond that. Who has the right may place one; nobody lifts one or goes round the retention, unless this policy is changed first:
 * a commit that somebody reviews.
 */
const recordsBucket = (scope: Construct, names: Names, key: Key, settings: Settings, logs: Bucket): void => {
  const bucket = new Bucket(scope, "records", {
    ...closedBucket(key),
    bucketName: names.recordsBucket,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(settings.retention.recordDays)),
  });
  bucket.addToResourcePolicy(
    denyAllBut(checkers.map(names.roleArn), "WrittenByTheCheckers", ["s3:PutObject"], [bucket.arnForObjects("*")]),
  );
  const denied = { effect: Effect.DENY, principals: [new AnyPrincipal()], resources: [bucket.arnForObjects("*")] };
  bucket.addToResourcePolicy(
    new PolicyStatement({
      ...denied,
      sid: "HoldsAreNotLifted",
      actions: ["s3:PutObjectLegalHold"],
      conditions: { StringEquals: { "s3:object-lock-legal-hold": "OFF" } },
    }),
  );
  bucket.addToResourcePolicy(
    new PolicyStatement({ ...denied, sid: "RetentionIsNotBypassed", actions: ["s3:BypassGovernanceRetention"] }),
  );
  logged(bucket, "records", logs);
};

/**
 * The plan's rules as they were proposed, every version of them: a deployment puts them here, and what is put here is adopted or
 * refused. Published rules need no secrecy, and who may deploy code that decides may propose rules that decide.
 */
const policyBucket = (scope: Construct, names: Names, key: Key, logs: Bucket): void => {
  const bucket = new Bucket(scope, "policy", { ...closedBucket(key), bucketName: names.policyBucket });
  logged(bucket, "policy", logs).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
};

/** GuardDuty scans each object as it arrives; its verdict is an event of its own. The role is the one its documentation asks for, without tagging. */
const malwareScan = (scope: Construct, names: Names, intake: Bucket): void => {
  const { partition, region, account } = Stack.of(scope);
  const rules = `arn:${partition}:events:${region}:${account}:rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*`;
  const role = new Role(scope, "scan-role", {
    roleName: names.role(scanRole),
    assumedBy: new ServicePrincipal(scanService),
    inlinePolicies: {
      own: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"],
            resources: [rules],
            conditions: { StringLike: { "events:ManagedBy": scanService } },
          }),
          new PolicyStatement({ actions: ["events:DescribeRule", "events:ListTargetsByRule"], resources: [rules] }),
          new PolicyStatement({
            actions: ["s3:GetBucketNotification", "s3:PutBucketNotification", "s3:ListBucket"],
            resources: [names.intakeBucketArn],
          }),
          new PolicyStatement({ actions: ["s3:PutObject"], resources: [`${names.intakeBucketArn}/${scanProbe}`] }),
          new PolicyStatement({ actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [`${names.intakeBucketArn}/*`] }),
        ],
      }),
    },
  });

  const plan = new CfnMalwareProtectionPlan(scope, "scan", {
    role: role.roleArn,
    protectedResource: { s3Bucket: { bucketName: intake.bucketName } },
    // The verdict is taken from the event, about one version; a tag could be read but not trusted to be of that version.
    actions: { tagging: { status: "DISABLED" } },
  });
  // GuardDuty tries the role at once.
  if (intake.policy) plan.node.addDependency(intake.policy);
};

/**
 * Two keys of the vendor may live at once: an operator puts the new one into `current` and the old one into `previous`.
 * CloudFormation can generate a value only at the top of a JSON text, hence the first key's value is a secret of its own,
 * and the vendor's secret is composed around it. An update of the stack leaves both as they are.
 */
const secrets = (scope: Construct, names: Names, key: Key): void => {
  const random = { passwordLength: 64, excludePunctuation: true };
  const retained = (
    id: string,
    name: string,
    description: string,
    value: Pick<CfnSecretProps, "generateSecretString" | "secretString">,
  ) => {
    const secret = new CfnSecret(scope, id, { name, description, kmsKeyId: key.keyArn, ...value });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return secret;
  };

  retained("salt", names.saltSecret, "Salt of request ids and index keys: never change it", { generateSecretString: random });
  const vendorKey = retained("vendor-key", names.vendorKeySecret, "The vendor's first key", { generateSecretString: random });
  const vendor = retained("vendor", names.vendorSecret, "Keys that sign between the plan and the imaging vendor", {
    // Indented, because what reads a reference may take the last of two joined braces for its end.
    secretString: JSON.stringify(
      { current: { id: "key-1", secret: `{{resolve:secretsmanager:${names.vendorKeySecret}:SecretString}}` } },
      null,
      1,
    ),
  });
  vendor.node.addDependency(vendorKey);
};
