import { type DimensionsOf, type MetricName, metricNamespace, metrics } from "../../shared/api/operational-metrics.ts";
import { catalogue, type ErrorName, type FieldsOf, type Frames, type Level, type MessageName } from "./log-catalogue.ts";

/** The only door to the log: one line of JSON for each message of the catalogue. */

type Exactly<Allowed, Given> = Given & { readonly [Name in Exclude<keyof Given, keyof Allowed>]: never };

/** @param fields those of the message, all that it must carry and none that it may not */
export function log<Name extends MessageName, Given extends FieldsOf<Name>>(
  name: Name,
  fields: Exactly<FieldsOf<Name>, Given>,
): void {
  if (ranks[catalogue[name].level] >= lowest) write(name, fields);
}

/** One value of one metric, with the dimensions that this metric has. */
export type Measurement = {
  [Name in MetricName]: { readonly metric: Name; readonly value: number; readonly dimensions: DimensionsOf<Name> };
}[MetricName];

/**
 * Puts a value into a metric, in CloudWatch's embedded metric format: the log line is the metric. Written whatever the log level.
 *
 * @param about whom it tells of; found in the log, and no part of the metric
 */
export function measure({ metric, value, dimensions }: Measurement, about: FieldsOf<"measured"> = {}): void {
  const { unit, dimensions: vocabularies } = metrics[metric];
  const known = Object.entries<readonly string[]>(vocabularies).map(([name, vocabulary]) => {
    const given = (dimensions as Readonly<Record<string, string>>)[name] ?? "";
    return [name, vocabulary.includes(given) ? given : "other"] as const;
  });
  const directive = {
    Namespace: metricNamespace(process.env.STAGE ?? "none"),
    Dimensions: [known.map(([name]) => name)],
    Metrics: [{ Name: metric, Unit: unit }],
  };
  const embedded = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    ...Object.fromEntries(known),
    [metric]: value,
  };
  write("measured", about, embedded);
}

/** An error's message may quote what somebody sent: only its name and where it arose are kept. */
export function errorFacts(error: unknown): { error: ErrorName; frames: Frames } {
  if (!(error instanceof Error)) return { error: typeof error as ErrorName, frames: [] as unknown as Frames };
  const stack = error.stack ?? "";
  const start = stack.indexOf(error.message);
  const lines = start < 0 ? [] : stack.slice(start + error.message.length).split("\n");
  const places = lines.flatMap((line) => /^\s+at .*?([\w.-]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? []);
  return { error: error.name as ErrorName, frames: places.slice(0, 8) as unknown as Frames };
}

const ranks: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };
const asked = process.env.LOG_LEVEL ?? "INFO";
const lowest = Object.hasOwn(ranks, asked) ? ranks[asked as Level] : ranks.INFO;

/**
 * In the shape of Powertools' logger. Not that logger itself, nor its metrics: loading them takes 8 ms of each cold start, for
 * sampling, buffering, child loggers and flushing that nothing here uses.
 */
function write(message: MessageName, given: object, embedded: object = {}): void {
  const { level, fields } = catalogue[message];
  const line: Record<string, unknown> = { level, message, timestamp: new Date().toISOString(), service: "prior-authorization" };
  for (const [name, { holds }] of Object.entries(fields)) {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) line[name] = holds(value) ? value : "withheld";
  }
  process.stdout.write(`${JSON.stringify(Object.assign(line, embedded))}\n`);
}
