import type { RequestId } from "../../shared/domain/identifiers.ts";

/** Chance that falls the same way in every run with the same seed (mulberry32). */
export function chance(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const letters = (count: number) => Array.from({ length: count }, () => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[below(32)]).join("");
  return {
    below,
    /** True in that share of the cases. */
    strikes: (share: number): boolean => next() < share,
    letters,
    requestId: () => `PA-${letters(26)}` as RequestId,
  };
}

/** Every round when the large counts are proved, otherwise a sample of them. */
export const rounds = (all: number, sample: number): number => (process.env.PROVE === "full" ? all : sample);
