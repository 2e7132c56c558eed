import { Duration } from "aws-cdk-lib";
import { type IMetric, MathExpression, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type MetricName, metricNamespace } from "../shared/api/operational-metrics.ts";
import { type FunctionName, type FunctionRow, functions, statementsOf } from "./functions.ts";
import type { Names } from "./names.ts";

/**
 * What a person must act on, and nothing else: what heals by itself, or can wait for somebody to look, is on the dashboard. Each row
 * has a page of its name under `docs/runbooks/`; a test holds the two lists equal.
 */
export type AlarmRow = {
  /** One sentence for who is woken; the page says the rest. */
  readonly says: string;
  readonly metric: IMetric;
  /** Above this it is bad. */
  readonly above: number;
  /** So many periods in a row. */
  readonly periods: number;
  /** What silence means: a gauge that is not published has failed, a count that is not has nothing to count. */
  readonly missing: TreatMissingData;
};

const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

/** Whoever works without anybody waiting; a test holds this against the queues that there are. */
export const withDeadLetters: readonly FunctionName[] = [
  "adopt-policy",
  "check-document",
  "record-decision",
  "record-scan",
  "refer-to-vendor",
  "send-notice",
  "supersede-authorization",
  "write-notice",
  "relay-outbox",
  "run-timers",
  "sweep-outbox",
  "publish-metrics",
];

/** What the table may be asked by any function. */
const tableOperations = (names: Names): readonly string[] => {
  const rows: readonly FunctionRow[] = Object.values(functions);
  const actions = rows.flatMap((row) =>
    statementsOf(row, names, { policyOverrides: true }).flatMap((statement) => statement.actions),
  );
  const operations = actions.flatMap((action) => /^dynamodb:(\w*Item|Query|Scan)$/.exec(action)?.[1] ?? []);
  return [...new Set(operations)].toSorted();
};

/** Answers of the gateway that the stage's throttle made, counted in the access log: the gateway has no metric of its own for them. */
export const throttledAnswers = { metric: "ThrottledAnswers", pattern: '{ $.status = "429" }' };

export const alarmsOf = (names: Names, apiId: string): Readonly<Record<string, AlarmRow>> => {
  const own = (metricName: MetricName | typeof throttledAnswers.metric, statistic: string, period: Duration) =>
    new Metric({ namespace: metricNamespace(names.stage), metricName, statistic, period });
  const api = (metricName: string, statistic: string) =>
    new Metric({ namespace: "AWS/ApiGateway", metricName, dimensionsMap: { ApiId: apiId }, statistic, period: fiveMinutes });

  /** Read each minute from the indexes. */
  const gauge = (metricName: MetricName, above: number, periods: number, says: string): AlarmRow => ({
    says,
    metric: own(metricName, "Maximum", minute),
    above,
    periods,
    missing: TreatMissingData.BREACHING,
  });
  const counted = (metric: IMetric, above: number, periods: number, says: string): AlarmRow => ({
    says,
    metric,
    above,
    periods,
    missing: TreatMissingData.NOT_BREACHING,
  });

  const operations = tableOperations(names);

  return {
    "api-5xx": counted(api("5xx", "Sum"), 5, 2, "The API fails for its clients."),
    "api-p99-latency": counted(api("Latency", "p99"), 3_000, 3, "One call in a hundred takes more than three seconds."),

    ...Object.fromEntries(
      withDeadLetters.map((name) => [
        `dead-letters-${name}`,
        counted(
          new Metric({
            namespace: "AWS/SQS",
            metricName: "ApproximateNumberOfMessagesVisible",
            dimensionsMap: { QueueName: names.deadLetterQueue(name) },
            statistic: "Maximum",
            period: fiveMinutes,
          }),
          0,
          1,
          `Work that ${name} could not do waits for a person.`,
        ),
      ]),
    ),

    "outbox-age": gauge("OutboxAge", 300, 3, "Events wait for more than five minutes to be published: referrals do not go out."),
    "timers-behind": gauge(
      "TimersBehind",
      300,
      3,
      "Timers are late by more than five minutes: referrals are not released in time.",
    ),
    "overdue-requests": gauge("OverdueRequests", 0, 1, "A request or an appeal is past its legal due time without a decision."),
    "vendor-silence": gauge("SilentReferrals", 0, 1, "The vendor has not acknowledged a referral in time (4 h, expedited 1 h)."),
    "scan-backlog": gauge("UnverifiedDocuments", 0, 1, "An upload has had no verdict for an hour: its request stays incomplete."),

    "throttled-api": counted(
      own(throttledAnswers.metric, "Sum", fiveMinutes),
      50,
      2,
      "Clients are turned away by the stage's throttle.",
    ),
    // Without a dimension: the whole account's, because the concurrency that runs out is the account's.
    "throttled-functions": counted(
      new Metric({ namespace: "AWS/Lambda", metricName: "Throttles", statistic: "Sum", period: fiveMinutes }),
      0,
      2,
      "Functions are not started: the account's concurrency is used up.",
    ),
    "throttled-table": counted(
      new MathExpression({
        expression: `SUM([${operations.map((operation) => operation.toLowerCase()).join(", ")}])`,
        usingMetrics: Object.fromEntries(
          operations.map((operation) => [
            operation.toLowerCase(),
            new Metric({
              namespace: "AWS/DynamoDB",
              metricName: "ThrottledRequests",
              dimensionsMap: { TableName: names.table, Operation: operation },
              statistic: "Sum",
              period: fiveMinutes,
            }),
          ]),
        ),
        label: "throttled requests",
        period: fiveMinutes,
      }),
      0,
      2,
      "The table turns requests away.",
    ),

    "upload-flood": counted(
      own("DocumentsRegistered", "Sum", fiveMinutes),
      1_000,
      1,
      "More documents are announced than people can have: a client may be running wild.",
    ),
    "upload-cap-reached": counted(
      own("UploadsRefused", "Sum", fiveMinutes),
      0,
      1,
      "An organization has sent as many documents as it may within an hour, and more are refused.",
    ),
    "history-conflict": counted(
      own("HistoryConflicts", "Sum", fiveMinutes),
      0,
      1,
      "The history of a request does not fit its hash chain: somebody else has written to it.",
    ),
    "referrals-failed": counted(
      own("ReferralsFailed", "Sum", fiveMinutes),
      0,
      1,
      "The vendor did not take a referral: nobody decides the request while its clock runs.",
    ),
    "policy-refused": counted(
      own("PoliciesRefused", "Sum", fiveMinutes),
      0,
      1,
      "Rules that were put into the policy bucket are broken, and those before them stay in force.",
    ),
    "timers-given-up": counted(
      own("TimersGivenUp", "Sum", fiveMinutes),
      0,
      1,
      "A timer has failed eight times and will not fire again.",
    ),
  };
};
