import { requestIdOf } from "../domain/authorization.ts";
import type { RequestEvent } from "../domain/events.ts";
import { isRequestId, type RequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import { ok, refuse } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { supersede } from "../domain/transitions/supersede.ts";
import { type ChangeDeps, change } from "./change.ts";
import { metBy } from "./revision-chain.ts";

export type Superseding = "superseded" | "nothing-to-do";

/**
 * Has a revision take the place of what it revises, once it is authorized, and of what that was to take the place of itself; and has what
 * is granted later on something that stands no more go the same way. Of two revisions of the same the one that was decided later stands.
 * The event only says that it may be time: the requests are read as they stand, so that events may come twice, late and in any order.
 *
 * @throws while others keep changing the authorization: the event comes again
 */
export async function supersedeAuthorization(
  deps: ChangeDeps,
  { requestId }: Pick<RequestEvent, "requestId">,
): Promise<Superseding> {
  const request = await deps.requests.find(requestId);
  if (!request) return "nothing-to-do";
  const replacing = [...new Set(request.supersessions.map(({ by }) => requestIdOf(by)))].filter(isRequestId);
  const revisions = [request, ...(await Promise.all(replacing.map((id) => deps.requests.find(id))))];
  let changes = 0;
  for (const revision of revisions) changes += revision?.authorization ? await takePlace(deps, revision) : 0;
  return changes > 0 ? "superseded" : "nothing-to-do";
}

/** The oldest gives way first: what stands in its place is never without the units that it was given. @returns how many gave way now */
async function takePlace(deps: ChangeDeps, revision: Request): Promise<number> {
  const { plan } = await deps.policies.of(revision.policyVersion, revision.receivedAt);
  const { older, younger } = await metBy(deps.requests, revision, plan.timeZone);
  let changes = 0;
  for (const { id } of older.toReversed()) changes += await giveWay(deps, id, revision);
  for (const other of younger) changes += await giveWay(deps, revision.id, other);
  return changes;
}

async function giveWay(deps: ChangeDeps, id: RequestId, revision: Request): Promise<number> {
  let before: Request | undefined;
  const load = async () => {
    before = await deps.requests.find(id);
    return before ? ok(before) : refuse("request-not-found", "There is no such request.");
  };
  const changed = await change(deps, load, { type: "system", id: "revisions" }, (request, context) =>
    apply(supersede, request, { revision }, context),
  );
  if (changed.ok) return changed.value === before ? 0 : 1;
  // One that a restore has taken away stands in nobody's way.
  if (changed.refusal.problem === "request-not-found") return 0;
  throw new Error(changed.refusal.problem);
}
