import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsRefusal, type Operations } from "../operation.ts";
import { nameOf, serviceOf } from "./arn.ts";
import { compilePattern, type EventPattern } from "./event-pattern.ts";
import { readProperties, withoutEffect } from "./properties.ts";
import type { Queue } from "./queue.ts";
import type { Queues } from "./queues.ts";

/** An event as EventBridge delivers it. */
export type BusEvent = {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  /** RFC 3339 in UTC, whole seconds. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
};

export type Buses = {
  /** An event of an AWS service, on the default bus; stored in the queues of all rules that match when this returns. */
  emit(event: Pick<BusEvent, "source" | "detail-type" | "resources" | "detail">): void;
  operations: Operations;
};

const target = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: withoutEffect,
  // A local queue takes a message or never will, so there is nothing to try again.
  RetryPolicy: withoutEffect,
  DeadLetterConfig: z.strictObject({ Arn: z.string() }).optional(),
});

const rule = z.strictObject({
  Name: z.string().optional(),
  Description: withoutEffect,
  EventBusName: z.string().default("default"),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Targets: z.array(target).default([]),
  Tags: withoutEffect,
});

const putEventsInput = z.object({
  Entries: z.array(
    z.object({
      Time: z.number().optional(),
      Source: z.string().optional(),
      DetailType: z.string().optional(),
      Detail: z.string().optional(),
      Resources: z.array(z.string()).optional(),
      EventBusName: z.string().optional(),
      TraceHeader: z.string().optional(),
    }),
  ),
});

type Entry = z.infer<typeof putEventsInput>["Entries"][number];
type Target = { queue: Queue; deadLetters: Queue | undefined };
type Refused = { ErrorCode: string; ErrorMessage: string };

/** AWS's documented limits of one PutEvents. */
const mostEntries = 10;
const mostBytes = 256 * 1024;

export type BusesOptions = {
  account: string;
  region: string;
  now: () => Date;
  /** Names of the custom buses; `default` is always there. */
  buses: string[];
  /** Resolved properties of every `AWS::Events::Rule`. */
  rules: unknown[];
  queues: Queues;
  /** Whether the queue takes messages from the rule. What neither it nor the dead letters take is lost, as with EventBridge. */
  maySend?: (ruleArn: string, queueArn: string) => boolean;
  report?: (problem: string) => void;
};

/** Event buses whose rules put events into queues. */
export const openBuses = ({
  account,
  region,
  now,
  buses,
  rules,
  queues,
  maySend = () => true,
  report = () => {},
}: BusesOptions): Buses => {
  const rulesByBus = new Map<string, { arn: string; matches: EventPattern; targets: Target[] }[]>(
    ["default", ...buses].map((bus) => [bus, []]),
  );
  for (const resolved of rules) {
    const { Name, EventBusName, EventPattern, State, Targets } = readProperties("event rule", rule, resolved);
    const rulesOfBus = rulesByBus.get(nameOf(EventBusName));
    if (!rulesOfBus) throw new Error(`The rule ${Name ?? ""} listens on ${EventBusName}, which is no bus of the template`);
    const matches = compilePattern(EventPattern, `pattern of ${Name ?? "a rule"}`);
    const targets = Targets.map(({ Arn, DeadLetterConfig }): Target => {
      if (serviceOf(Arn) !== "sqs") throw new Error(`The rule ${Name ?? ""} targets ${Arn}: only queues can be targets here`);
      return { queue: queues.get(Arn), deadLetters: DeadLetterConfig && queues.get(DeadLetterConfig.Arn) };
    });
    const bus = nameOf(EventBusName);
    const arn = `arn:aws:events:${region}:${account}:rule/${bus === "default" ? "" : `${bus}/`}${Name ?? ""}`;
    if (State === "ENABLED") rulesOfBus.push({ arn, matches, targets });
  }

  const deliver = (bus: string, event: BusEvent) => {
    const body = JSON.stringify(event);
    for (const { arn, matches, targets } of rulesByBus.get(bus) ?? []) {
      if (matches(event)) for (const target of targets) send(arn, target, body);
    }
  };

  const send = (rule: string, { queue, deadLetters }: Target, body: string) => {
    if (maySend(rule, queue.arn)) return void queue.send({ body });
    if (deadLetters && maySend(rule, deadLetters.arn)) return void deadLetters.send({ body });
    report(`AccessDenied: ${queue.name} takes nothing from ${rule}; an event is lost`);
  };

  const toEvent = (fields: Omit<BusEvent, "version" | "id" | "account" | "region" | "time">, time = now()): BusEvent => ({
    version: "0",
    id: randomUUID(),
    "detail-type": fields["detail-type"],
    source: fields.source,
    account,
    time: time.toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: fields.resources,
    detail: fields.detail,
  });

  const put = (entry: Entry): { EventId: string } | Refused => {
    const { Source: source, DetailType: detailType, Detail: detailText, Resources: resources = [] } = entry;
    if (!source) return missing("Source");
    if (source.startsWith("aws.")) {
      return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
    }
    if (!detailType) return missing("DetailType");
    if (!detailText) return missing("Detail");
    const detail = parseObject(detailText);
    if (!detail) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
    const bus = nameOf(entry.EventBusName ?? "default");
    if (!rulesByBus.has(bus)) {
      return { ErrorCode: "ResourceNotFoundException", ErrorMessage: `Event bus ${bus} does not exist.` };
    }
    const time = entry.Time === undefined ? now() : new Date(entry.Time * 1000);
    const event = toEvent({ source, "detail-type": detailType, resources, detail }, time);
    deliver(bus, event);
    return { EventId: event.id };
  };

  const busArn = (bus: string) => (bus.startsWith("arn:") ? bus : `arn:aws:events:${region}:${account}:event-bus/${bus}`);

  return {
    emit: (event) => deliver("default", toEvent(event)),
    operations: {
      "AWSEvents.PutEvents": {
        action: "events:PutEvents",
        resources: (input) => {
          const { data } = putEventsInput.safeParse(input);
          return [...new Set(data?.Entries.map((entry) => busArn(entry.EventBusName ?? "default")) ?? [busArn("default")])];
        },
        run: (input) => {
          const parsed = putEventsInput.safeParse(input);
          if (!parsed.success) throw new AwsRefusal("SerializationException", "The entries cannot be read");
          const entries = parsed.data.Entries;
          if (entries.length === 0 || entries.length > mostEntries) {
            throw new AwsRefusal(
              "ValidationException",
              `1 validation error detected: 'entries' must have 1 to ${mostEntries} members`,
            );
          }
          if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > mostBytes) {
            throw new AwsRefusal("ValidationException", "Total size of the entries in the request is over the limit.");
          }
          const answers = entries.map(put);
          return { FailedEntryCount: answers.filter((answer) => "ErrorCode" in answer).length, Entries: answers };
        },
      },
    },
  };
};

const missing = (field: string): Refused => ({
  ErrorCode: "InvalidArgument",
  ErrorMessage: `Parameter ${field} is not valid. Reason: ${field} is a required argument.`,
});

/** As AWS counts an entry: 14 bytes for a time, the rest in UTF-8. */
const sizeOf = (entry: Entry): number =>
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (bytes, text) => bytes + Buffer.byteLength(text ?? ""),
    entry.Time === undefined ? 0 : 14,
  );

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};
