import * as z from "zod";
import { nameOf } from "./arn.ts";
import { compilePattern, type EventPattern } from "./event-pattern.ts";
import { flag, readProperties, wholeNumber, withoutEffect } from "./properties.ts";

/** Runs a function as Lambda would, with the event as it would arrive; resolves with its answer, rejects when it fails. */
export type Invoke = (functionName: string, event: unknown) => Promise<unknown>;

const properties = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: flag.default(true),
  BatchSize: wholeNumber.min(1).max(10_000).optional(),
  MaximumBatchingWindowInSeconds: wholeNumber.min(0).max(300).default(0),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: wholeNumber.min(2) }).optional(),
  StartingPosition: z.enum(["TRIM_HORIZON", "LATEST"]).optional(),
  ParallelizationFactor: wholeNumber.min(1).max(10).default(1),
  BisectBatchOnFunctionError: flag.default(false),
  MaximumRetryAttempts: wholeNumber.min(-1).default(-1),
  MaximumRecordAgeInSeconds: wholeNumber.min(-1).default(-1),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.string() }).optional() }).optional(),
  Tags: withoutEffect,
});

export type EventSourceMapping = {
  sourceArn: string;
  functionName: string;
  enabled: boolean;
  batchSize: number | undefined;
  windowSeconds: number;
  /** The function names the records that failed, instead of failing as a whole. */
  reportsFailures: boolean;
  /** Whether a record passes the filters; always true without any. */
  passes: EventPattern;
  maximumConcurrency: number | undefined;
  parallelizationFactor: number;
  bisects: boolean;
  /** Infinity when retried until it works. */
  maximumRetries: number;
  /** Infinity when records never grow too old. */
  maximumAgeSeconds: number;
  onFailureArn: string | undefined;
};

/** An `AWS::Lambda::EventSourceMapping`, its intrinsics resolved. */
export const readMapping = (resolved: unknown): EventSourceMapping => {
  const mapping = readProperties("event source mapping", properties, resolved);
  const filters = mapping.FilterCriteria?.Filters.map(({ Pattern }) => compilePattern(JSON.parse(Pattern))) ?? [];
  const orInfinity = (value: number) => (value === -1 ? Number.POSITIVE_INFINITY : value);
  return {
    sourceArn: mapping.EventSourceArn,
    functionName: nameOf(mapping.FunctionName),
    enabled: mapping.Enabled,
    batchSize: mapping.BatchSize,
    windowSeconds: mapping.MaximumBatchingWindowInSeconds,
    reportsFailures: mapping.FunctionResponseTypes.length > 0,
    passes: (record) => filters.length === 0 || filters.some((holds) => holds(record)),
    maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency,
    parallelizationFactor: mapping.ParallelizationFactor,
    bisects: mapping.BisectBatchOnFunctionError,
    maximumRetries: orInfinity(mapping.MaximumRetryAttempts),
    maximumAgeSeconds: orInfinity(mapping.MaximumRecordAgeInSeconds),
    onFailureArn: mapping.DestinationConfig?.OnFailure?.Destination,
  };
};

/**
 * The records that a function reported as failed, by identifier. As in Lambda, an answer that cannot be understood, or
 * that names a record which was not in the batch, fails the whole batch.
 */
export const reportedFailures = (answer: unknown, identifiers: readonly string[]): ReadonlySet<string> => {
  const parsed = z
    .nullish(z.object({ batchItemFailures: z.nullish(z.array(z.object({ itemIdentifier: z.enum(identifiers) }))) }))
    .safeParse(answer);
  if (!parsed.success) return new Set(identifiers);
  return new Set(parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
};
