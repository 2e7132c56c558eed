import type { Assembly, Resource } from "../assembly.ts";
import { isObject } from "../intrinsics.ts";
import { compilePolicy, type PolicyKind, type Statement } from "./statements.ts";

/** Every policy of a template, compiled. */
export type Policies = {
  /** By role name: what the role may do. */
  identity: ReadonlyMap<string, readonly Statement[]>;
  /** By role name: who may take it on. */
  trust: ReadonlyMap<string, readonly Statement[]>;
  /** By role name: the role's tags. */
  tags: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** By the ARN of the bucket, queue, key or function. */
  resource: ReadonlyMap<string, readonly Statement[]>;
  /** Policies of services that do not run here. They are read, so that they can be counted, and judge nothing. */
  elsewhere: ReadonlyMap<string, readonly Statement[]>;
};

/** A template with one of these would say more than is judged here. */
const unsupported = [
  "AWS::EC2::VPCEndpoint",
  "AWS::Events::EventBusPolicy",
  "AWS::IAM::Group",
  "AWS::IAM::GroupPolicy",
  "AWS::IAM::User",
  "AWS::IAM::UserPolicy",
  "AWS::Lambda::LayerVersionPermission",
  "AWS::S3::AccessPoint",
  "AWS::SecretsManager::ResourcePolicy",
  "AWS::SNS::TopicInlinePolicy",
  "AWS::SQS::QueueInlinePolicy",
];

export const policiesOf = (assembly: Assembly): Policies => {
  for (const type of unsupported) {
    const [found] = assembly.resources(type);
    if (found) throw new Error(`${where(found)}: policies of ${type} are not judged here`);
  }
  for (const { properties, ...table } of assembly.resources("AWS::DynamoDB::GlobalTable")) {
    const policies = JSON.stringify(properties).match(/"(Resource|ReplicaStream)Policy":/);
    if (policies) throw new Error(`${table.stack}/${table.logicalId}: a policy of a table is not judged here`);
  }
  return { ...rolesOf(assembly), resource: resourcePolicies(assembly), elsewhere: policiesElsewhere(assembly) };
};

const where = ({ stack, logicalId }: Pick<Resource, "stack" | "logicalId">) => `${stack}/${logicalId}`;

const rolesOf = (assembly: Assembly): Pick<Policies, "identity" | "trust" | "tags"> => {
  const identity = new Map<string, Statement[]>();
  const trust = new Map<string, Statement[]>();
  const tags = new Map<string, Record<string, string>>();
  const managed = new Map(assembly.resources("AWS::IAM::ManagedPolicy").map((policy) => [policy.ref, policy]));
  const attach = (role: string, document: unknown, id: string) => {
    const statements = identity.get(role);
    if (!statements) throw new Error(`${id}: ${role} is no role of the template`);
    statements.push(...compilePolicy(document, "identity", id));
  };

  for (const role of assembly.resources("AWS::IAM::Role")) {
    const { AssumeRolePolicyDocument, Policies: inline = [], PermissionsBoundary } = role.properties;
    if (PermissionsBoundary !== undefined) throw new Error(`${where(role)}: permissions boundaries are not judged here`);
    trust.set(role.ref, compilePolicy(AssumeRolePolicyDocument, "trust", `${where(role)}/trust`));
    identity.set(role.ref, []);
    tags.set(role.ref, tagsOf(role));
    for (const policy of listAt(inline, where(role))) {
      if (!isObject(policy)) throw new Error(`${where(role)}: not a policy`);
      attach(role.ref, policy.PolicyDocument, `${where(role)}/${String(policy.PolicyName)}`);
    }
  }
  for (const role of assembly.resources("AWS::IAM::Role")) {
    for (const arn of listAt(role.properties.ManagedPolicyArns ?? [], where(role))) {
      const policy = managed.get(String(arn));
      if (!policy) throw new Error(`${where(role)}: what ${String(arn)} grants is not in the template`);
      attach(role.ref, policy.properties.PolicyDocument, `${where(policy)} of ${role.ref}`);
    }
  }
  for (const policy of [...assembly.resources("AWS::IAM::Policy"), ...managed.values()]) {
    if (
      listAt(policy.properties.Users ?? [], where(policy)).length + listAt(policy.properties.Groups ?? [], where(policy)).length >
      0
    )
      throw new Error(`${where(policy)}: only roles carry policies here`);
    for (const role of listAt(policy.properties.Roles ?? [], where(policy)))
      attach(String(role), policy.properties.PolicyDocument, where(policy));
  }
  const single = assembly.resources("AWS::IAM::RolePolicy");
  for (const policy of single) attach(String(policy.properties.RoleName), policy.properties.PolicyDocument, where(policy));
  return { identity, trust, tags };
};

const tagsOf = ({ properties, ...role }: Resource): Record<string, string> =>
  Object.fromEntries(
    listAt(properties.Tags ?? [], where(role)).map((tag) => {
      if (!isObject(tag)) throw new Error(`${where(role)}: not a tag`);
      return [String(tag.Key), String(tag.Value)];
    }),
  );

const resourcePolicies = (assembly: Assembly): Map<string, Statement[]> => {
  const byArn = new Map<string, Statement[]>();
  const attach = (arn: string, document: unknown, id: string) =>
    byArn.set(arn, [...(byArn.get(arn) ?? []), ...compilePolicy(document, "resource", id)]);

  for (const policy of assembly.resources("AWS::S3::BucketPolicy"))
    attach(`arn:aws:s3:::${String(policy.properties.Bucket)}`, policy.properties.PolicyDocument, where(policy));
  const queues = new Map(assembly.resources("AWS::SQS::Queue").map(({ ref, attributes }) => [ref, attributes.Arn ?? ""]));
  for (const policy of assembly.resources("AWS::SQS::QueuePolicy")) {
    for (const url of listAt(policy.properties.Queues, where(policy))) {
      const arn = queues.get(String(url));
      if (!arn) throw new Error(`${where(policy)}: ${String(url)} is no queue of the template`);
      attach(arn, policy.properties.PolicyDocument, where(policy));
    }
  }
  for (const key of assembly.resources("AWS::KMS::Key"))
    attach(key.attributes.Arn ?? "", key.properties.KeyPolicy, `${where(key)}/policy`);
  for (const permission of assembly.resources("AWS::Lambda::Permission")) {
    const arn = functionArn(assembly, String(permission.properties.FunctionName));
    attach(arn, permissionDocument(permission, arn), where(permission));
  }
  return byArn;
};

const functionArn = (assembly: Assembly, nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? nameOrArn : `arn:aws:lambda:${assembly.region}:${assembly.account}:function:${nameOrArn}`;

/** The statement that Lambda writes into the function's policy for a permission. */
const permissionDocument = ({ properties, ...permission }: Resource, functionArn: string): unknown => {
  const { Action, Principal, SourceArn, SourceAccount, FunctionName: _, ...others } = properties;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new Error(`${where(permission)}: property ${unknown} of a permission is not known`);
  const principal = String(Principal);
  return {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: principal.endsWith(".amazonaws.com") ? { Service: principal } : principal === "*" ? "*" : { AWS: principal },
      Action,
      Resource: functionArn,
      Condition: {
        ...(SourceArn !== undefined && { ArnLike: { "aws:SourceArn": SourceArn } }),
        ...(SourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": SourceAccount } }),
      },
    },
  };
};

const policiesElsewhere = (assembly: Assembly): Map<string, Statement[]> =>
  new Map(
    ["AWS::SNS::TopicPolicy", "AWS::Logs::ResourcePolicy"].flatMap((type) =>
      assembly.resources(type).map((policy): [string, Statement[]] => {
        const { PolicyDocument: document } = policy.properties;
        const parsed: unknown = typeof document === "string" ? JSON.parse(document) : document;
        const kind: PolicyKind = "resource";
        return [where(policy), compilePolicy(parsed, kind, where(policy))];
      }),
    ),
  );

const listAt = (value: unknown, at: string): unknown[] => {
  if (!Array.isArray(value)) throw new Error(`${at}: expected a list`);
  return value;
};
