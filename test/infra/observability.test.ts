import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { throttledAnswers } from "../../infra/alarms.ts";
import { functions } from "../../infra/functions.ts";
import { gauges, metrics } from "../../shared/api/operational-metrics.ts";
import { asText, listOf, resourcesOf, type Statement, templates, theResource } from "./assembly.ts";

const { api, events, observability } = templates();
const runbooks = join(import.meta.dirname, "../../docs/runbooks");
const pages = readdirSync(runbooks).map((file) => file.replace(/\.md$/, ""));

type Alarm = {
  AlarmName: string;
  AlarmDescription: string;
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: unknown }[];
  Metrics?: { MetricStat?: { Metric: { MetricName: string; Dimensions: { Name: string; Value: string }[] } } }[];
  TreatMissingData: string;
  AlarmActions: unknown[];
  OKActions: unknown[];
};
const alarms = resourcesOf(observability, "AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties as Alarm);
const nameOf = ({ AlarmName }: Alarm) => AlarmName.replace("prior-auth-dev-", "");
const alarmNamed = (name: string): Alarm => {
  const found = alarms.find((alarm) => nameOf(alarm) === name);
  if (!found) throw new Error(`There is no alarm ${name}`);
  return found;
};

/** Pages that no alarm leads to. */
const besides = ["README", "restore"];

describe("runbooks", () => {
  it("there is one for each alarm, and for nothing else", () => {
    expect(pages.filter((page) => !besides.includes(page)).toSorted()).toEqual(alarms.map(nameOf).toSorted());
  });

  it.each(alarms.map(nameOf))("%s says what it means, where to look, what to do and whom to wake, on a page", (name) => {
    const text = readFileSync(join(runbooks, `${name}.md`), "utf8");
    expect(text.match(/^#+ .*$/gm)).toEqual([`# ${name}`, "## What it means", "## Look first", "## Do", "## Wake"]);
    expect(text.split("\n").length).toBeLessThanOrEqual(60);
  });

  it("they refer to alarms and functions that there are", () => {
    const known = new Set([...pages, ...Object.keys(functions), ...Object.keys(metrics)]);
    for (const page of pages) {
      const text = readFileSync(join(runbooks, `${page}.md`), "utf8");
      for (const [, alarm = ""] of text.matchAll(/\b((?:dead-letters|throttled)-[a-z-]+)\b/g)) expect(known, page).toContain(alarm);
      for (const [, metric = ""] of text.matchAll(/ispresent\((\w+)\)/g)) expect(known, page).toContain(metric);
      for (const [, message = ""] of text.matchAll(/message = "([a-z ]+)"/g))
        expect(readFileSync(join(runbooks, "../../functions/lib/log-catalogue.ts"), "utf8"), page).toContain(`"${message}": {`);
    }
  });
});

describe("alarms", () => {
  it.each(alarms.map(nameOf))("%s tells people, also when it is over, and leads them to its page", (name) => {
    const { AlarmDescription, AlarmActions, OKActions } = alarmNamed(name);
    expect(AlarmDescription).toMatch(new RegExp(`^[A-Z].*\\. Runbook: docs/runbooks/${name}\\.md$`));
    const [topic] = theResource(observability, "AWS::SNS::Topic");
    expect([AlarmActions, OKActions]).toEqual([[{ Ref: topic }], [{ Ref: topic }]]);
  });

  it("each queue of dead letters has its own", () => {
    const dead = resourcesOf(events, "AWS::SQS::Queue")
      .map(([, { Properties }]) => String(Properties.QueueName))
      .filter((name) => name.endsWith("-dead"));
    const watched = alarms.filter(({ Namespace }) => Namespace === "AWS/SQS");
    expect(watched.map(({ Dimensions }) => Dimensions?.[0]?.Value).toSorted()).toEqual(dead.toSorted());
    for (const alarm of watched) {
      expect(alarm).toMatchObject({ MetricName: "ApproximateNumberOfMessagesVisible", Threshold: 0 });
      expect(`${alarm.AlarmName}-dead`).toBe(`${alarm.Dimensions?.[0]?.Value}`.replace("dev-", "dev-dead-letters-"));
    }
  });

  it("each gauge has its own, and goes off when nobody publishes it", () => {
    for (const gauge of gauges) {
      const alarm = alarms.find(({ MetricName }) => MetricName === gauge);
      expect(alarm, gauge).toMatchObject({ Namespace: "prior-authorization/dev", Period: 60, TreatMissingData: "breaching" });
      expect(alarm?.Dimensions).toBeUndefined();
    }
    for (const alarm of alarms.filter(({ MetricName }) => !(gauges as readonly string[]).includes(MetricName ?? "")))
      expect(alarm.TreatMissingData, alarm.AlarmName).toBe("notBreaching");
  });

  it("those on metrics of ours name ones that are written, without a dimension", () => {
    const own = alarms.filter(({ Namespace }) => Namespace === "prior-authorization/dev");
    for (const { MetricName = "" } of own) {
      if (MetricName === throttledAnswers.metric) continue;
      expect(metrics).toHaveProperty(MetricName);
      expect(metrics[MetricName as keyof typeof metrics].dimensions).toEqual({});
    }
    expect(own.map(nameOf).toSorted()).toEqual([
      "history-conflict",
      "outbox-age",
      "overdue-requests",
      "policy-refused",
      "referrals-failed",
      "scan-backlog",
      "throttled-api",
      "timers-behind",
      "timers-given-up",
      "upload-cap-reached",
      "upload-flood",
      "vendor-silence",
    ]);
  });

  it("failures and latency are the API's own", () => {
    const ofApi = [{ Name: "ApiId", Value: { "Fn::ImportValue": expect.stringContaining("api") } }];
    expect(alarmNamed("api-5xx")).toMatchObject({ Namespace: "AWS/ApiGateway", MetricName: "5xx", Dimensions: ofApi });
    expect(alarmNamed("api-p99-latency")).toMatchObject({
      Namespace: "AWS/ApiGateway",
      MetricName: "Latency",
      ExtendedStatistic: "p99",
      EvaluateLowSampleCountPercentile: "ignore",
      Dimensions: ofApi,
    });
  });

  it("throttling is seen in the table for every operation that a function may call, in Lambda, and at the gateway", () => {
    const granted = new Set(
      [...resourcesOf(api, "AWS::IAM::Role"), ...resourcesOf(events, "AWS::IAM::Role")]
        .flatMap(([, { Properties }]) => (Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[])
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .flatMap(({ Action }) => listOf(Action))
        .flatMap((action) => (/^dynamodb:(\w*Item|Query|Scan)$/.test(action) ? action.replace("dynamodb:", "") : [])),
    );
    const watched = (alarmNamed("throttled-table").Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
    expect(watched.map(({ Dimensions }) => Dimensions.find(({ Name }) => Name === "Operation")?.Value).toSorted()).toEqual(
      [...granted].toSorted(),
    );
    expect(alarmNamed("throttled-functions")).toMatchObject({ Namespace: "AWS/Lambda", MetricName: "Throttles" });

    const [, filter] = theResource(observability, "AWS::Logs::MetricFilter");
    const [, stage] = theResource(api, "AWS::ApiGatewayV2::Stage");
    const [, log] = theResource(api, "AWS::Logs::LogGroup", ({ LogGroupName }) => /-api$/.test(String(LogGroupName)));
    expect(filter.Properties).toMatchObject({ LogGroupName: log.Properties.LogGroupName, FilterPattern: '{ $.status = "429" }' });
    // The pattern compares texts, so the log must write the status as one.
    expect(JSON.parse((stage.Properties.AccessLogSettings as { Format: string }).Format)).toMatchObject({
      status: "$context.status",
    });
  });
});

describe("the alarms' topic", () => {
  const [, topic] = theResource(observability, "AWS::SNS::Topic");

  it("is encrypted by the key, reached over TLS only, and written by this account's alarms", () => {
    expect(asText(topic.Properties.KmsMasterKeyId)).toBe("arn:aws:kms:us-east-1:<AccountId>:alias/prior-auth-dev");
    const [, policy] = theResource(observability, "AWS::SNS::TopicPolicy");
    const { Statement } = policy.Properties.PolicyDocument as { Statement: Statement[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    );
    expect(Statement.filter(({ Effect }) => Effect === "Allow")).toMatchObject([
      {
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      },
    ]);
  });

  it("tells whom the settings name, and nobody else", () => {
    observability.resourceCountIs("AWS::SNS::Subscription", 0);
    const told = templates({ overrides: { alarmEmail: "oncall@example.org" } }).observability;
    told.resourceCountIs("AWS::SNS::Subscription", 1);
    told.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "oncall@example.org" });
  });
});

describe("the dashboard", () => {
  const [, { Properties }] = theResource(observability, "AWS::CloudWatch::Dashboard");
  const body = asText(Properties.DashboardBody);

  it("shows every alarm, every metric of ours, and every function", () => {
    const status = (JSON.parse(body) as { widgets: { type: string; properties: { alarms?: string[] } }[] }).widgets.find(
      ({ type }) => type === "alarm",
    );
    expect(status?.properties.alarms).toHaveLength(alarms.length);
    for (const metric of Object.keys(metrics).filter((name) => !["HistoryConflicts", "TimersGivenUp"].includes(name)))
      expect(body, metric).toContain(metric);
    for (const name of Object.keys(functions)) expect(body).toContain(`"prior-auth-dev-${name}"`);
  });
});
