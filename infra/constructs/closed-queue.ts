import { Duration } from "aws-cdk-lib";
import { Alias } from "aws-cdk-lib/aws-kms";
import { Queue, type QueueProps } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { namesOf } from "../names.ts";

/** A queue over TLS only, under the customer key, that keeps a message as long as a queue can. */
export const closedQueue = (scope: Construct, id: string, stage: string, props: QueueProps & { queueName: string }): Queue =>
  new Queue(scope, id, {
    // By its alias: a reference to the key itself would tie the stacks together by an export.
    encryptionMasterKey: Alias.fromAliasName(scope, `${id}-key`, namesOf(scope, stage).keyAlias),
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    ...props,
  });

/** Where what could not be done waits for a person to look at it. */
export const deadLetterQueue = (scope: Construct, name: string, stage: string): Queue =>
  closedQueue(scope, "dead", stage, { queueName: namesOf(scope, stage).deadLetterQueue(name) });
