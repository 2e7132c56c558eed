import type { Job } from "./log-catalogue.ts";
import { errorFacts, log } from "./telemetry.ts";

/**
 * A scheduled job as a Lambda. The next run is its retry; a run that fails counts as failed, but what Lambda prints of the error is
 * ours and not the error's own message.
 *
 * @param run answers how many things it did
 */
export function job(name: Job, run: () => Promise<number>) {
  return async (): Promise<void> => {
    try {
      log("job ran", { job: name, count: await run() });
    } catch (error) {
      log("job failed", { job: name, ...errorFacts(error) });
      throw new Error(`${name} failed`);
    }
  };
}
