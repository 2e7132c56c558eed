import { join } from "node:path";
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpStage, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { AttributeType, Billing, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  CfnFunction,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Settings } from "../config.ts";
import { closedLogGroup } from "../constructs/closed-log-group.ts";
import { namesOf } from "../names.ts";

export const vendorStandIn = "vendor-stand-in";

export type VendorStandInStackProps = StackProps & { settings: Settings; assetsDirectory: string; keyArn: string; apiUrl: string };

/**
 * An imaging vendor for a stage that has none, so that a request can be decided there. No part of the product: a stack of its own, gone
 * without a trace when it is deleted. It refuses whatever the plan has not signed.
 */
export class VendorStandInStack extends Stack {
  /** What the stage's `vendorUrl` would otherwise be. */
  readonly url: string;

  constructor(scope: Construct, id: string, { settings, assetsDirectory, keyArn, apiUrl, ...props }: VendorStandInStackProps) {
    super(scope, id, { ...props, description: "Prior authorization: stand-in of the imaging vendor, for trying out" });
    const names = namesOf(this, settings.stage);

    const table = new TableV2(this, "cases", {
      tableName: names.function(vendorStandIn),
      partitionKey: { name: "pk", type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: "expires",
      dynamoStream: StreamViewType.KEYS_ONLY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const streamArn = table.tableStreamArn;
    if (!streamArn) throw new Error("The table has no stream");

    const role = new Role(this, "role", {
      roleName: names.role(vendorStandIn),
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
              resources: [names.functionLogGroupArn(vendorStandIn)],
            }),
            new PolicyStatement({ actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [table.tableArn] }),
            new PolicyStatement({
              actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
              resources: [streamArn],
            }),
            new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [names.secretArn(names.vendorSecret)] }),
          ],
        }),
      },
    });
    const lambda = new LambdaFunction(this, "function", {
      functionName: names.function(vendorStandIn),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(assetsDirectory, vendorStandIn)),
      handler: "index.handler",
      memorySize: 512,
      timeout: Duration.seconds(60),
      tracing: Tracing.DISABLED,
      environment: { TABLE_NAME: table.tableName, VENDOR_SECRET: names.vendorSecret, API_URL: apiUrl },
      role,
      logGroup: closedLogGroup(this, "log", { logGroupName: names.functionLogGroup(vendorStandIn), keyArn, settings }),
    });
    const { defaultChild } = lambda.node;
    if (defaultChild instanceof CfnFunction) defaultChild.addDeletionOverride("DependsOn");
    new EventSourceMapping(this, "calls-back", {
      target: lambda,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 1,
      // Cases do not wait for each other.
      parallelizationFactor: 5,
      retryAttempts: 10,
    });

    const api = new HttpApi(this, "api", {
      apiName: names.function(vendorStandIn),
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration("every-path", lambda),
    });
    const accessLog = closedLogGroup(this, "access-log", {
      logGroupName: `/aws/vendedlogs/${names.function(vendorStandIn)}`,
      keyArn,
      settings,
    });
    new HttpStage(this, "stage", {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      throttle: { rateLimit: 20, burstLimit: 40 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(
          JSON.stringify({ requestId: "$context.requestId", time: "$context.requestTime", status: "$context.status" }),
        ),
      },
    });

    this.url = api.apiEndpoint;
    new CfnOutput(this, "VendorUrl", { value: this.url, description: "Where the plan sends referrals" });
  }
}
