import { expired } from "../domain/document.ts";
import type { DocumentId, RequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import { ok } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { closeQuestion } from "../domain/transitions/ask.ts";
import { missClock } from "../domain/transitions/miss.ts";
import { recallReferral, releaseReferral } from "../domain/transitions/refer.ts";
import { remind } from "../domain/transitions/remind.ts";
import type { Documents, Timers, Wake } from "../ports.ts";
import { type ChangeDeps, change } from "./change.ts";
import { tellRequest } from "./verify-document.ts";

export type TimerDeps = ChangeDeps & { readonly documents: Pick<Documents, "find" | "save">; readonly timers: Timers };

/** Per shard and run; what is left over is still due at the next run. */
const limitPerShard = 50;

/**
 * Does what is due: sends referrals on their way at their share of the clock and calls them back at another, notes a missed clock,
 * reminds, gives up places for documents that never came.
 * Each effect is a conditional write, so a timer that fires twice takes effect once; one that fails is put off, and given up
 * for a person after eight attempts.
 *
 * @returns how many timers fired
 */
export async function runTimers(
  deps: TimerDeps,
  onFailure: (wake: Wake, error: unknown, given: { attempts: number; givenUp: boolean }) => void,
): Promise<number> {
  const now = deps.clock.now();
  const wakes = await deps.timers.due(now, limitPerShard);
  for (const wake of wakes) {
    try {
      await (wake.documentId ? expireDocument(deps, wake.requestId, wake.documentId) : wakeRequest(deps, wake.requestId));
    } catch (error) {
      // A timer that cannot even be put off stays due, and must not keep the others from firing.
      const given = await deps.timers.putOff(wake, now).catch(() => ({ attempts: 1, givenUp: false }));
      onFailure(wake, error, given);
    }
  }
  return wakes.length;
}

/** What happens by itself when its time has come. */
const timed = [releaseReferral, closeQuestion, recallReferral, missClock, remind] as const;

async function wakeRequest(deps: TimerDeps, id: RequestId): Promise<void> {
  const load = async () => {
    const request = await deps.requests.find(id);
    if (!request) throw new Error("a timer without its request");
    return ok(request);
  };
  // Each step is read, judged and written by itself, so that one that changes the state is seen by those after it.
  for (let before: Request | undefined, step = 0; step <= timed.length; step += 1) {
    const woken = await change(deps, load, { type: "system", id: "timers" }, (request, context) => {
      const due = timed.find(({ already }) => !already?.(request, {}, context));
      return due ? apply(due, request, {}, context) : ok({ request, events: [] });
    });
    if (!woken.ok && woken.refusal.problem !== "not-possible-now") throw new Error(woken.refusal.problem);
    if (!woken.ok || woken.value.version === before?.version || (woken.value.wakesAt ?? "~") > deps.clock.now()) return;
    before = woken.value;
  }
}

/** The document's own timer ends last: should the request not hear of it now, it fires again. */
async function expireDocument(deps: TimerDeps, requestId: RequestId, id: DocumentId): Promise<void> {
  for (;;) {
    const document = await deps.documents.find(requestId, id);
    if (!document) return;
    const next = expired(document, deps.clock.now());
    if (next === document) return;
    await tellRequest(deps, next, "expired", "timers");
    if (await deps.documents.save(next)) return;
  }
}
