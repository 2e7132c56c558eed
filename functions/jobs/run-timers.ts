import { runTimers } from "../../shared/use-cases/run-timers.ts";
import { clock } from "../lib/deps/clock.ts";
import { documents } from "../lib/deps/documents.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { timers } from "../lib/deps/timers.ts";
import { job } from "../lib/job.ts";
import { errorFacts, log, measure } from "../lib/telemetry.ts";

export const handler = job("run-timers", () =>
  runTimers({ requests, documents, timers, clock, policies }, ({ requestId, documentId }, error, { attempts, givenUp }) => {
    log(givenUp ? "timer given up" : "timer failed", { requestId, documentId, attempts, ...errorFacts(error) });
    if (givenUp) measure({ metric: "TimersGivenUp", value: 1, dimensions: {} }, { requestId });
  }),
);
