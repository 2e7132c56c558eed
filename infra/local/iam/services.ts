import type { Assembly } from "../assembly.ts";
import { isObject } from "../intrinsics.ts";
import { type EventSourceMapping, readMapping } from "../messages/event-source-mapping.ts";
import type { Authority } from "./authority.ts";

/** What services of AWS ask of a template's policies when they act for its functions, rules and schedules. */
export type Services = {
  /** Lambda writing the function's log, by the function's role. */
  mayLog(definition: { role: string; logGroup: string }): boolean;
  /** API Gateway calling the function of a route. */
  mayServe(event: unknown, functionName: string): boolean;
  /** EventBridge putting an event of a rule into a queue. */
  maySendEvent(ruleArn: string, queueArn: string): boolean;
  /** Scheduler starting a function, or sending what it could not start, by the schedule's role. */
  mayByRole(roleArn: string, action: string, resource: string): boolean;
  /** Lambda sending what a function gave up, by the function's role. */
  maySendFor(functionName: string, queueArn: string): boolean;
  /** Lambda reading a queue or stream and forgetting what was handled, by the function's role. The first action that is refused. */
  refusedToRead(mapping: Pick<EventSourceMapping, "sourceArn" | "functionName">): string | undefined;
  /** GuardDuty reading an object that it scans, by the role of its plan. */
  mayScan(bucket: string, key: string): boolean;
};

const readingActions: Record<string, readonly string[]> = {
  sqs: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  dynamodb: ["dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords", "dynamodb:ListStreams"],
};

/**
 * Refuses at once, as a deployment would be refused, when a role does not trust the service that is to use it.
 * `roleOf` tells the role of a function by the function's name.
 */
export const servicesOf = (assembly: Assembly, authority: Authority, roleOf: (functionName: string) => string): Services => {
  const { account, region } = assembly;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  const asRole = (role: string, action: string, resource: string) => authority.asRole(role, action, resource).allowed;

  for (const { ref, attributes } of assembly.resources("AWS::Lambda::Function"))
    authority.requireTrust(roleOf(ref), "lambda.amazonaws.com", attributes.Arn ?? "");
  for (const { attributes, properties } of assembly.resources("AWS::Scheduler::Schedule")) {
    const role = isObject(properties.Target) ? roleName(String(properties.Target.RoleArn)) : "";
    authority.requireTrust(role, "scheduler.amazonaws.com", attributes.Arn ?? "");
  }
  const scanRoles = new Map<string, string>();
  for (const { attributes, properties } of assembly.resources("AWS::GuardDuty::MalwareProtectionPlan")) {
    const role = roleName(String(properties.Role));
    authority.requireTrust(role, "malware-protection-plan.guardduty.amazonaws.com", attributes.Arn ?? "");
    const [bucket] = /"BucketName":"([^"]+)"/.exec(JSON.stringify(properties))?.slice(1) ?? [];
    if (bucket !== undefined) scanRoles.set(bucket, role);
  }

  return {
    mayLog: ({ role, logGroup }) =>
      ["logs:CreateLogStream", "logs:PutLogEvents"].every((action) =>
        asRole(role, action, arn("logs", `log-group:${logGroup}:log-stream:local`)),
      ),
    mayServe: (event, functionName) => {
      const { apiId, stage, routeKey } = (event as { requestContext: Record<"apiId" | "stage" | "routeKey", string> })
        .requestContext;
      // A route by default has neither method nor path; API Gateway puts its key in the place of both.
      const [method = "", path = "/$default"] = routeKey.split(" ");
      const sourceArn = arn("execute-api", `${apiId}/${stage}/${method}${path}`);
      const resource = arn("lambda", `function:${functionName}`);
      return authority.asService({ service: "apigateway.amazonaws.com", sourceArn, action: "lambda:InvokeFunction", resource })
        .allowed;
    },
    maySendEvent: (sourceArn, resource) =>
      authority.asService({ service: "events.amazonaws.com", sourceArn, action: "sqs:SendMessage", resource }).allowed,
    mayByRole: (roleArn, action, resource) => asRole(roleName(roleArn), action, resource),
    maySendFor: (functionName, queueArn) => asRole(roleOf(functionName), "sqs:SendMessage", queueArn),
    refusedToRead: ({ functionName, sourceArn }) =>
      (readingActions[sourceArn.split(":")[2] ?? ""] ?? []).find((action) => !asRole(roleOf(functionName), action, sourceArn)),
    mayScan: (bucket, key) => {
      const role = scanRoles.get(bucket);
      return role !== undefined && asRole(role, "s3:GetObjectVersion", `arn:aws:s3:::${bucket}/${key}`);
    },
  };
};

const roleName = (roleArn: string): string => roleArn.split("/").at(-1) ?? "";

/**
 * The mappings that may run. Lambda refuses to create one whose role may not read its source; here it is left out and said so,
 * so that everything else can still be looked at.
 */
export const readable = (mappings: unknown[], services: Services, report: (problem: string) => void): unknown[] =>
  mappings.filter((properties) => {
    const mapping = readMapping(properties);
    const refused = services.refusedToRead(mapping);
    if (refused === undefined) return true;
    report(
      `AccessDenied: ${mapping.functionName} is not fed from ${mapping.sourceArn}: its role is not authorized to perform ${refused}`,
    );
    return false;
  });
