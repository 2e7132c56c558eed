import { addDays, dayOf, type Instant } from "./calendar.ts";
import type { Request } from "./request.ts";

/**
 * A revision that was granted stands in the place of what it revises, line by line. The decision that it takes the place of stays as it
 * was made, and binds for every day of service before.
 */
export type Supersession = {
  /** The number of the authorization that stands in its place. */
  readonly by: string;
  readonly at: Instant;
  readonly lines: readonly SupersededLine[];
};

/** `from`: ISO, the first day of service that is the other's. */
export type SupersededLine = { readonly lineNumber: number; readonly from: string };

type Superseded = SupersededLine & Pick<Supersession, "by" | "at">;

/** Of several, as when what stands in its place is revised itself, the one that begins first. */
export const supersessionOf = ({ supersessions }: Pick<Request, "supersessions">, lineNumber: number): Superseded | undefined =>
  supersessions
    .flatMap(({ by, at, lines }) => lines.map((line) => ({ by, at, ...line })))
    .filter((line) => line.lineNumber === lineNumber)
    .reduce<Superseded | undefined>((first, line) => (first && first.from <= line.from ? first : line), undefined);

/** The numbers of what stands in the place of a whole authorization; none while any line of it still stands. */
export function replacementsOf(request: Pick<Request, "lines" | "supersessions">): readonly string[] {
  const granted = request.lines.filter(({ decision }) => decision !== null && decision.outcome !== "denied");
  const by = granted.map(({ lineNumber }) => supersessionOf(request, lineNumber)?.by);
  return by.every((one) => one !== undefined) ? [...new Set(by)] : [];
}

/**
 * Does nothing of the line run on beside what stands in its place? Then its units have gone over to that; what goes on for a while
 * keeps them.
 */
export const isHandedOver = (
  { from: begins }: { readonly from: string | null },
  { from }: SupersededLine,
  on: Instant,
  timeZone: string,
): boolean => from <= dayAfter(on, timeZone) || (begins !== null && from <= begins);

/** What was authorized on the day of its delivery stays so: nothing is superseded before the day that follows. */
export const dayAfter = (now: Instant, timeZone: string): string => addDays(dayOf(now, timeZone), 1);
