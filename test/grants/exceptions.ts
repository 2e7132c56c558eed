/** Grants that no test of this repository can use, each with its reason, and the test that holds what they should be. */
export type Exception = { holder: RegExp; actions: readonly string[]; reason: string; test: string };

const held = "test/local/iam-template.test.ts";

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
    test: `${held} > the key leaves its administration to the account, and its use to the services that store data`,
  },
  {
    holder: /:key\//,
    actions: [
      "kms:CreateGrant",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    reason: "DynamoDB's documentation asks for them of its callers; which call needs which is seen in an account only",
    test: `${held} > the key leaves its administration to the account, and its use to the services that store data`,
  },
];
