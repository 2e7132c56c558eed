/** Grants that no test of this repository can use, each with its reason, and the test that holds what they should be. */
export type Exception = {
  holder: RegExp;
  /** Only where it stands in such a statement. */
  statement?: RegExp;
  actions: readonly string[];
  reason: string;
  test: string;
};

const held = "test/local/iam-template.test.ts > what the template's policies say of whom";
const theKey = `${held} > the key leaves its administration to the account, and its use to the services that store data`;

export const exceptions: readonly Exception[] = [
  {
    holder: /-scan-intake$/,
    actions: [
      "events:PutRule",
      "events:DeleteRule",
      "events:PutTargets",
      "events:RemoveTargets",
      "events:DescribeRule",
      "events:ListTargetsByRule",
      "s3:GetBucketNotification",
      "s3:PutBucketNotification",
      "s3:ListBucket",
      "s3:PutObject",
      "s3:GetObject",
    ],
    reason: "GuardDuty asks for them when its plan is created, and it does not run here: only its reading of objects does",
    test: `${held} > the scan's role holds what GuardDuty's documentation asks for, and nothing else`,
  },
  {
    holder: /:key\//,
    actions: ["kms:*"],
    reason: "without it, nobody could ever change the key's policy again; who may is left to the account's identity policies",
    test: theKey,
  },
  {
    holder: /:key\//,
    statement: /UsedThroughTheServicesThatStoreData/,
    actions: [
      "kms:CreateGrant",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    reason: "DynamoDB's documentation asks for them of its callers; which call needs which is seen in an account only",
    test: theKey,
  },
  {
    holder: /:key\//,
    statement: /UsedForOurLogs/,
    actions: ["kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
    reason: "CloudWatch Logs asks for them when a log is put under the key, and moves old logs to a new key by them",
    test: theKey,
  },
  {
    holder: /:key\//,
    statement: /UsedByAlarmsToReachTheirTopic/,
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    reason: "alarms do not run here",
    test: theKey,
  },
  {
    holder: /\/alarmsPolicy/,
    actions: ["sns:Publish"],
    reason: "alarms do not run here",
    test: `${held} > logs of object access come from S3 alone, and word of alarms from CloudWatch alone`,
  },
  {
    holder: /^arn:aws:s3:::prior-auth-local-logs-/,
    actions: ["s3:PutObject"],
    reason: "S3 writes its access logs itself, and writes none here",
    test: `${held} > logs of object access come from S3 alone, and word of alarms from CloudWatch alone`,
  },
];
