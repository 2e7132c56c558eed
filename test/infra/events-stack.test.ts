import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { ledgerEvents } from "../../shared/domain/decided-asks.ts";
import { noticedEvents } from "../../shared/domain/notice.ts";
import { revisionEvents } from "../../shared/domain/revision.ts";
import { asText, listOf, resourcesOf, type Statement, templates, theResource } from "./assembly.ts";

const { events } = templates();
const consumers = [
  "adopt-policy",
  "check-document",
  "record-decision",
  "record-scan",
  "refer-to-vendor",
  "send-notice",
  "supersede-authorization",
  "write-notice",
];
const queues = resourcesOf(events, "AWS::SQS::Queue");
/** The name of the queue that an ARN refers to. */
const queueAt = (arn: unknown) => queues.find(([id]) => asText(arn) === `<${id}.Arn>`)?.[1].Properties.QueueName;

describe("queues", () => {
  it("each function that works in the background has its dead letters", () => {
    expect(queues.map(([, { Properties }]) => Properties.QueueName).toSorted()).toEqual(
      [
        ...consumers,
        ...[...consumers, "relay-outbox", "run-timers", "sweep-outbox", "publish-metrics"].map((name) => `${name}-dead`),
      ]
        .map((name) => `prior-auth-dev-${name}`)
        .toSorted(),
    );
  });

  it.each(consumers)("%s: its attempts, then the dead letters; hidden for six times the function's timeout", (name) => {
    const [, queue] = theResource(events, "AWS::SQS::Queue", ({ QueueName }) => QueueName === `prior-auth-dev-${name}`);
    const { deadLetterTargetArn, maxReceiveCount } = queue.Properties.RedrivePolicy as Record<string, unknown>;
    expect(queueAt(deadLetterTargetArn)).toBe(`prior-auth-dev-${name}-dead`);
    expect(maxReceiveCount).toBe(name === "refer-to-vendor" ? 40 : 5);
    expect(queue.Properties.VisibilityTimeout).toBe(180);
  });

  it("each is encrypted by the key, keeps a message for 14 days, and is reached over TLS only", () => {
    for (const [id, { Properties }] of queues) {
      expect(asText(Properties.KmsMasterKeyId)).toBe("arn:aws:kms:us-east-1:<AccountId>:alias/prior-auth-dev");
      expect(Properties.MessageRetentionPeriod).toBe(1_209_600);
      const [, policy] = theResource(events, "AWS::SQS::QueuePolicy", ({ Queues }) =>
        listOf(Queues).some((queue) => asText(queue) === `<${id}>`),
      );
      const { Statement } = policy.Properties.PolicyDocument as { Statement: Statement[] };
      expect(Statement).toContainEqual(
        expect.objectContaining({ Effect: "Deny", Action: "sqs:*", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      );
      for (const statement of Statement.filter(({ Effect }) => Effect === "Allow"))
        expect(statement).toMatchObject({
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Condition: { ArnEquals: { "aws:SourceArn": expect.anything() } },
        });
    }
  });
});

describe("rules", () => {
  const intake = "prior-auth-dev-intake-<AccountId>-us-east-1";
  const ruleFor = (name: string) => {
    const [, rule] = theResource(events, "AWS::Events::Rule", ({ Name }) => Name === `prior-auth-dev-${name}`);
    return rule.Properties as {
      EventBusName?: unknown;
      EventPattern: Record<string, unknown>;
      Targets: { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[];
    };
  };

  it.each(consumers)("what %s waits for goes to its queue, and to its dead letters when that fails", (name) => {
    const { Targets } = ruleFor(name);
    expect(Targets).toHaveLength(1);
    expect(queueAt(Targets[0]?.Arn)).toBe(`prior-auth-dev-${name}`);
    expect(queueAt(Targets[0]?.DeadLetterConfig.Arn)).toBe(`prior-auth-dev-${name}-dead`);
  });

  it("an arrival in the intake bucket is checked", () => {
    const { EventBusName, EventPattern } = ruleFor("check-document");
    expect(EventBusName).toBeUndefined();
    expect(EventPattern).toMatchObject({ source: ["aws.s3"], "detail-type": ["Object Created"] });
    expect((EventPattern.detail as { bucket: { name: unknown[] } }).bucket.name.map(asText)).toEqual([intake]);
  });

  it("rules that are proposed in the policy bucket are adopted or refused, and nothing else there", () => {
    const { EventBusName, EventPattern } = ruleFor("adopt-policy");
    expect(EventBusName).toBeUndefined();
    expect(EventPattern).toMatchObject({ source: ["aws.s3"], "detail-type": ["Object Created"] });
    const { bucket, object } = EventPattern.detail as { bucket: { name: unknown[] }; object: unknown };
    expect(bucket.name.map(asText)).toEqual([intake.replace("intake", "policy")]);
    expect(object).toEqual({ key: [{ prefix: "proposed/" }] });
  });

  it("a malware verdict about the intake bucket is recorded", () => {
    const { EventBusName, EventPattern } = ruleFor("record-scan");
    expect(EventBusName).toBeUndefined();
    expect(EventPattern).toMatchObject({
      source: ["aws.guardduty"],
      "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
    });
    expect((EventPattern.detail as { s3ObjectDetails: { bucketName: unknown[] } }).s3ObjectDetails.bucketName.map(asText)).toEqual([
      intake,
    ]);
  });

  it("what somebody is told of by e-mail is what the function has words for", () => {
    const { EventBusName, EventPattern } = ruleFor("send-notice");
    expect(asText(EventBusName)).toMatch(/^<bus/);
    const words = readFileSync(join(import.meta.dirname, "../../shared/domain/mail.ts"), "utf8").matchAll(/case "([a-z.]+)":/g);
    expect((EventPattern["detail-type"] as string[]).toSorted()).toEqual([...words].map(([, type]) => type).toSorted());
  });

  it("what the vendor must hear is taken from our own bus", () => {
    const { EventBusName, EventPattern } = ruleFor("refer-to-vendor");
    expect(asText(EventBusName)).toMatch(/^<bus/);
    expect(EventPattern).toEqual({
      source: ["prior-authorization"],
      "detail-type": [
        "referral.released",
        "referral.recalled",
        "document.available",
        "information.received",
        "history.restored",
        "request.withdrawn",
        "request.closed",
      ],
    });
  });
});

describe("letters", () => {
  it("are waited for by what the domain owes a letter for, and by nothing else", () => {
    const [, rule] = theResource(events, "AWS::Events::Rule", ({ Name }) => Name === "prior-auth-dev-write-notice");
    expect(rule.Properties.EventPattern).toEqual({ source: ["prior-authorization"], "detail-type": [...noticedEvents] });
  });
});

describe("the ledger of decisions", () => {
  it("is looked at after whatever may have decided something, and after nothing else", () => {
    const [, rule] = theResource(events, "AWS::Events::Rule", ({ Name }) => Name === "prior-auth-dev-record-decision");
    expect(rule.Properties.EventPattern).toEqual({ source: ["prior-authorization"], "detail-type": [...ledgerEvents] });
  });
});

describe("a revision", () => {
  it("is looked at after whatever may have authorized it, and after nothing else", () => {
    const [, rule] = theResource(events, "AWS::Events::Rule", ({ Name }) => Name === "prior-auth-dev-supersede-authorization");
    expect(rule.Properties.EventPattern).toEqual({
      source: ["prior-authorization"],
      "detail-type": [...revisionEvents],
      detail: { revision: [true] },
    });
  });
});

describe("mappings", () => {
  it.each([
    ["adopt-policy", 1],
    ["check-document", 1],
    ["record-decision", 10],
    ["record-scan", 1],
    ["refer-to-vendor", 10],
    ["write-notice", 10],
  ])("%s takes %i at a time and answers for each message", (name, batchSize) => {
    const [, mapping] = theResource(
      events,
      "AWS::Lambda::EventSourceMapping",
      ({ EventSourceArn }) => queueAt(EventSourceArn) === `prior-auth-dev-${name}`,
    );
    expect(mapping.Properties).toMatchObject({ BatchSize: batchSize, FunctionResponseTypes: ["ReportBatchItemFailures"] });
  });

  it("the relay wakes for requests only, halves a failing batch, and reports what it cannot do", () => {
    events.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      EventSourceArn: { "Fn::ImportValue": Match.stringLikeRegexp("StreamArn") },
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ dynamodb: { Keys: { sk: { S: ["REQUEST"] } } } }) }] },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      StartingPosition: "TRIM_HORIZON",
      DestinationConfig: {
        OnFailure: { Destination: { "Fn::GetAtt": [Match.stringLikeRegexp("^relayoutboxstreamdead"), "Arn"] } },
      },
    });
  });
});

describe("schedules", () => {
  it.each(["run-timers", "sweep-outbox", "publish-metrics"])("%s starts each minute, and what cannot start is reported", (name) => {
    const [, schedule] = theResource(events, "AWS::Scheduler::Schedule", ({ Name }) => Name === `prior-auth-dev-${name}`);
    expect(schedule.Properties).toMatchObject({ ScheduleExpression: "rate(1 minute)", FlexibleTimeWindow: { Mode: "OFF" } });
    const target = schedule.Properties.Target as { DeadLetterConfig: { Arn: unknown }; RetryPolicy: unknown };
    expect(queueAt(target.DeadLetterConfig.Arn)).toBe(`prior-auth-dev-${name}-dead`);
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 });
  });

  it.each(["run-timers", "sweep-outbox", "publish-metrics"])(
    "%s has its next run for a retry, and a failed one is reported",
    (name) => {
      const [id] = theResource(events, "AWS::Lambda::Function", ({ FunctionName }) => FunctionName === `prior-auth-dev-${name}`);
      const [, { Properties }] = theResource(
        events,
        "AWS::Lambda::EventInvokeConfig",
        ({ FunctionName }) => asText(FunctionName) === `<${id}>`,
      );
      expect(Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
      const { OnFailure } = Properties.DestinationConfig as { OnFailure: { Destination: unknown } };
      expect(queueAt(OnFailure.Destination)).toBe(`prior-auth-dev-${name}-dead`);
    },
  );

  it("a job ends before its next run", () => {
    events.resourcePropertiesCountIs("AWS::Lambda::Function", { Timeout: 55 }, 3);
  });
});
