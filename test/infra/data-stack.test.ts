import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { type FunctionName, functions } from "../../infra/functions.ts";
import { asText, listOf, resourcesOf, rightsOf, type Statement, templates, theResource } from "./assembly.ts";

const { data, api, events } = templates();

const policyOf = (bucket: "intake" | "records" | "policy" | "logs"): Statement[] => {
  const [, policy] = theResource(data, "AWS::S3::BucketPolicy", ({ Bucket }) => asText(Bucket).startsWith(`<${bucket}`));
  return (policy.Properties.PolicyDocument as { Statement: Statement[] }).Statement;
};

/** The roles that a statement spares, by the names of their functions. */
const sparedBy = (statements: Statement[], sid: string): string[] => {
  const statement = statements.find(({ Sid }) => Sid === sid);
  expect(statement).toMatchObject({ Effect: "Deny", Principal: { AWS: "*" } });
  return listOf(statement?.Condition?.ArnNotEquals?.["aws:PrincipalArn"])
    .map((arn) => asText(arn).replace("arn:aws:iam::<AccountId>:role/prior-auth-dev-", ""))
    .toSorted();
};

/** The functions whose roles hold such a right. */
const holders = (action: string, bucket: string): string[] =>
  [...resourcesOf(api, "AWS::IAM::Role"), ...resourcesOf(events, "AWS::IAM::Role")]
    .filter(([, role]) => rightsOf(role).some((right) => right.startsWith(`s3:${action} arn:aws:s3:::prior-auth-dev-${bucket}`)))
    .map(([, { Properties }]) => String(Properties.RoleName).replace("prior-auth-dev-", ""))
    .toSorted();

describe("key", () => {
  it("rotates, stays, and is known by its alias", () => {
    data.hasResource("AWS::KMS::Key", {
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
    });
    data.hasResourceProperties("AWS::KMS::Alias", { AliasName: "alias/prior-auth-dev" });
  });

  it("is used only inside the account, through the services that store data", () => {
    data.hasResourceProperties("AWS::KMS::Key", {
      KeyPolicy: {
        Statement: [
          { Sid: "AdministeredByTheAccount", Action: "kms:*" },
          {
            Sid: "TakenAwayOnlyByThoseTaggedForIt",
            Effect: "Deny",
            Principal: { AWS: "*" },
            Action: ["kms:DisableKey", "kms:ScheduleKeyDeletion"],
            Condition: { StringNotEquals: { "aws:PrincipalTag/break-glass": "alias/prior-auth-dev" } },
          },
          {
            Sid: "UsedThroughTheServicesThatStoreData",
            Condition: {
              StringEquals: {
                "kms:CallerAccount": { Ref: "AWS::AccountId" },
                "kms:ViaService": [
                  "dynamodb.us-east-1.amazonaws.com",
                  "s3.us-east-1.amazonaws.com",
                  "secretsmanager.us-east-1.amazonaws.com",
                  "sqs.us-east-1.amazonaws.com",
                ],
              },
            },
          },
          {
            Sid: "UsedByRulesToReachQueues",
            Principal: { Service: "events.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          },
          {
            Sid: "UsedForOurLogs",
            Principal: { Service: "logs.us-east-1.amazonaws.com" },
            Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": Match.anyValue() } },
          },
          {
            Sid: "UsedByAlarmsToReachTheirTopic",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          },
        ],
      },
    });
  });
});

describe("table", () => {
  const index = (name: string, attribute: string) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: `${attribute}Key`, KeyType: "HASH" },
      { AttributeName: `${attribute}Sort`, KeyType: "RANGE" },
    ],
    Projection: { ProjectionType: "KEYS_ONLY" },
  });

  it("has its keys and all five indexes, keys only", () => {
    data.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
      TableName: "prior-auth-dev",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        index("by-organization", "organization"),
        index("by-member", "member"),
        index("worklist", "worklist"),
        index("timers", "timers"),
        index("outbox", "outbox"),
      ],
    });
  });

  it("streams keys only", () => {
    data.hasResourceProperties("AWS::DynamoDB::GlobalTable", { StreamSpecification: { StreamViewType: "KEYS_ONLY" } });
  });

  it("is encrypted by the key, can be taken back in time, and cannot be deleted", () => {
    data.hasResource("AWS::DynamoDB::GlobalTable", {
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            SSESpecification: { KMSMasterKeyId: { "Fn::GetAtt": [Match.stringLikeRegexp("^key"), "Arn"] } },
          },
        ],
      },
    });
  });
});

describe("buckets", () => {
  it("all are versioned, private and kept; those for documents and rules are encrypted by the key, and whoever reads them is logged", () => {
    const buckets = resourcesOf(data, "AWS::S3::Bucket");
    expect(buckets).toHaveLength(4);
    for (const [id, bucket] of buckets) {
      const forLogs = id.startsWith("logs");
      expect(bucket).toMatchObject({
        DeletionPolicy: "Retain",
        Properties: {
          VersioningConfiguration: { Status: "Enabled" },
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
          ...(!forLogs && {
            BucketEncryption: {
              ServerSideEncryptionConfiguration: [
                {
                  BucketKeyEnabled: true,
                  ServerSideEncryptionByDefault: {
                    SSEAlgorithm: "aws:kms",
                    KMSMasterKeyID: { "Fn::GetAtt": [expect.anything(), "Arn"] },
                  },
                },
              ],
            },
            LoggingConfiguration: { DestinationBucketName: { Ref: expect.stringMatching(/^logs/) } },
          }),
        },
      });
    }
  });

  it("logs: written by S3 alone, for the other buckets of this account, and kept as long as other logs", () => {
    const statements = policyOf("logs").filter(({ Effect }) => Effect === "Allow");
    expect(statements).toEqual([
      expect.objectContaining({ Sid: "WrittenByS3", Principal: { Service: "logging.s3.amazonaws.com" }, Action: "s3:PutObject" }),
    ]);
    const { ArnEquals, StringEquals } = statements[0]?.Condition ?? {};
    expect(listOf(ArnEquals?.["aws:SourceArn"]).map(asText)).toEqual([
      "arn:aws:s3:::prior-auth-dev-intake-<AccountId>-us-east-1",
      "arn:aws:s3:::prior-auth-dev-records-<AccountId>-us-east-1",
      "arn:aws:s3:::prior-auth-dev-policy-<AccountId>-us-east-1",
    ]);
    expect(StringEquals).toEqual({ "aws:SourceAccount": { Ref: "AWS::AccountId" } });
    data.hasResourceProperties("AWS::S3::Bucket", {
      BucketName: { "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp("-logs-")])] },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
  });

  it("records: nobody lifts a hold, and nobody goes round the retention", () => {
    const statements = policyOf("records");
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Principal: { AWS: "*" },
        Action: "s3:PutObjectLegalHold",
        Condition: { StringEquals: { "s3:object-lock-legal-hold": "OFF" } },
      }),
    );
    const bypass = statements.find(({ Action }) => Action === "s3:BypassGovernanceRetention");
    expect(bypass).toMatchObject({ Effect: "Deny", Principal: { AWS: "*" } });
    expect(bypass).not.toHaveProperty("Condition");
  });

  it.each(["intake", "records", "policy"] as const)("%s is reached over TLS only, and by no statement that allows", (bucket) => {
    const statements = policyOf(bucket);
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: "Deny", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    );
    expect(statements.filter(({ Effect }) => Effect !== "Deny")).toEqual([]);
  });

  it("policy: what is put there is an event, and nothing of it is ever taken away", () => {
    const [, bucket] = theResource(data, "AWS::S3::Bucket", ({ BucketName }) => asText(BucketName).includes("-policy-"));
    expect(bucket.Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    expect(bucket.Properties).not.toHaveProperty("LifecycleConfiguration");
  });

  it("intake: what is uploaded is gone in a day, every version of it", () => {
    data.hasResourceProperties("AWS::S3::Bucket", {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ ExpirationInDays: 1, NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Status: "Enabled" }),
        ]),
      },
    });
  });

  it("intake: pages of the allowed origins may post, and an arrival is an event", () => {
    data.hasResourceProperties("AWS::S3::Bucket", {
      CorsConfiguration: {
        CorsRules: [Match.objectLike({ AllowedMethods: ["POST"], AllowedOrigins: ["https://portal.dev.example.org"] })],
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });

  it("intake: written by form, read by the checkers, besides the scan", () => {
    const statements = policyOf("intake");
    expect(sparedBy(statements, "WrittenByForm")).toEqual(["register-document", "scan-intake"]);
    expect(sparedBy(statements, "ReadByTheCheckers")).toEqual(["check-document", "record-scan", "scan-intake"]);
  });

  it("records: written by the checkers, locked for the stage's retention", () => {
    expect(sparedBy(policyOf("records"), "WrittenByTheCheckers")).toEqual(["check-document", "record-scan"]);
    data.hasResourceProperties("AWS::S3::Bucket", {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } },
    });
    templates({ stage: "production" }).data.hasResourceProperties("AWS::S3::Bucket", {
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 3653 } } },
    });
  });

  it("the roles that the policies name are those whose functions hold the rights", () => {
    expect(holders("PutObject", "intake")).toEqual(["register-document"]);
    expect(holders("GetObjectVersion", "intake")).toEqual(["check-document", "record-scan"]);
    expect(holders("PutObject", "records")).toEqual(["check-document", "record-scan"]);
    for (const name of ["register-document", "check-document", "record-scan"] satisfies FunctionName[])
      expect(functions).toHaveProperty(name);
  });
});

describe("malware scan", () => {
  it("scans the intake bucket with a role of its own", () => {
    data.hasResourceProperties("AWS::GuardDuty::MalwareProtectionPlan", {
      Actions: { Tagging: { Status: "DISABLED" } },
      ProtectedResource: { S3Bucket: { BucketName: { Ref: Match.stringLikeRegexp("^intake") } } },
      Role: { "Fn::GetAtt": [Match.stringLikeRegexp("^scanrole"), "Arn"] },
    });
    data.hasResourceProperties("AWS::IAM::Role", {
      RoleName: "prior-auth-dev-scan-intake",
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: "malware-protection-plan.guardduty.amazonaws.com" } })],
      },
    });
  });
});

describe("secrets", () => {
  it("all are generated, kept, and encrypted by the key", () => {
    const secrets = resourcesOf(data, "AWS::SecretsManager::Secret");
    expect(secrets.map(([, { Properties }]) => Properties.Name).toSorted()).toEqual([
      "prior-auth/dev/salt",
      "prior-auth/dev/vendor",
      "prior-auth/dev/vendor-key",
    ]);
    for (const [, secret] of secrets)
      expect(secret).toMatchObject({
        DeletionPolicy: "Retain",
        Properties: { KmsKeyId: { "Fn::GetAtt": [expect.anything(), "Arn"] } },
      });
  });

  it("the vendor's secret holds the current key, whose value was generated before", () => {
    const [, vendor] = theResource(data, "AWS::SecretsManager::Secret", ({ Name }) => Name === "prior-auth/dev/vendor");
    expect(JSON.parse(String(vendor.Properties.SecretString))).toEqual({
      current: { id: "key-1", secret: "{{resolve:secretsmanager:prior-auth/dev/vendor-key:SecretString}}" },
    });
    expect(listOf(vendor.DependsOn ?? [])).toEqual([expect.stringMatching(/^vendorkey/)]);
  });
});
