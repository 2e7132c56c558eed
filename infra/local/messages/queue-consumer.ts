import { createHash } from "node:crypto";
import { serviceOf } from "./arn.ts";
import { type EventSourceMapping, type Invoke, reportedFailures } from "./event-source-mapping.ts";
import type { Queue, Received } from "./queue.ts";

export type Consumer = {
  /** Invocations under way. */
  running(): number;
  /** Takes no more messages, and waits for the invocations under way. */
  close(): Promise<void>;
};

/** A function's instances on this machine; more would only wait for each other. */
const concurrencyByDefault = 4;

/**
 * Feeds a function from a queue. A failed message stays hidden until its visibility timeout ends, as in SQS, unless the
 * function changed that timeout itself.
 */
export const consume = (
  queue: Queue,
  mapping: EventSourceMapping,
  { invoke, region, report }: { invoke: Invoke; region: string; report: (problem: string) => void },
): Consumer => {
  const batchSize = mapping.batchSize ?? 10;
  const concurrency = mapping.maximumConcurrency ?? concurrencyByDefault;
  const running = new Set<Promise<void>>();
  let waitingSince: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let scheduled = false;
  let closed = false;

  /** A moment later, so that what is sent together arrives together. */
  const soon = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(pump);
  };

  const pump = () => {
    scheduled = false;
    clearTimeout(timer);
    while (!closed && running.size < concurrency) {
      const { visible } = queue.counts();
      if (visible === 0) break;
      waitingSince ??= Date.now();
      const windowEnds = waitingSince + mapping.windowSeconds * 1000;
      if (visible < batchSize && Date.now() < windowEnds) return wakeAt(windowEnds);
      waitingSince = undefined;
      const batch = acceptable(queue.receive(batchSize));
      if (batch.length === 0) continue;
      const run = deliver(batch).finally(() => {
        running.delete(run);
        soon();
      });
      running.add(run);
    }
    const next = queue.nextVisibleAt();
    if (next !== undefined && running.size < concurrency) wakeAt(next);
  };

  const wakeAt = (time: number) => {
    if (!closed) timer = setTimeout(pump, Math.min(Math.max(time - Date.now(), 1), 2 ** 31 - 1));
  };

  /** What the filters refuse is done with, unseen by the function. */
  const acceptable = (batch: Received[]): Received[] =>
    batch.filter((received) => {
      const passes = mapping.passes(filterable(received));
      if (!passes) queue.remove(received.receiptHandle);
      return passes;
    });

  const deliver = async (batch: Received[]): Promise<void> => {
    try {
      const answer = await invoke(mapping.functionName, {
        Records: batch.map((received) => toRecord(received, queue.arn, region)),
      });
      const failed = mapping.reportsFailures
        ? reportedFailures(
            answer,
            batch.map(({ message }) => message.messageId),
          )
        : new Set<string>();
      for (const { message, receiptHandle } of batch) if (!failed.has(message.messageId)) queue.remove(receiptHandle);
      if (failed.size > 0) report(`${mapping.functionName} reported ${failed.size} of ${batch.length} messages as failed`);
    } catch (error) {
      // Only the kind of the error: its text may speak about a member.
      report(`${mapping.functionName} failed for ${batch.length} messages of ${queue.name}: ${(error as Error)?.name}`);
    }
  };

  queue.onChange(soon);
  soon();

  return {
    running: () => running.size,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await Promise.all(running);
    },
  };
};

export const isQueueMapping = (mapping: EventSourceMapping) => serviceOf(mapping.sourceArn) === "sqs";

export const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** SQS's own attributes of a message that was received. */
export const attributesOf = ({ message }: Received) => ({
  ApproximateReceiveCount: String(message.receiveCount),
  SentTimestamp: String(message.sentAt),
  SenderId: "AROALOCAL",
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
});

const toRecord = (received: Received, eventSourceARN: string, awsRegion: string) => {
  const { message, receiptHandle } = received;
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: attributesOf(received),
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue, stringListValues: [], binaryListValues: [] },
      ]),
    ),
    md5OfBody: md5(message.body),
    eventSource: "aws:sqs",
    eventSourceARN,
    awsRegion,
  };
};

/** Filters look into a JSON body as if it were part of the record. */
const filterable = (received: Received): object => {
  const record = toRecord(received, "", "");
  try {
    return { ...record, body: JSON.parse(record.body) as unknown };
  } catch {
    return record;
  }
};
