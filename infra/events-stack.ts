import { Duration, Stack, type StackProps } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EventInvokeConfig, EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { CfnConfigurationSet, CfnEmailIdentity } from "aws-cdk-lib/aws-ses";
import { Construct } from "constructs";
import type { Settings } from "./config.ts";
import { deadLetterQueue } from "./constructs/closed-queue.ts";
import { queueConsumer } from "./constructs/queue-consumer.ts";
import { type ServiceFunctionProps, serviceFunction } from "./constructs/service-function.ts";
import { type FunctionName, proposedRules } from "./functions.ts";
import { namesOf } from "./names.ts";

export type EventsStackProps = StackProps & {
  settings: Settings;
  assetsDirectory: string;
  streamArn: string;
  apiUrl: string;
  keyArn: string;
};

/** What happens without anybody waiting for it: the outbox, the documents' checks, the referral, new rules, the timers. */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, { settings, assetsDirectory, streamArn, apiUrl, keyArn, ...props }: EventsStackProps) {
    super(scope, id, { ...props, description: "Prior authorization: event bus, queues, schedules and their functions" });
    const names = namesOf(this, settings.stage);
    const functionProps = { settings, assetsDirectory, apiUrl, keyArn };
    const eventBus = new EventBus(this, "bus", { eventBusName: names.bus });

    outboxRelay(this, streamArn, functionProps);

    queueConsumer(this, "check-document", {
      ...functionProps,
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [names.intakeBucket] } },
      },
      batchSize: 1,
    });
    queueConsumer(this, "record-scan", {
      ...functionProps,
      eventPattern: {
        source: ["aws.guardduty"],
        detailType: ["GuardDuty Malware Protection Object Scan Result"],
        detail: { s3ObjectDetails: { bucketName: [names.intakeBucket] } },
      },
      batchSize: 1,
    });
    queueConsumer(this, "refer-to-vendor", {
      ...functionProps,
      eventBus,
      eventPattern: {
        source: ["prior-authorization"],
        detailType: [
          "referral.released",
          "referral.recalled",
          "document.available",
          "information.received",
          "history.restored",
          "request.withdrawn",
          "request.closed",
        ],
      },
      batchSize: 10,
    });

    queueConsumer(this, "send-notice", {
      ...functionProps,
      eventBus,
      eventPattern: { source: ["prior-authorization"], detailType: [...worthAMail] },
      batchSize: 10,
    });
    if (settings.mailFrom) sender(this, settings.mailFrom, names.mailSettings);

    queueConsumer(this, "write-notice", {
      ...functionProps,
      eventBus,
      eventPattern: { source: ["prior-authorization"], detailType: [...worthANotice] },
      batchSize: 10,
    });

    queueConsumer(this, "record-decision", {
      ...functionProps,
      eventBus,
      eventPattern: { source: ["prior-authorization"], detailType: [...worthAnEntry] },
      batchSize: 10,
    });

    queueConsumer(this, "supersede-authorization", {
      ...functionProps,
      eventBus,
      eventPattern: { source: ["prior-authorization"], detailType: [...worthARevision], detail: { revision: [true] } },
      batchSize: 10,
    });

    queueConsumer(this, "adopt-policy", {
      ...functionProps,
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [names.policyBucket] }, object: { key: [{ prefix: proposedRules }] } },
      },
      batchSize: 1,
    });

    everyMinute(this, "run-timers", functionProps);
    everyMinute(this, "sweep-outbox", functionProps);
    everyMinute(this, "publish-metrics", functionProps);

    // Started by hand: by the runbook of a restore, and by npm run metrics:rebuild.
    serviceFunction(this, "reconcile-restore", functionProps);
    serviceFunction(this, "rebuild-metrics", functionProps);
  }
}

/** Of what provider and member are told by letter. A test holds this against what the domain owes a letter for. */
export const worthANotice = [
  "line.decided",
  "appeal.decided",
  "authorization.reduced",
  "request.extended",
  "clock.missed",
] as const;

/** After what the ledger of decisions is looked at. A test holds this against what the domain says of it. */
export const worthAnEntry = [
  "line.decided",
  "information.received",
  "stay.continued",
  "appeal.decided",
  "history.restored",
] as const;

/** After what a revision may stand in the place of another authorization. A test holds this against what the domain says of it. */
export const worthARevision = ["line.decided", "information.received", "appeal.decided", "history.restored"] as const;

/** Of what somebody is told by e-mail. A test holds this against what the function knows how to say. */
export const worthAMail = [
  "reminder.due",
  "information.requested",
  "request.extended",
  "line.decided",
  "appeal.filed",
  "appeal.decided",
  "authorization.reduced",
  "authorization.superseded",
  "expedite.refused",
  "clock.missed",
  "referral.recalled",
  "document.expired",
] as const;

/** Whom mails come from. Its owner confirms the address once, by the link that SES sends there. Mail that cannot go out over TLS does not. */
const sender = (scope: Construct, address: string, name: string): void => {
  const mailSettings = new CfnConfigurationSet(scope, "mail-settings", {
    name,
    deliveryOptions: { tlsPolicy: "REQUIRE" },
    reputationOptions: { reputationMetricsEnabled: true },
    suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
  });
  new CfnEmailIdentity(scope, "sender", {
    emailIdentity: address,
    configurationSetAttributes: { configurationSetName: mailSettings.ref },
  });
};

/** A change of a request wakes the relay. What it misses, `sweep-outbox` finds. */
const outboxRelay = (scope: Construct, streamArn: string, props: ServiceFunctionProps): void => {
  const name = "relay-outbox";
  const home = new Construct(scope, `${name}-stream`);
  const deadLetters = deadLetterQueue(home, name, props.settings.stage);

  new EventSourceMapping(home, "mapping", {
    target: serviceFunction(scope, name, props),
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    filters: [FilterCriteria.filter({ dynamodb: { Keys: { sk: { S: FilterRule.isEqual("REQUEST") } } } })],
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: 5,
    // The dead letters get where in the stream the records were, not what they were. The role's row lets it send them.
    onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
  });
};

/** Starts a job each minute. The next minute is the retry: a run that could not start, and one that failed, is a dead letter. */
const everyMinute = (scope: Construct, name: FunctionName, props: ServiceFunctionProps): void => {
  const names = namesOf(scope, props.settings.stage);
  const home = new Construct(scope, `${name}-schedule`);
  const deadLetters = deadLetterQueue(home, name, props.settings.stage);
  const job = serviceFunction(scope, name, props);

  new EventInvokeConfig(home, "no-retry", {
    function: job,
    retryAttempts: 0,
    maxEventAge: Duration.minutes(1),
    // The role's row lets it send them.
    onFailure: { bind: () => ({ destination: deadLetters.queueArn }) },
  });

  const role = new Role(home, "role", {
    roleName: names.role(`start-${name}`),
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
    inlinePolicies: {
      own: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [job.functionArn] }),
          new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [deadLetters.queueArn] }),
        ],
      }),
    },
  });

  new CfnSchedule(home, "schedule", {
    name: names.schedule(name),
    scheduleExpression: "rate(1 minute)",
    flexibleTimeWindow: { mode: "OFF" },
    target: {
      arn: job.functionArn,
      roleArn: role.roleArn,
      deadLetterConfig: { arn: deadLetters.queueArn },
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 2 },
    },
  });
};
