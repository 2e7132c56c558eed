import type { Provider } from "./providers-in.ts";

/** Where providers go. Resolves when all of them are there for good; a provider that is there already is replaced. */
export type ProviderSink = (providers: readonly Provider[]) => Promise<void>;

const batchSize = 25;
const mostInFlight = 8;

export type ProviderWriter = {
  /** Waits while too much is under way. Throws what the sink has thrown. */
  add(provider: Provider): Promise<void>;
  /** Resolves when everything is there. */
  end(): Promise<void>;
  /** Of what was added, so many from the beginning are there without a gap: what a resumed load may leave out. */
  acknowledged(): number;
};

/** Batches side by side, but never more than a few: what waits is bounded however long the file is. */
export function providerWriter(sink: ProviderSink): ProviderWriter {
  let batch: Provider[] = [];
  let sent = 0;
  /** Ends of batches that came back before an earlier one did, by their beginnings. */
  const ahead = new Map<number, number>();
  let acknowledged = 0;
  const inFlight = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;

  const check = () => {
    if (failure) throw failure.error;
  };
  const send = (providers: readonly Provider[]) => {
    const begin = sent;
    sent += providers.length;
    const underway: Promise<void> = sink(providers)
      .then(() => {
        ahead.set(begin, begin + providers.length);
        for (let end = ahead.get(acknowledged); end !== undefined; end = ahead.get(acknowledged)) {
          ahead.delete(acknowledged);
          acknowledged = end;
        }
      })
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => inFlight.delete(underway));
    inFlight.add(underway);
  };
  const flush = () => {
    if (batch.length > 0) send(batch);
    batch = [];
  };

  return {
    async add(provider) {
      check();
      batch.push(provider);
      if (batch.length < batchSize) return;
      flush();
      while (inFlight.size >= mostInFlight) await Promise.race(inFlight);
      check();
    },
    async end() {
      if (!failure) flush();
      await Promise.all(inFlight);
      check();
    },
    acknowledged: () => acknowledged,
  };
}
