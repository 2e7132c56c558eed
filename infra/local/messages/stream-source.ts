import { createHash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { nameOf, serviceOf } from "./arn.ts";
import { type EventSourceMapping, type Invoke, readMapping, reportedFailures } from "./event-source-mapping.ts";
import type { Queues } from "./queues.ts";

/** A record as DynamoDB Streams delivers it to Lambda. */
export type StreamRecord = {
  eventID?: string;
  eventName?: string;
  dynamodb?: { Keys?: Record<string, unknown>; SequenceNumber?: string; ApproximateCreationDateTime?: number };
};

export type TableStream = {
  /** The oldest records that are not acknowledged yet, at most `limit`; `acknowledge` forgets the first `count` of them, or all. */
  read(table: string, limit: number): Promise<{ records: StreamRecord[]; acknowledge(count?: number): unknown }>;
  /** Called after a record was added to any table's stream. */
  onRecord(listener: () => void): () => void;
};

export type StreamSources = { busy(): boolean; close(): Promise<void> };

export type StreamSourcesOptions = {
  account: string;
  region: string;
  now: () => Date;
  stream: TableStream;
  invoke: Invoke;
  /** Resolved properties of every `AWS::Lambda::EventSourceMapping`; those of other sources are left alone. */
  mappings: unknown[];
  /** Where `OnFailure` destinations are. */
  queues: Queues;
  /** Whether the function's role may send to the queue that its mapping gives up to. What it may not is lost, as with Lambda. */
  maySend?: (functionName: string, queueArn: string) => boolean;
  report?: (problem: string) => void;
};

const shortestBackOff = 100;
const longestBackOff = 5_000;

/**
 * Feeds functions from tables' streams. Records of one key are handled in order: a batch that fails is tried again, from
 * the first record that failed, and holds up the keys that share its lane, until it works or the mapping gives it up.
 */
export const startStreamSources = (options: StreamSourcesOptions): StreamSources => {
  const sources = options.mappings
    .map(readMapping)
    .filter((mapping) => serviceOf(mapping.sourceArn) === "dynamodb" && mapping.enabled)
    .map((mapping) => startSource(mapping, options));
  return {
    busy: () => sources.some((source) => source.busy()),
    close: async () => {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
};

const startSource = (mapping: EventSourceMapping, options: StreamSourcesOptions) => {
  const { stream, invoke, queues, now, account, region, maySend = () => true, report = () => {} } = options;
  const { functionName } = mapping;
  const table = nameOf(mapping.sourceArn);
  const batchSize = mapping.batchSize ?? 100;
  const lanes = mapping.parallelizationFactor;
  const onFailure = mapping.onFailureArn === undefined ? undefined : queues.get(mapping.onFailureArn);
  const stopping = new AbortController();
  let woken = true;
  let run: Promise<void> | undefined;

  const wake = () => {
    woken = true;
    run ??= drain().finally(() => {
      run = undefined;
      if (woken && !stopping.signal.aborted) wake();
    });
  };

  const drain = async (): Promise<void> => {
    while (woken && !stopping.signal.aborted) {
      woken = false;
      try {
        if (mapping.windowSeconds > 0) await pause(mapping.windowSeconds * 1000, undefined, { signal: stopping.signal });
        const { records, acknowledge } = await stream.read(table, batchSize * lanes);
        if (records.length === 0) continue;
        woken = true;
        await handle(records.filter(mapping.passes));
        await acknowledge();
      } catch (error) {
        if (stopping.signal.aborted) return;
        report(`Reading the stream of ${table} failed: ${(error as Error).name}`);
        woken = true;
        await pause(longestBackOff, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  };

  const handle = async (records: StreamRecord[]): Promise<void> => {
    const seenAt = Date.now();
    const byLane = Map.groupBy(records, (record) => (lanes === 1 ? 0 : laneOf(record, lanes)));
    await Promise.all(
      [...byLane.values()].map(async (ofLane) => {
        for (let start = 0; start < ofLane.length; start += batchSize) {
          await deliver(ofLane.slice(start, start + batchSize), { invocations: 0, retries: 0, seenAt });
        }
      }),
    );
  };

  type Attempt = { invocations: number; retries: number; seenAt: number };

  const deliver = async (batch: StreamRecord[], attempt: Attempt): Promise<void> => {
    stopping.signal.throwIfAborted();
    const done = await attemptOnce(batch);
    if (done === batch.length) return;
    const rest = batch.slice(done);
    const { invocations, seenAt } = attempt;
    // What moved forward begins to count anew: the record that fails now is another one.
    const retries = done > 0 ? 0 : attempt.retries;
    const wait = Math.min(shortestBackOff * 2 ** Math.min(invocations, 10), longestBackOff);
    const tooOld = Date.now() + wait - seenAt > mapping.maximumAgeSeconds * 1000;
    if (tooOld || (retries >= mapping.maximumRetries && !(mapping.bisects && rest.length > 1))) {
      giveUp(rest, invocations + 1, tooOld ? "RecordAgeExceeded" : "RetryAttemptsExhausted");
      return;
    }
    await pause(wait, undefined, { signal: stopping.signal });
    if (mapping.bisects && rest.length > 1) {
      // Splitting is not counted as a retry.
      const middle = Math.ceil(rest.length / 2);
      await deliver(rest.slice(0, middle), { invocations: invocations + 1, retries, seenAt });
      await deliver(rest.slice(middle), { invocations: 0, retries: 0, seenAt });
      return;
    }
    await deliver(rest, { invocations: invocations + 1, retries: retries + 1, seenAt });
  };

  /** How many records of the batch, from its beginning, are done with. */
  const attemptOnce = async (batch: StreamRecord[]): Promise<number> => {
    try {
      const answer = await invoke(functionName, { Records: batch });
      if (!mapping.reportsFailures) return batch.length;
      const sequence = batch.map(sequenceOf);
      const failed = reportedFailures(answer, sequence);
      if (failed.size === 0) return batch.length;
      report(`${functionName} reported ${failed.size} of ${batch.length} stream records as failed`);
      return sequence.findIndex((one) => failed.has(one));
    } catch (error) {
      stopping.signal.throwIfAborted();
      report(`${functionName} failed for ${batch.length} stream records: ${(error as Error)?.name}`);
      return 0;
    }
  };

  const giveUp = (batch: StreamRecord[], invocations: number, condition: string) => {
    report(`${functionName} gave up ${batch.length} stream records: ${condition}`);
    if (onFailure && !maySend(functionName, onFailure.arn)) {
      report(`AccessDenied: ${functionName} may not send to ${onFailure.name}`);
      return;
    }
    onFailure?.send({
      body: JSON.stringify({
        requestContext: {
          requestId: randomUUID(),
          functionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
          condition,
          approximateInvokeCount: invocations,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        timestamp: now().toISOString(),
        DDBStreamBatchInfo: {
          shardId: "shardId-00000000000000000000-00000000",
          startSequenceNumber: sequenceOf(batch[0]),
          endSequenceNumber: sequenceOf(batch.at(-1)),
          approximateArrivalOfFirstRecord: arrivalOf(batch[0], now()),
          approximateArrivalOfLastRecord: arrivalOf(batch.at(-1), now()),
          batchSize: batch.length,
          streamArn: mapping.sourceArn,
        },
      }),
    });
  };

  const unsubscribe = stream.onRecord(wake);
  wake();

  return {
    busy: () => run !== undefined,
    close: async () => {
      unsubscribe();
      stopping.abort();
      await run?.catch(() => {});
    },
  };
};

const sequenceOf = (record: StreamRecord | undefined): string => record?.dynamodb?.SequenceNumber ?? "";

const arrivalOf = (record: StreamRecord | undefined, otherwise: Date): string => {
  const seconds = record?.dynamodb?.ApproximateCreationDateTime;
  return (seconds === undefined ? otherwise : new Date(seconds * 1000)).toISOString();
};

const laneOf = (record: StreamRecord, lanes: number): number =>
  createHash("sha256").update(JSON.stringify(record.dynamodb?.Keys)).digest().readUInt32BE() % lanes;
