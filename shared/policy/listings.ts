import { type CodeIndex, indexCodes } from "./code-index.ts";
import type { Categories } from "./plan-files.ts";

/** Where a code stands in the plan's data, by the places of rules, lists and exceptions in them. */
export type Listing = {
  /** By the rule's place, the `listed` flags that hold. */
  readonly inRule: Uint8Array;
  /** The lists under `noAuthorization` that hold the code and do not exclude it. */
  readonly free: readonly number[];
  readonly exceptions: readonly number[];
};

export const listed = { match: 1, exclude: 2, verify: 4 } as const;
const flags = Object.values(listed);

/** Codes with the same standing share one listing, and there are few of them, however many codes there are. */
export function codeListings({ rules, noAuthorization, exceptions }: Categories): CodeIndex<Listing> {
  return indexCodes(
    [
      ...rules.flatMap((rule) => [rule.match.codes ?? [], rule.exclude ?? [], rule.verify ?? []]),
      ...exceptions.map((exception) => exception.match.codes ?? []),
      ...noAuthorization.flatMap((list) => [list.codes, list.exclude ?? []]),
    ],
    (lists) => {
      const inRule = new Uint8Array(rules.length);
      const ofExceptions = flags.length * rules.length;
      const ofFree = ofExceptions + exceptions.length;
      const free: number[] = [];
      const excepted: number[] = [];
      for (const list of lists) {
        const rule = Math.floor(list / flags.length);
        if (list < ofExceptions) inRule[rule] = (inRule[rule] ?? 0) | (flags[list % flags.length] ?? 0);
        else if (list < ofFree) excepted.push(list - ofExceptions);
        else if ((list - ofFree) % 2 === 0 && !lists.includes(list + 1)) free.push((list - ofFree) / 2);
      }
      return { inRule, free, exceptions: excepted };
    },
  );
}

export function revenueListings({ rules, exceptions }: Categories): CodeIndex<Listing> {
  return indexCodes(
    [...rules.map((rule) => rule.match.revenue ?? []), ...exceptions.map((exception) => exception.match.revenue ?? [])],
    (lists) => {
      const inRule = new Uint8Array(rules.length);
      for (const list of lists) if (list < rules.length) inRule[list] = listed.match;
      return {
        inRule,
        free: [],
        exceptions: lists.filter((list) => list >= rules.length).map((list) => list - rules.length),
      };
    },
  );
}
