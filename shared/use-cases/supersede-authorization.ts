import { requestIdOf } from "../domain/authorization.ts";
import type { RequestEvent } from "../domain/events.ts";
import { isRequestId, type RequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import { ok, refuse } from "../domain/result.ts";
import { replacesAny, revisedBy } from "../domain/revision.ts";
import { apply } from "../domain/transition.ts";
import { supersede } from "../domain/transitions/supersede.ts";
import { type ChangeDeps, change } from "./change.ts";

export type Superseded = "superseded" | "nothing-to-do";

/**
 * Has a revision take the place of what it revises, once it is authorized, and of what that was to take the place of itself. Of two
 * revisions of the same the one that was asked for later stands. The event only says that it may be time: the requests are read as they
 * stand, so that events may come twice, late and in any order.
 *
 * @throws while others keep changing the authorization: the event comes again
 */
export async function supersedeAuthorization(
  deps: ChangeDeps,
  { requestId }: Pick<RequestEvent, "requestId">,
): Promise<Superseded> {
  const revision = await deps.requests.find(requestId);
  const revised = revision?.authorization ? revisedBy(revision) : undefined;
  if (!revision || !revised) return "nothing-to-do";
  let outcome: Superseded = "nothing-to-do";
  const giving = [revised];
  const seen = new Set([revision.id]);
  for (const id of giving) {
    if (seen.has(id)) continue;
    seen.add(id);
    const older = await giveWay(deps, id, revision);
    if (older?.supersessions.length) outcome = "superseded";
    const first = older && revisedBy(older);
    if (first) giving.push(first);
    if (!older || !replacesAny(older, revision)) continue;
    for (const rival of await rivalsOf(deps, older, revision)) {
      // What it revises itself is no rival; and neither does it stand against its own revision.
      if (seen.has(rival.id)) continue;
      if (isBefore(rival, revision) && !(await revises(deps, rival, revision.id))) giving.push(rival.id);
      else await giveWay(deps, revision.id, rival);
    }
  }
  return outcome;
}

/** @returns the request as it stands now; `undefined` for one that a restore has taken away */
async function giveWay(deps: ChangeDeps, id: RequestId, revision: Request): Promise<Request | undefined> {
  const load = async () => {
    const found = await deps.requests.find(id);
    return found ? ok(found) : refuse("request-not-found", "There is no such request.");
  };
  const changed = await change(deps, load, { type: "system", id: "revisions" }, (request, context) =>
    apply(supersede, request, { revision }, context),
  );
  if (changed.ok) return changed.value;
  if (changed.refusal.problem === "request-not-found") return undefined;
  throw new Error(changed.refusal.problem);
}

/** Other revisions of the same that have been authorized. */
async function rivalsOf({ requests }: ChangeDeps, older: Request, revision: Request): Promise<readonly Request[]> {
  const ids = [...new Set(older.supersessions.map(({ by }) => requestIdOf(by)))].filter(isRequestId);
  const found = await Promise.all(ids.filter((id) => id !== revision.id).map((id) => requests.find(id)));
  return found.filter((request) => request !== undefined);
}

/** Itself, or by way of others. */
async function revises(deps: ChangeDeps, one: Request, other: RequestId): Promise<boolean> {
  const revised = revisedBy(one);
  if (!revised || revised === other) return revised === other;
  const older = await deps.requests.find(revised);
  return older !== undefined && revises(deps, older, other);
}

/** By their receipt, which nothing changes any more. */
const isBefore = (one: Request, other: Request): boolean =>
  one.receivedAt === other.receivedAt ? one.id < other.id : one.receivedAt < other.receivedAt;
