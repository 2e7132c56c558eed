import { runTimers } from "../../shared/use-cases/run-timers.ts";
import { clock } from "../lib/deps/clock.ts";
import { documents } from "../lib/deps/documents.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { timers } from "../lib/deps/timers.ts";
import { log } from "../lib/telemetry.ts";

export const handler = async (): Promise<void> => {
  const fired = await runTimers({ requests, documents, timers, clock, policy }, ({ requestId }, error, given) =>
    log.failed("run-timers", error, { requestId, ...given }),
  );
  log.ran("run-timers", fired);
};
