import { sweepOutbox } from "../../shared/use-cases/relay-outbox.ts";
import { bus } from "../lib/deps/bus.ts";
import { clock } from "../lib/deps/clock.ts";
import { outbox } from "../lib/deps/outbox.ts";
import { job } from "../lib/job.ts";
import { relayFailed } from "../lib/relay-failure.ts";

export const handler = job("sweep-outbox", () =>
  sweepOutbox({ outbox, bus, clock }, (requestId, error) => relayFailed("sweep-outbox", requestId, error)),
);
