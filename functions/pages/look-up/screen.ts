import type { Tone } from "./verdicts.ts";

/** What stands below the search: a heading, the answer in a line, and what explains it. */
export type Screen = {
  readonly title: string;
  readonly heading: string;
  readonly status: string;
  readonly tone?: Tone;
  readonly details: readonly Node[];
};
