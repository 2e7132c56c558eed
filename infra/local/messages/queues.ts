import { createHash } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import type { Operations } from "../operation.ts";
import { nameOf } from "./arn.ts";
import { type Invoke, readMapping } from "./event-source-mapping.ts";
import { readProperties, wholeNumber, withoutEffect } from "./properties.ts";
import { openQueue, type Queue } from "./queue.ts";
import { consume, isQueueMapping } from "./queue-consumer.ts";
import { queueOperations } from "./queue-operations.ts";

const redrivePolicy = z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: wholeNumber.min(1) });

const properties = z.strictObject({
  QueueName: z.string(),
  VisibilityTimeout: wholeNumber.min(0).max(43_200).default(30),
  DelaySeconds: wholeNumber.min(0).max(900).default(0),
  MaximumMessageSize: wholeNumber.default(1_048_576),
  RedrivePolicy: redrivePolicy.optional(),
  RedriveAllowPolicy: withoutEffect,
  MessageRetentionPeriod: withoutEffect,
  ReceiveMessageWaitTimeSeconds: withoutEffect,
  KmsMasterKeyId: withoutEffect,
  KmsDataKeyReusePeriodSeconds: withoutEffect,
  SqsManagedSseEnabled: withoutEffect,
  Tags: withoutEffect,
});

export type Queues = {
  /** By name or ARN; an unknown queue is an error. */
  get(nameOrArn: string): Queue;
  find(nameOrArn: string): Queue | undefined;
  /** SQS for functions, tests and tools. */
  operations: Operations;
  /** What waits where: `visible`, and `hidden` (in flight, delayed, or waiting to be tried again). */
  counts(): { queue: string; visible: number; hidden: number; consumed: boolean }[];
  /** While a queue that feeds a function holds any message, those that wait for their next attempt included. */
  busy(): boolean;
  close(): Promise<void>;
};

export type QueuesOptions = {
  /** Journals lie in `<directory>/messages`. */
  directory: string;
  account: string;
  region: string;
  now: () => Date;
  invoke: Invoke;
  /** Resolved properties of every `AWS::SQS::Queue`. */
  queues: unknown[];
  /** Resolved properties of every `AWS::Lambda::EventSourceMapping`; those of other sources are left alone. */
  mappings: unknown[];
  report?: (problem: string) => void;
};

/** Every standard queue of the template, with the functions that they feed. */
export const openQueues = ({
  directory,
  account,
  region,
  now,
  invoke,
  queues,
  mappings,
  report = () => {},
}: QueuesOptions): Queues => {
  const byName = new Map<string, Queue>();
  const find = (nameOrArn: string) => byName.get(nameOf(nameOrArn));
  const get = (nameOrArn: string): Queue => {
    const queue = find(nameOrArn);
    if (!queue) throw new Error(`There is no queue ${nameOf(nameOrArn)}`);
    return queue;
  };

  for (const resolved of queues) {
    const queue = readProperties("queue", properties, resolved);
    const { QueueName: name, RedrivePolicy: redrive } = queue;
    byName.set(
      name,
      openQueue({
        name,
        arn: `arn:aws:sqs:${region}:${account}:${name}`,
        visibilityTimeoutSeconds: queue.VisibilityTimeout,
        delaySeconds: queue.DelaySeconds,
        maximumMessageSize: queue.MaximumMessageSize,
        ...(redrive && {
          redrive: { maxReceiveCount: redrive.maxReceiveCount, deadLetterQueue: () => get(redrive.deadLetterTargetArn) },
        }),
        path: join(directory, "messages", `${fileNameOf(name)}.queue.jsonl`),
        now,
      }),
    );
  }
  for (const resolved of queues) {
    const { RedrivePolicy: redrive } = readProperties("queue", properties, resolved);
    if (redrive) get(redrive.deadLetterTargetArn);
  }

  const feeding = mappings.map(readMapping).filter((mapping) => isQueueMapping(mapping) && mapping.enabled);
  const consumers = feeding.map((mapping) => consume(get(mapping.sourceArn), mapping, { invoke, region, report }));
  const consumed = new Set(feeding.map((mapping) => get(mapping.sourceArn)));

  return {
    get,
    find,
    operations: queueOperations({ find, account, region }),
    counts: () => [...byName.values()].map((queue) => ({ queue: queue.name, ...queue.counts(), consumed: consumed.has(queue) })),
    busy: () =>
      consumers.some((consumer) => consumer.running() > 0) ||
      [...consumed].some((queue) => {
        const { visible, hidden } = queue.counts();
        return visible + hidden > 0;
      }),
    close: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      for (const queue of byName.values()) queue.close();
    },
  };
};

/** Queue names are file names already, but for the case of letters, which some file systems ignore. */
const fileNameOf = (name: string) =>
  /^[a-z0-9_-]+$/.test(name) ? name : `${name}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
