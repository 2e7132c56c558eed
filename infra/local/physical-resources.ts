import { createHash } from "node:crypto";

/** What a reference to a resource can be made of. */
export type ResourceFacts = {
  stack: string;
  logicalId: string;
  properties: Record<string, unknown>;
  account: string;
  region: string;
  /** Where this machine serves the HTTP API, without a trailing slash. */
  apiUrl: string;
};

/** What `Ref` and each `Fn::GetAtt` of a resource give. */
export type References = { ref: string; attributes: Record<string, string> };

/** The `Ref` and attributes AWS gives for a resource, or undefined for a type that is not known. */
export const referencesOf = (type: string, facts: ResourceFacts): References | undefined => kinds[type]?.(facts);

/** A resource's digest: the stable stand-in for whatever AWS would invent at random. */
export const digestOf = ({ stack, logicalId }: Pick<ResourceFacts, "stack" | "logicalId">): string =>
  createHash("sha256").update(`${stack}/${logicalId}`).digest("hex");

export const apiIdOf = (facts: Pick<ResourceFacts, "stack" | "logicalId">): string => digestOf(facts).slice(0, 10);

type Kind = (facts: ResourceFacts) => References;

const given = ({ properties }: ResourceFacts, name: string): string | undefined => {
  const value = properties[name];
  return typeof value === "string" ? value : undefined;
};

/** The resource's own name, else one in CloudFormation's manner, cut to what the service allows. */
const nameOf = (facts: ResourceFacts, property: string, longest = 64): string => {
  const own = given(facts, property);
  if (own !== undefined) return own;
  const suffix = digestOf(facts).slice(0, 12).toUpperCase();
  return `${`${facts.stack}-${facts.logicalId}`.slice(0, longest - suffix.length - 1)}-${suffix}`;
};

const uuidOf = (facts: ResourceFacts): string => digestOf(facts).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

const arn = ({ region, account }: ResourceFacts, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const globalArn = ({ account }: ResourceFacts, service: string, resource: string): string =>
  `arn:aws:${service}::${account}:${resource}`;

/** A resource that is only ever referred to by the name it was given. */
const named =
  (property: string, attributes: (facts: ResourceFacts, name: string) => Record<string, string> = () => ({})): Kind =>
  (facts) => {
    const ref = nameOf(facts, property);
    return { ref, attributes: attributes(facts, ref) };
  };

/** A resource whose `Ref` is an identifier that AWS makes up. */
const identified =
  (attribute?: string): Kind =>
  (facts) => {
    const ref = digestOf(facts).slice(0, 7);
    return { ref, attributes: attribute ? { [attribute]: ref } : {} };
  };

const table: Kind = (facts) => {
  const ref = nameOf(facts, "TableName", 255);
  const Arn = arn(facts, "dynamodb", `table/${ref}`);
  const stream: Record<string, string> = facts.properties.StreamSpecification
    ? { StreamArn: `${Arn}/stream/2026-01-01T00:00:00.000` }
    : {};
  return { ref, attributes: { Arn, TableId: uuidOf(facts), ...stream } };
};

const bucket: Kind = (facts) => {
  const ref = nameOf(facts, "BucketName", 63).toLowerCase();
  return {
    ref,
    attributes: {
      Arn: `arn:aws:s3:::${ref}`,
      DomainName: `${ref}.s3.amazonaws.com`,
      RegionalDomainName: `${ref}.s3.${facts.region}.amazonaws.com`,
    },
  };
};

const queue: Kind = (facts) => {
  const QueueName = nameOf(facts, "QueueName", 80);
  const QueueUrl = `https://sqs.${facts.region}.amazonaws.com/${facts.account}/${QueueName}`;
  return { ref: QueueUrl, attributes: { Arn: arn(facts, "sqs", QueueName), QueueName, QueueUrl } };
};

const topic: Kind = (facts) => {
  const TopicName = nameOf(facts, "TopicName", 256);
  const TopicArn = arn(facts, "sns", TopicName);
  return { ref: TopicArn, attributes: { TopicArn, TopicName } };
};

const role: Kind = (facts) => {
  const ref = nameOf(facts, "RoleName");
  const RoleId = `AROA${digestOf(facts).slice(0, 17).toUpperCase()}`;
  return { ref, attributes: { Arn: globalArn(facts, "iam", `role${given(facts, "Path") ?? "/"}${ref}`), RoleId } };
};

const managedPolicy: Kind = (facts) => {
  const PolicyArn = globalArn(facts, "iam", `policy${given(facts, "Path") ?? "/"}${nameOf(facts, "ManagedPolicyName", 128)}`);
  return { ref: PolicyArn, attributes: { PolicyArn } };
};

const key: Kind = (facts) => {
  const KeyId = uuidOf(facts);
  return { ref: KeyId, attributes: { KeyId, Arn: arn(facts, "kms", `key/${KeyId}`) } };
};

const secret: Kind = (facts) => {
  // Six characters that Secrets Manager appends to the name.
  const Id = arn(facts, "secretsmanager", `secret:${nameOf(facts, "Name", 512)}-${digestOf(facts).slice(0, 6)}`);
  return { ref: Id, attributes: { Id } };
};

const rule: Kind = (facts) => {
  const name = nameOf(facts, "Name");
  const bus = (given(facts, "EventBusName") ?? "default").split("/").at(-1) ?? "default";
  const path = bus === "default" ? name : `${bus}/${name}`;
  return { ref: bus === "default" ? name : `${bus}|${name}`, attributes: { Arn: arn(facts, "events", `rule/${path}`) } };
};

const version: Kind = (facts) => {
  const FunctionArn = `${functionArn(facts)}:1`;
  return { ref: FunctionArn, attributes: { FunctionArn, Version: "1" } };
};

const alias: Kind = (facts) => {
  const AliasArn = `${functionArn(facts)}:${nameOf(facts, "Name")}`;
  return { ref: AliasArn, attributes: { AliasArn } };
};

const functionArn = (facts: ResourceFacts): string => {
  const target = given(facts, "FunctionName") ?? "";
  return target.startsWith("arn:") ? target : arn(facts, "lambda", `function:${target}`);
};

const layer: Kind = (facts) => {
  const LayerVersionArn = arn(facts, "lambda", `layer:${nameOf(facts, "LayerName")}:1`);
  return { ref: LayerVersionArn, attributes: { LayerVersionArn } };
};

const eventSourceMapping: Kind = (facts) => {
  const Id = uuidOf(facts);
  return { ref: Id, attributes: { Id, EventSourceMappingArn: arn(facts, "lambda", `event-source-mapping:${Id}`) } };
};

const httpApi: Kind = (facts) => {
  const ApiId = apiIdOf(facts);
  return { ref: ApiId, attributes: { ApiId, ApiEndpoint: facts.apiUrl } };
};

const userPool: Kind = (facts) => {
  const UserPoolId = `${facts.region}_${digestOf(facts).slice(0, 9)}`;
  return { ref: UserPoolId, attributes: { UserPoolId, Arn: arn(facts, "cognito-idp", `userpool/${UserPoolId}`) } };
};

const malwareProtectionPlan: Kind = (facts) => {
  const MalwareProtectionPlanId = digestOf(facts).slice(0, 32);
  const Arn = arn(facts, "guardduty", `malware-protection-plan/${MalwareProtectionPlanId}`);
  return { ref: MalwareProtectionPlanId, attributes: { MalwareProtectionPlanId, Arn, Status: "ACTIVE" } };
};

const kinds: Record<string, Kind> = {
  "AWS::ApiGatewayV2::Api": httpApi,
  "AWS::ApiGatewayV2::Authorizer": identified("AuthorizerId"),
  "AWS::ApiGatewayV2::Integration": identified("IntegrationId"),
  "AWS::ApiGatewayV2::Route": identified("RouteId"),
  "AWS::ApiGatewayV2::Stage": named("StageName"),
  "AWS::CDK::Metadata": identified(),
  "AWS::CloudWatch::Alarm": named("AlarmName", (facts, name) => ({ Arn: arn(facts, "cloudwatch", `alarm:${name}`) })),
  "AWS::CloudWatch::CompositeAlarm": named("AlarmName", (facts, name) => ({ Arn: arn(facts, "cloudwatch", `alarm:${name}`) })),
  "AWS::CloudWatch::Dashboard": named("DashboardName"),
  "AWS::Cognito::UserPool": userPool,
  "AWS::Cognito::UserPoolClient": identified("ClientId"),
  "AWS::DynamoDB::GlobalTable": table,
  "AWS::DynamoDB::Table": table,
  "AWS::Events::EventBus": named("Name", (facts, Name) => ({ Name, Arn: arn(facts, "events", `event-bus/${Name}`) })),
  "AWS::Events::EventBusPolicy": named("StatementId"),
  "AWS::Events::Rule": rule,
  "AWS::GuardDuty::MalwareProtectionPlan": malwareProtectionPlan,
  "AWS::IAM::ManagedPolicy": managedPolicy,
  "AWS::IAM::Policy": named("PolicyName"),
  "AWS::IAM::Role": role,
  "AWS::KMS::Alias": named("AliasName"),
  "AWS::KMS::Key": key,
  "AWS::Lambda::Alias": alias,
  "AWS::Lambda::EventInvokeConfig": identified(),
  "AWS::Lambda::EventSourceMapping": eventSourceMapping,
  "AWS::Lambda::Function": named("FunctionName", (facts, name) => ({ Arn: arn(facts, "lambda", `function:${name}`) })),
  "AWS::Lambda::LayerVersion": layer,
  "AWS::Lambda::Permission": identified("Id"),
  "AWS::Lambda::Version": version,
  "AWS::Logs::LogGroup": named("LogGroupName", (facts, name) => ({ Arn: arn(facts, "logs", `log-group:${name}:*`) })),
  "AWS::Logs::ResourcePolicy": named("PolicyName"),
  "AWS::S3::Bucket": bucket,
  "AWS::S3::BucketPolicy": (facts) => ({ ref: given(facts, "Bucket") ?? "", attributes: {} }),
  "AWS::SES::ConfigurationSet": named("Name"),
  "AWS::SES::EmailIdentity": named("EmailIdentity"),
  "AWS::SNS::Subscription": identified(),
  "AWS::SNS::Topic": topic,
  "AWS::SNS::TopicPolicy": identified("Id"),
  "AWS::SQS::Queue": queue,
  "AWS::SQS::QueuePolicy": identified("Id"),
  "AWS::SSM::Parameter": named("Name", ({ properties }) => ({ Type: String(properties.Type), Value: String(properties.Value) })),
  "AWS::Scheduler::Schedule": named("Name", (facts, name) => ({
    Arn: arn(facts, "scheduler", `schedule/${given(facts, "GroupName") ?? "default"}/${name}`),
  })),
  "AWS::Scheduler::ScheduleGroup": named("Name", (facts, name) => ({ Arn: arn(facts, "scheduler", `schedule-group/${name}`) })),
  "AWS::SecretsManager::ResourcePolicy": identified(),
  "AWS::SecretsManager::Secret": secret,
};
