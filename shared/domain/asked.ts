import { addDays } from "./calendar.ts";
import type { Submission, SubmittedLine } from "./submission.ts";
import { inpatientFamily, type Setting, type Unit } from "./vocabulary.ts";

/** What a line asks for, as far as it is said. Dates ISO, both included. */
export type Asked<Undated = undefined> = {
  readonly quantity?: number | undefined;
  readonly unit?: Unit | undefined;
  readonly from: string | Undated;
  readonly to?: string | undefined;
};

/** So many days of a stay end with the day after their last night: on it the member goes home, or the stay is reviewed and goes on. */
export const endOfStay = (first: string, days: number): string => addDays(first, days);

/**
 * In the line's own words, and what they leave unsaid in its admission's: a stay is asked for by its date and its days, whatever its
 * line is called by.
 *
 * @param undated the first day where nobody has said one
 */
export function askedOn(submission: Submission, lineNumber: number): Asked;
export function askedOn(submission: Submission, lineNumber: number, undated: () => string): Asked<never>;
export function askedOn({ lines, admission, setting }: Submission, lineNumber: number, undated?: () => string): Asked {
  const line = lines[lineNumber - 1];
  if (!line) return { from: undated?.() };
  const from = line.serviceDate ?? admission?.date ?? undated?.();
  const days = isWithinStay(line, setting) ? admission?.days : undefined;
  const ownDays = line.unit === "day" ? line.quantity : undefined;
  const isCounted = line.quantity !== undefined || (line.unit ?? "day") !== "day" || !standsForStay(line, lines);
  return {
    ...(days === undefined || isCounted ? { quantity: line.quantity, unit: line.unit } : { quantity: days, unit: "day" }),
    from,
    to: line.endDate ?? (from === undefined || days === undefined ? undefined : endOfStay(from, Math.max(days, ownDays ?? 0))),
  };
}

const isWithinStay = ({ code, revenueCode }: SubmittedLine, setting: Setting): boolean =>
  inpatientFamily.includes(setting) || (code === undefined && revenueCode === undefined);

/** The days are counted once: a procedure beside the stay's own line is not asked for by them. */
const standsForStay = ({ code }: SubmittedLine, lines: Submission["lines"]): boolean =>
  code === undefined || lines.every((line) => line.code !== undefined);
