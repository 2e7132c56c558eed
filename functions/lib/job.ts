import type { Job } from "./log-catalogue.ts";
import { errorFacts, log } from "./telemetry.ts";

/**
 * A scheduled job as a Lambda. The next run is its retry; a run that fails counts as failed, but what Lambda prints of the error is
 * ours and not the error's own message.
 *
 * @param run answers how many things it did
 */
export function job(name: Job, run: () => Promise<number>) {
  const once = jobByHand(name, async () => ({ count: await run(), answer: undefined }));
  return (): Promise<void> => once(undefined, undefined);
}

/** A job that an operator starts and whose answer they read. */
export function jobByHand<Order, Given, Answer>(
  name: Job,
  run: (order: Order, context: Given) => Promise<{ count: number; answer: Answer }>,
) {
  return async (order: Order, context: Given): Promise<Answer> => {
    try {
      const { count, answer } = await run(order, context);
      log("job ran", { job: name, count });
      return answer;
    } catch (error) {
      log("job failed", { job: name, ...errorFacts(error) });
      throw new Error(`${name} failed`);
    }
  };
}
