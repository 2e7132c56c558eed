/** Every line that a function may log. What they take are names, numbers and ids of ours, never a body or a text. */
export const log = {
  answered: (facts: { operation: string; status: number; milliseconds: number; traceId: string; problem?: string }) =>
    write("INFO", "request answered", facts),
  failed: (where: string, error: unknown, facts: Readonly<Record<string, string | number | boolean>> = {}) =>
    write("ERROR", "something failed", { where, ...facts, ...errorFacts(error) }),
  consumed: (facts: Readonly<Record<string, string | number>>) => write("INFO", "event consumed", facts),
  ran: (job: string, count: number) => write("INFO", "job ran", { job, count }),
};

const ranks = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 } as const;
type Level = keyof typeof ranks;

const asked = process.env.LOG_LEVEL ?? "INFO";
const lowest = Object.hasOwn(ranks, asked) ? ranks[asked as Level] : ranks.INFO;

/**
 * One line of JSON, in the shape of Powertools' logger. Not that logger itself: loading it takes 8 ms of each cold start, for
 * sampling, buffering and child loggers that nothing here uses.
 */
function write(level: Level, message: string, facts: object): void {
  if (ranks[level] < lowest) return;
  const line = { level, message, timestamp: new Date().toISOString(), service: "prior-authorization", ...facts };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** An error's message may quote what somebody sent: only its name and where it arose are kept. */
function errorFacts(error: unknown): { error: string; frames: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, frames: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { error: error.name, frames: frames.slice(0, 8).map((line) => line.trim()) };
}
