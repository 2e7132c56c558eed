import type { DecidedAsk } from "../shared/domain/decided-asks.ts";
import type { DecisionLedger } from "../shared/ports.ts";

const placeOf = ({ year, decidedAt, requestId, ask }: DecidedAsk): string => `${year}#${decidedAt}#${requestId}#${ask}`;

/** With the condition of the real one. */
export function ledgerInMemory() {
  const entries = new Map<string, DecidedAsk>();
  const ledger: DecisionLedger = {
    async record(entry) {
      const stored = entries.get(placeOf(entry));
      if (!stored || stored.requestVersion <= entry.requestVersion) entries.set(placeOf(entry), entry);
    },
    remove: async (entry) => void entries.delete(placeOf(entry)),
    find: async (asked) => asked.flatMap((entry) => entries.get(placeOf(entry)) ?? []),
    decided: async (from, to) => [...entries.values()].filter(({ decidedAt }) => decidedAt >= from && decidedAt < to),
    year: async (asked) => [...entries.values()].filter(({ year }) => year === asked),
  };
  return { ledger, entries };
}
