import { ArnFormat, Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

export type IndexName = "by-organization" | "by-member" | "worklist" | "timers" | "outbox";

export type Names = ReturnType<typeof namesOf>;

/**
 * What everything is called. Stacks, policies and functions find each other by these names and not by reference: a reference
 * across stacks becomes an export, and an export in use can no longer change.
 */
export const namesOf = (scope: IConstruct, stage: string) => {
  const stack = Stack.of(scope);
  const prefix = `prior-auth-${stage}`;
  const named = (name: string) => `${prefix}-${name}`;
  const arn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME });
  const colonArn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const plainArn = (service: string, resource: string) =>
    stack.formatArn({ service, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
  const bucketArn = (bucket: string) => `arn:${stack.partition}:s3:::${bucket}`;

  const table = prefix;
  const bus = prefix;
  const intakeBucket = `${named("intake")}-${stack.account}-${stack.region}`;
  const recordsBucket = `${named("records")}-${stack.account}-${stack.region}`;
  const policyBucket = `${named("policy")}-${stack.account}-${stack.region}`;
  // Short, because a bucket's name ends at 63 characters.
  const logBucket = `${named("logs")}-${stack.account}-${stack.region}`;
  const secret = (name: string) => `prior-auth/${stage}/${name}`;
  const functionLogGroup = (name: string) => `/aws/lambda/${named(name)}`;
  const tableArn = arn("dynamodb", "table", table);

  return {
    stage,
    keyAlias: `alias/${prefix}`,
    table,
    tableArn,
    indexArn: (index: IndexName) => `${tableArn}/index/${index}`,
    streamArn: `${tableArn}/stream/*`,
    intakeBucket,
    intakeBucketArn: bucketArn(intakeBucket),
    recordsBucket,
    recordsBucketArn: bucketArn(recordsBucket),
    policyBucket,
    policyBucketArn: bucketArn(policyBucket),
    logBucket,
    logBucketArn: bucketArn(logBucket),
    bus,
    busArn: arn("events", "event-bus", bus),
    vendorSecret: secret("vendor"),
    vendorKeySecret: secret("vendor-key"),
    saltSecret: secret("salt"),
    /** Secrets Manager adds six random characters to a secret's ARN. */
    secretArn: (name: string) => `${colonArn("secretsmanager", "secret", name)}-??????`,
    function: named,
    functionLogGroup,
    /** All that the stage's functions and API write, as the log service names it to the key. */
    logGroupArns: ["lambda", "vendedlogs"].map((kind) => colonArn("logs", "log-group", `/aws/${kind}/${named("*")}`)),
    functionLogGroupArn: (name: string) => `${colonArn("logs", "log-group", functionLogGroup(name))}:*`,
    role: named,
    roleArn: (name: string) => stack.formatArn({ service: "iam", region: "", resource: "role", resourceName: named(name) }),
    queue: named,
    queueArn: (name: string) => plainArn("sqs", named(name)),
    deadLetterQueue: (name: string) => `${named(name)}-dead`,
    deadLetterQueueArn: (name: string) => plainArn("sqs", `${named(name)}-dead`),
    schedule: named,
    api: prefix,
    userPool: prefix,
    /** Sign-in pages of all accounts share one name space. */
    signInDomain: `${prefix}-${stack.account}`,
    alarm: named,
    alarmTopic: named("alarms"),
    dashboard: prefix,
    accessLogGroup: `/aws/vendedlogs/${prefix}-api`,
  };
};
