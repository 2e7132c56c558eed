import type { Assembly, Resource } from "../assembly.ts";
import { isObject } from "../intrinsics.ts";

/** What a service does with a customer key when somebody calls it: on the caller's behalf, or in its own name. */
export type KeyUse = { key: string; actions: readonly string[]; service: string; byItself: boolean };

/**
 * Which actions on an encrypted resource use its key, as each service documents it. DynamoDB decrypts the table's key for each
 * caller; S3 and SQS make or open a data key on the caller's behalf; CloudWatch Logs and EventBridge act in their own name.
 */
const uses: { service: string; action: RegExp; key: readonly string[]; byItself?: true }[] = [
  { service: "s3", action: /^s3:GetObject(Version)?$/, key: ["kms:Decrypt"] },
  { service: "s3", action: /^s3:PutObject$/, key: ["kms:GenerateDataKey"] },
  { service: "dynamodb", action: /^dynamodb:(?!Describe|List)/, key: ["kms:Decrypt"] },
  { service: "sqs", action: /^sqs:SendMessage$/, key: ["kms:GenerateDataKey", "kms:Decrypt"] },
  { service: "sqs", action: /^sqs:ReceiveMessage$/, key: ["kms:Decrypt"] },
  { service: "secretsmanager", action: /^secretsmanager:GetSecretValue$/, key: ["kms:Decrypt"] },
  { service: "logs", action: /^logs:PutLogEvents$/, key: ["kms:GenerateDataKey", "kms:Decrypt"], byItself: true },
  { service: "events", action: /^events:PutEvents$/, key: ["kms:GenerateDataKey", "kms:Decrypt"], byItself: true },
];

/** What of a template is encrypted by a key of the template, and so needs that key's permission besides its own. */
export const keyUsesOf = (assembly: Assembly): ((action: string, resource: string) => KeyUse | undefined) => {
  const findKey = keyFinder(assembly);
  const keys = new Map<string, string>();
  const note = (arn: string | undefined, given: unknown, at: Resource) => {
    if (arn !== undefined && typeof given === "string") keys.set(arn, findKey(given, at));
  };

  for (const bucket of assembly.resources("AWS::S3::Bucket"))
    for (const given of valuesOf(bucket.properties.BucketEncryption, "KMSMasterKeyID")) note(bucket.attributes.Arn, given, bucket);
  for (const table of assembly.resources("AWS::DynamoDB::GlobalTable"))
    for (const given of valuesOf(table.properties.Replicas, "KMSMasterKeyId")) note(table.attributes.Arn, given, table);
  for (const queue of assembly.resources("AWS::SQS::Queue")) note(queue.attributes.Arn, queue.properties.KmsMasterKeyId, queue);
  for (const secret of assembly.resources("AWS::SecretsManager::Secret")) note(secret.ref, secret.properties.KmsKeyId, secret);
  for (const bus of assembly.resources("AWS::Events::EventBus")) note(bus.attributes.Arn, bus.properties.KmsKeyIdentifier, bus);
  for (const group of assembly.resources("AWS::Logs::LogGroup"))
    note(group.attributes.Arn?.replace(/:\*$/, ""), group.properties.KmsKeyId, group);

  return (action, resource) => {
    const use = uses.find((each) => each.action.test(action));
    const key = use && keys.get(ownerOf(resource));
    if (!use || key === undefined) return undefined;
    return { key, actions: use.key, service: use.service, byItself: use.byItself === true };
  };
};

/** The bucket of an object, the table of an index or stream, the log group of a log stream: what has the key. */
export const ownerOf = (arn: string): string =>
  arn
    .replace(/^(arn:aws:s3:::[^/]+)\/.*$/s, "$1")
    .replace(/^(arn:aws:dynamodb:[^/]+\/[^/]+)\/.*$/, "$1")
    .replace(/^(arn:aws:logs:.*?:log-group:[^:]+):.*$/, "$1");

/** By ARN, id or alias. A key that is not the template's is an error: what its policy says is not known. */
const keyFinder = (assembly: Assembly) => {
  const arns = new Map<string, string>();
  for (const { ref, attributes } of assembly.resources("AWS::KMS::Key"))
    for (const name of [ref, attributes.Arn ?? ""]) arns.set(name, attributes.Arn ?? "");
  for (const { properties, ref } of assembly.resources("AWS::KMS::Alias")) {
    const arn = arns.get(String(properties.TargetKeyId));
    if (arn === undefined) continue;
    for (const name of [ref, `arn:aws:kms:${assembly.region}:${assembly.account}:${ref}`]) arns.set(name, arn);
  }
  return (given: string, { stack, logicalId }: Resource): string => {
    const arn = arns.get(given);
    if (arn === undefined) throw new Error(`${stack}/${logicalId}: ${given} is no key of the template`);
    return arn;
  };
};

/** Every value of a property, however deep. */
const valuesOf = (value: unknown, property: string): unknown[] => {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, property));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => (name === property ? [item] : valuesOf(item, property)));
};
