import { Logger } from "@aws-lambda-powertools/logger";

/** One logger, set up once. What may be logged is what these functions take: names, numbers and ids of ours, never a body or a text. */
const logger = new Logger({ serviceName: "prior-authorization" });

export const log = {
  answered: (facts: { operation: string; status: number; milliseconds: number; traceId: string; problem?: string }) =>
    logger.info("request answered", facts),
  failed: (where: string, error: unknown, facts: Readonly<Record<string, string | number | boolean>> = {}) =>
    logger.error("something failed", { where, ...facts, ...errorFacts(error) }),
  consumed: (facts: Readonly<Record<string, string | number>>) => logger.info("event consumed", facts),
  ran: (job: string, count: number) => logger.info("job ran", { job, count }),
};

/** An error's message may quote what somebody sent: only its name and where it arose are kept. */
function errorFacts(error: unknown): { error: string; frames: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, frames: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, frames: frames.slice(0, 8).map((line) => line.trim()) };
}
