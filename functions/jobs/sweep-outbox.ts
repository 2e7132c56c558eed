import { sweepOutbox } from "../../shared/use-cases/relay-outbox.ts";
import { bus } from "../lib/deps/bus.ts";
import { clock } from "../lib/deps/clock.ts";
import { outbox } from "../lib/deps/outbox.ts";
import { log } from "../lib/telemetry.ts";

export const handler = async (): Promise<void> => {
  const published = await sweepOutbox({ outbox, bus, clock }, (requestId, error) =>
    log.failed("sweep-outbox", error, { requestId }),
  );
  log.ran("sweep-outbox", published);
};
