import { Stack, type StackProps } from "aws-cdk-lib";
import { Alarm, ComparisonOperator } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Alias } from "aws-cdk-lib/aws-kms";
import { FilterPattern, LogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { metricNamespace } from "../shared/api/operational-metrics.ts";
import { alarmsOf, throttledAnswers } from "./alarms.ts";
import type { Settings } from "./config.ts";
import { dashboard } from "./dashboard.ts";
import { type Names, namesOf } from "./names.ts";

export type ObservabilityStackProps = StackProps & { settings: Settings; apiId: string };

/** What people are told, and what they look at then. It holds no data, and nothing depends on it. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, apiId, ...props }: ObservabilityStackProps) {
    super(scope, id, { ...props, description: "Prior authorization: alarms, their topic, dashboard" });
    const names = namesOf(this, settings.stage);
    const tell = new SnsAction(alarmTopic(this, names, settings));

    new MetricFilter(this, "throttled-answers", {
      logGroup: LogGroup.fromLogGroupName(this, "access-log", names.accessLogGroup),
      filterPattern: FilterPattern.literal(throttledAnswers.pattern),
      metricNamespace: metricNamespace(settings.stage),
      metricName: throttledAnswers.metric,
      metricValue: "1",
    });

    const alarms = Object.entries(alarmsOf(names, apiId)).map(([name, { says, metric, above, periods, missing }]) => {
      const alarm = new Alarm(this, name, {
        alarmName: names.alarm(name),
        alarmDescription: `${says} Runbook: docs/runbooks/${name}.md`,
        metric,
        threshold: above,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: missing,
        ...(name === "api-p99-latency" && { evaluateLowSampleCountPercentile: "ignore" }),
      });
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
      return alarm;
    });

    dashboard(this, names, apiId, alarms);
  }
}

const alarmTopic = (stack: Stack, names: Names, settings: Settings): Topic => {
  const topic = new Topic(stack, "alarms", {
    topicName: names.alarmTopic,
    displayName: `Prior authorization ${settings.stage}`,
    // By its alias, like the queues.
    masterKey: Alias.fromAliasName(stack, "key", names.keyAlias),
    enforceSSL: true,
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: "PublishedToByAlarms",
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  return topic;
};
