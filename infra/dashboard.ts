import { Duration } from "aws-cdk-lib";
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { gauges, type MetricName, metricNamespace, metrics } from "../shared/api/operational-metrics.ts";
import { withDeadLetters } from "./alarms.ts";
import { functions } from "./functions.ts";
import type { Names } from "./names.ts";

const period = Duration.minutes(5);

/** One page: what is wrong, what clients see, how far behind we are, what the desk does. */
export const dashboard = (scope: Construct, names: Names, apiId: string, alarms: readonly Alarm[]): void => {
  const namespace = metricNamespace(names.stage);
  const api = (metricName: string, statistic: string, label: string) =>
    new Metric({ namespace: "AWS/ApiGateway", metricName, dimensionsMap: { ApiId: apiId }, statistic, label, period });
  const ofFunctions = (metricName: string, statistic: string) =>
    Object.keys(functions).map(
      (name) =>
        new Metric({
          namespace: "AWS/Lambda",
          metricName,
          dimensionsMap: { FunctionName: names.function(name) },
          statistic,
          label: name,
          period,
        }),
    );
  const deadLetters = withDeadLetters.map(
    (name) =>
      new Metric({
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensionsMap: { QueueName: names.deadLetterQueue(name) },
        statistic: "Maximum",
        label: name,
        period,
      }),
  );

  /** A metric of ours, one line for each combination of its dimensions that has occurred. */
  const own = (metric: MetricName): IMetric => {
    const { unit, dimensions } = metrics[metric];
    const schema = [`"${namespace}"`, ...Object.keys(dimensions)].join(",");
    const statistic = unit === "Count" ? "Sum" : "p90";
    return new MathExpression({
      expression: `SEARCH('{${schema}} MetricName="${metric}"', '${statistic}', ${period.toSeconds()})`,
      usingMetrics: {},
      label: "",
      period,
    });
  };
  const business = Object.keys(metrics).filter((name) => !(gauges as readonly string[]).includes(name)) as MetricName[];

  const rows: IWidget[][] = [
    [new AlarmStatusWidget({ title: "Alarms: docs/runbooks has a page for each", alarms: [...alarms], width: 24, height: 5 })],
    [
      graph("Calls", [api("Count", "Sum", "calls"), api("4xx", "Sum", "4xx"), api("5xx", "Sum", "5xx")]),
      graph("Latency, ms", [api("Latency", "p50", "p50"), api("Latency", "p90", "p90"), api("Latency", "p99", "p99")]),
      graph("Function errors", ofFunctions("Errors", "Sum")),
    ],
    gauges.map((name) =>
      graph(
        metrics[name].about,
        [new Metric({ namespace, metricName: name, statistic: "Maximum", label: name, period: Duration.minutes(1) })],
        Math.floor(24 / gauges.length),
      ),
    ),
    [
      graph("Dead letters", deadLetters),
      graph("Function throttles", ofFunctions("Throttles", "Sum")),
      graph("Function duration, p99, ms", ofFunctions("Duration", "p99")),
    ],
    [new TextWidget({ markdown: "## What the desk does", width: 24, height: 1 })],
    business.map((name) => graph(metrics[name].about, [own(name)], 6)),
  ];
  new Dashboard(scope, "dashboard", { dashboardName: names.dashboard, widgets: rows });
};

const graph = (title: string, left: IMetric[], width = 8): GraphWidget =>
  new GraphWidget({ title, left, width, height: 6, leftYAxis: { min: 0 } });
