import { addDays } from "./calendar.ts";
import { lastDayOf } from "./reduction.ts";
import type { Request } from "./request.ts";
import { supersessionOf } from "./supersession.ts";

/** The last day of what is authorized, by line: ISO, the first end first. */
export type End = { readonly day: string; readonly lines: readonly number[] };

/**
 * Every day on which something of an authorization ends. Days of a stay that others follow are no end of it, nor is what a revision goes
 * on with.
 */
export function endsOf(request: Request): readonly End[] {
  if (request.authorization === null || request.withdrawal) return [];
  const lines = new Map<string, number[]>();
  for (const { lineNumber } of request.lines) {
    const day = lastDayOf(request, lineNumber);
    if (day !== null && !isFollowed(request, day) && !supersessionOf(request, lineNumber))
      lines.set(day, [...(lines.get(day) ?? []), lineNumber]);
  }
  return [...lines].map(([day, of]) => ({ day, lines: of })).sort((a, b) => (a.day < b.day ? -1 : 1));
}

const isFollowed = (request: Request, day: string): boolean =>
  request.continuations.some(({ lineNumber, from }) => from <= addDays(day, 1) && (lastDayOf(request, lineNumber) ?? "") > day);
