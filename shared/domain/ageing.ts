import { addHours, type Instant, isOver } from "./calendar.ts";
import type { RequestId } from "./identifiers.ts";

/** Where a request stands in its queue: by when it is due; `null` if it has no due time any more, and so is never late. */
export type Place = { readonly dueAt: Instant | null; readonly requestId: RequestId };

/** The head of a queue. What is `capped` goes on behind it, nobody has counted how far. */
export type QueueHead = { readonly places: readonly Place[]; readonly capped: boolean };

/** How much waits, by how soon it is due. Each request is in one of the bands; of a capped queue each count is at least so much. */
export type Ageing = {
  readonly open: number;
  readonly overdue: number;
  readonly within4Hours: number;
  readonly within24Hours: number;
  readonly within72Hours: number;
  readonly later: number;
  readonly capped: boolean;
  readonly oldest: Place | null;
};

export function ageingOf({ places, capped }: QueueHead, now: Instant): Ageing {
  const dueBy = (end: Instant) => places.filter(({ dueAt }) => isOver(dueAt, end)).length;
  const ends = [now, addHours(now, 4), addHours(now, 24), addHours(now, 72)] as const;
  const [overdue, by4, by24, by72] = [dueBy(ends[0]), dueBy(ends[1]), dueBy(ends[2]), dueBy(ends[3])];
  return {
    open: places.length,
    overdue,
    within4Hours: by4 - overdue,
    within24Hours: by24 - by4,
    within72Hours: by72 - by24,
    later: places.length - by72,
    capped,
    oldest: places[0] ?? null,
  };
}
