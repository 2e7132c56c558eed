import type { RequestId } from "../../shared/domain/identifiers.ts";
import { HistoryConflict } from "../../shared/use-cases/relay-outbox.ts";
import type { Relay } from "./log-catalogue.ts";
import { errorFacts, log, measure } from "./telemetry.ts";

/** Tells why a request's events could not be published. A history that somebody else has touched is alarmed by itself. */
export function relayFailed(relay: Relay, requestId: RequestId, error: unknown): void {
  if (error instanceof HistoryConflict) {
    log("history conflict", { relay, requestId });
    measure({ metric: "HistoryConflicts", value: 1, dimensions: {} }, { requestId });
  } else log("relay failed", { relay, requestId, ...errorFacts(error) });
}
