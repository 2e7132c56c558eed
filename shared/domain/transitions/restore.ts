import type { Instant } from "../calendar.ts";
import { transition } from "../transition.ts";
import { requestStatuses } from "../vocabulary.ts";

/**
 * More changes than a request can have had since the moment of a restore. The version leaps over them, so that an ETag which
 * somebody has kept from then never names another state.
 */
const lostVersions = 1_000_000;

/** The table was restored: the request goes on from an older state. Says so in its history, before anything else is added to it. */
export const restoreHistory = transition<{ epoch: number; restoredTo: Instant }>({
  name: "go on after a restore",
  from: requestStatuses,
  to: {},
  emits: ["history.restored"],
  already: (request, { epoch }) => request.epoch >= epoch,
  decide: (request, { epoch }) => ({ ...request, epoch, version: request.version + lostVersions }),
  events: (_before, { restoredTo }) => [{ type: "history.restored", restoredTo }],
});
