import { RemovalPolicy } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Settings } from "../config.ts";

/** A log under the customer key, for as long as the stage keeps logs. A log takes a key's ARN and no alias, unlike a queue. */
export const closedLogGroup = (
  scope: Construct,
  id: string,
  { logGroupName, keyArn, settings }: { logGroupName: string; keyArn: string; settings: Settings },
): LogGroup =>
  new LogGroup(scope, id, {
    logGroupName,
    encryptionKey: Key.fromKeyArn(scope, `${id}-key`, keyArn),
    retention: settings.retention.logDays,
    removalPolicy: settings.retention.keepLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
