import type { RequestId } from "../domain/identifiers.ts";
import type { Bus, Clock, Outbox } from "../ports.ts";

/** An event whose number is taken by other bytes: the history was touched by somebody else. Alarmed, never repaired by itself. */
export class HistoryConflict extends Error {
  override readonly name = "HistoryConflict";
}

/**
 * Brings a request's pending events into its history and onto the bus, in their order; nothing later goes out before an earlier one.
 * May stop anywhere and run twice at once: history is written conditionally, the bus may hear an event again, and the outbox is
 * cleared only if nothing was added meanwhile. The request's version and `updatedAt` stay as they are.
 *
 * @returns how many events were published
 * @throws when the bus refuses one: the rest stays in the outbox for the next relay
 */
export async function relayOutbox({ outbox, bus }: { outbox: Outbox; bus: Bus }, id: RequestId): Promise<number> {
  const published = new Set<number>();
  for (;;) {
    const pending = await outbox.pending(id);
    if (!pending || pending.events.length === 0) return published.size;
    try {
      for (const event of pending.events) {
        if (published.has(event.sequence)) continue;
        const conflict = await outbox.record(event);
        if (conflict) throw new HistoryConflict(`${id} #${event.sequence}`);
        if (!(await bus.publish(event))) throw new Error("the bus did not take an event");
        published.add(event.sequence);
      }
    } catch (error) {
      // What has gone out is not sent again by the next relay: a long outbox gets on however often the bus fails.
      const gone = pending.events.flatMap(({ sequence }) => (published.has(sequence) ? [sequence] : []));
      await outbox.clear(id, gone, pending.lastSequence, { more: true });
      throw error;
    }
    const sequences = pending.events.map((event) => event.sequence);
    if (await outbox.clear(id, sequences, pending.lastSequence, { more: false })) return published.size;
  }
}

/** What the stream forgot, or could not deliver: every outbox entry that is older than a minute. */
const overdueAfterMilliseconds = 60_000;
const sweepLimitPerShard = 25;

export async function sweepOutbox(
  deps: { outbox: Outbox; bus: Bus; clock: Clock },
  onFailure: (id: RequestId, error: unknown) => void,
): Promise<number> {
  const before = new Date(Date.parse(deps.clock.now()) - overdueAfterMilliseconds).toISOString();
  let published = 0;
  for (const id of await deps.outbox.waiting(before, sweepLimitPerShard)) {
    try {
      published += await relayOutbox(deps, id);
    } catch (error) {
      onFailure(id, error);
    }
  }
  return published;
}
