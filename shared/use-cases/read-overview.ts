import { type Ageing, ageingOf } from "../domain/ageing.ts";
import { addHours, type Instant } from "../domain/calendar.ts";
import { assignmentAt, queueOf } from "../domain/request.ts";
import { type Turnaround, turnaroundDays, turnaroundOf } from "../domain/turnaround.ts";
import { type Queue, queues } from "../domain/vocabulary.ts";
import type { DecisionLedger, Queues, Requests } from "../ports.ts";

/** So many of those that are due first are looked at themselves: who works on a request is in no key. */
const looked = 25;

export type Overview = {
  readonly at: Instant;
  readonly queues: readonly (Ageing & {
    readonly queue: Queue;
    /** Of those that are due first. */
    readonly next: { readonly looked: number; readonly assigned: number; readonly unassigned: number };
  })[];
  readonly turnaround: readonly Turnaround[];
};

type Deps = {
  readonly queues: Queues;
  readonly requests: Pick<Requests, "findMany">;
  readonly ledger: Pick<DecisionLedger, "decided">;
};

/**
 * What waits, how long it still can, and how fast the desk has been. Its cost does not grow with what is stored: a page of keys of each
 * shard, at most 25 requests of each queue, and one small entry of the ledger (some 400 bytes) for each decision of the last 30 days.
 */
export async function readOverview(deps: Deps, now: Instant): Promise<Overview> {
  const since = addHours(now, -24 * Math.max(...turnaroundDays));
  const [decided, ageing] = await Promise.all([
    // A vendor's clock may be a little ahead of ours.
    deps.ledger.decided(since, addHours(now, 1)),
    Promise.all(queues.map((queue) => ageingIn(deps, queue, now))),
  ]);
  return { at: now, queues: ageing, turnaround: turnaroundOf(decided, now) };
}

async function ageingIn(
  { queues, requests }: Pick<Deps, "queues" | "requests">,
  queue: Queue,
  now: Instant,
): Promise<Overview["queues"][number]> {
  const head = await queues.head(queue);
  const first = await requests.findMany(head.places.slice(0, looked).map(({ requestId }) => requestId));
  // The index may be a moment behind the items. A timer that was given up stands among the exceptions, whatever its own queue is.
  const here = first.filter((request) => queue === "vendor-exceptions" || queueOf(request) === queue);
  const assigned = here.filter((request) => assignmentAt(request, now) !== null).length;
  return { queue, ...ageingOf(head, now), next: { looked: here.length, assigned, unassigned: here.length - assigned } };
}
