import { Duration } from "aws-cdk-lib";
import { type EventPattern, Rule, type RuleProps } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { type FunctionName, functions, maxReceiveCount } from "../functions.ts";
import { namesOf } from "../names.ts";
import { closedQueue, deadLetterQueue } from "./closed-queue.ts";
import { type ServiceFunctionProps, serviceFunction } from "./service-function.ts";

export type QueueConsumerProps = ServiceFunctionProps & {
  /** The default bus when absent: there AWS's own services speak. */
  eventBus?: NonNullable<RuleProps["eventBus"]>;
  eventPattern: EventPattern;
  batchSize: number;
};

/** Events of one kind on their way to one function: rule → queue → function, and a queue for what cannot be delivered or done. */
export const queueConsumer = (scope: Construct, name: FunctionName, props: QueueConsumerProps): void => {
  const { eventBus, eventPattern, batchSize, ...functionProps } = props;
  const names = namesOf(scope, props.settings.stage);
  const home = new Construct(scope, `${name}-queue`);

  const deadLetters = deadLetterQueue(home, name, props.settings.stage);
  const queue = closedQueue(home, "queue", props.settings.stage, {
    queueName: names.queue(name),
    // Six times the function's timeout, as Lambda advises, so that no message is handed out twice while it is worked on.
    visibilityTimeout: Duration.seconds(6 * functions[name].timeout),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceiveCount(name) },
  });

  const rule = new Rule(home, "rule", {
    ruleName: names.queue(name),
    eventPattern,
    ...(eventBus && { eventBus }),
    // The bus's own target class grants on the key, which belongs to another stack; the key's policy says it already.
    targets: [{ bind: () => ({ arn: queue.queueArn, deadLetterConfig: { arn: deadLetters.queueArn } }) }],
  });
  for (const target of [queue, deadLetters]) {
    target.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("events.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [target.queueArn],
        conditions: { ArnEquals: { "aws:SourceArn": rule.ruleArn } },
      }),
    );
  }

  new EventSourceMapping(home, "mapping", {
    target: serviceFunction(scope, name, functionProps),
    eventSourceArn: queue.queueArn,
    batchSize,
    reportBatchItemFailures: true,
    // Uploads and referrals may come in floods; they must not take the concurrency that the API answers with.
    maxConcurrency: 20,
  });
};
