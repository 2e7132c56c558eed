import { join } from "node:path";
import { Duration } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, CfnFunction, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Settings } from "../config.ts";
import { environmentOf, type FunctionName, functions, statementsOf } from "../functions.ts";
import { namesOf } from "../names.ts";
import { closedLogGroup } from "./closed-log-group.ts";

export type ServiceFunctionProps = {
  settings: Settings;
  /** Where the bundles are: `<assetsDirectory>/<name>/index.js`. */
  assetsDirectory: string;
  /** The address at which clients reach the API. */
  apiUrl?: string | undefined;
  /** The customer key, for the function's log. */
  keyArn: string;
};

/**
 * One file under `functions/` as one Lambda with one role and one log: the only place where a Lambda is configured.
 * The role has a fixed name, because bucket policies of another stack name it; it holds what the function's row in
 * `functions.ts` says and leave to write its own log, in one inline policy.
 */
export const serviceFunction = (scope: Construct, name: FunctionName, props: ServiceFunctionProps): LambdaFunction => {
  const { settings, assetsDirectory, apiUrl, keyArn } = props;
  const row = functions[name];
  const names = namesOf(scope, settings.stage);
  const home = new Construct(scope, name);

  const logGroup = closedLogGroup(home, "log", { logGroupName: names.functionLogGroup(name), keyArn, settings });

  const role = new Role(home, "role", {
    roleName: names.role(name),
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: {
      own: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [names.functionLogGroupArn(name)],
          }),
          ...statementsOf(row, names, settings),
        ],
      }),
    },
  });

  const lambda = new LambdaFunction(home, "function", {
    functionName: names.function(name),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(join(assetsDirectory, name)),
    handler: "index.handler",
    memorySize: row.memory,
    timeout: Duration.seconds(row.timeout),
    tracing: Tracing.DISABLED,
    environment: environmentOf(row, names, settings, apiUrl),
    role,
    logGroup,
  });
  // CDK makes it wait for its role, which naming the role does already; the role's policy is a part of the role.
  const { defaultChild } = lambda.node;
  if (defaultChild instanceof CfnFunction) defaultChild.addDeletionOverride("DependsOn");
  return lambda;
};
