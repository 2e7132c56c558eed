import { DeleteTableCommand, DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Account } from "./account.ts";

/** One thing that outlives its stack, and how it is removed for good; removing what is gone already is no failure. */
export type KeptThing = { readonly name: string; remove(): Promise<void> };

/** What the stack of a stage's data, and that of its people, leave behind when they are deleted. The key is not among them. */
export const keptThings = (stage: string, region: string, account: Account): KeptThing[] => {
  const prefix = `prior-auth-${stage}`;
  const bucket = (kind: string) => `${prefix}-${kind}-${account.id}-${region}`;
  const dynamo = new DynamoDBClient({ region });
  const s3 = new S3Client({ region });
  const secrets = new SecretsManagerClient({ region });
  return [
    { name: `user pool ${prefix}`, remove: () => removeUserPool(account, prefix) },
    { name: `table ${prefix}`, remove: () => removeTable(dynamo, prefix) },
    ...["intake", "records", "policy", "logs"].map((kind) => ({
      name: `bucket ${bucket(kind)}`,
      remove: () => removeBucket(s3, bucket(kind)),
    })),
    ...["salt", "vendor", "vendor-key"].map((name) => ({
      name: `secret prior-auth/${stage}/${name}`,
      remove: () => removeSecret(secrets, `prior-auth/${stage}/${name}`),
    })),
  ];
};

const gone =
  (...names: string[]) =>
  (error: Error) => {
    if (!names.includes(error.name)) throw error;
  };

const removeTable = async (dynamo: DynamoDBClient, TableName: string): Promise<void> => {
  const missing = gone("ResourceNotFoundException");
  await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false })).catch(missing);
  await dynamo.send(new DeleteTableCommand({ TableName })).catch(missing);
};

/**
 * Every version of every object, then the bucket. The retention of records can be bypassed once the bucket's policy is gone; a legal
 * hold cannot, so a document on hold stays, and its bucket with it.
 */
const removeBucket = async (s3: S3Client, Bucket: string): Promise<void> => {
  const missing = gone("NoSuchBucket", "NoSuchBucketPolicy");
  await s3.send(new DeleteBucketPolicyCommand({ Bucket })).catch(missing);
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket })).catch(missing);
    const objects = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])].flatMap(({ Key, VersionId }) =>
      Key === undefined ? [] : [{ Key, VersionId }],
    );
    if (objects.length === 0) break;
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: objects, Quiet: true }, BypassGovernanceRetention: true }),
    );
    if (Errors.length > 0)
      throw new Error(`${Errors.length} objects could not be removed: ${Errors[0]?.Code}, a legal hold perhaps`);
  }
  await s3.send(new DeleteBucketCommand({ Bucket })).catch(missing);
};

const removeSecret = async (secrets: SecretsManagerClient, SecretId: string): Promise<void> => {
  // At once: a name that is waiting to be deleted cannot be used by the next stage of that name.
  await secrets
    .send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }))
    .catch(gone("ResourceNotFoundException"));
};

const removeUserPool = async ({ call }: Account, name: string): Promise<void> => {
  const cognito = async <Answer>(action: string, input: object) =>
    JSON.parse(
      (await call({ service: "cognito-idp", target: `AWSCognitoIdentityProviderService.${action}`, input })) || "{}",
    ) as Answer;
  type Pools = { UserPools: { Id: string; Name: string }[]; NextToken?: string };
  let NextToken: string | undefined;
  do {
    const page: Pools = await cognito("ListUserPools", { MaxResults: 60, ...(NextToken && { NextToken }) });
    for (const { Id } of page.UserPools.filter(({ Name }) => Name === name)) {
      await cognito("UpdateUserPool", { UserPoolId: Id, DeletionProtection: "INACTIVE" });
      await cognito("DeleteUserPool", { UserPoolId: Id });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
};
