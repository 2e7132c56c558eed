import { requestIdOf } from "../domain/authorization.ts";
import { isRequestId, type RequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import { isBefore, replacesAny, revisedBy } from "../domain/revision.ts";
import type { Requests } from "../ports.ts";

/** What a revision meets where it takes its place, each nearest first. */
export type Met = {
  /** What it revises, what that revised itself, and other revisions of those that were decided before it: they give way to it. */
  readonly older: readonly Request[];
  /** Other revisions that were decided after it: it gives way to them. */
  readonly younger: readonly Request[];
};

/** Nothing for a request that revises nothing. Its own revisions are not among them. */
export async function metBy({ find }: Pick<Requests, "find">, revision: Request, timeZone: string): Promise<Met> {
  const met = new Map<RequestId, Request>();
  const ids = [revisedBy(revision)];
  for (const id of ids) {
    const request = id && id !== revision.id && !met.has(id) ? await find(id) : undefined;
    if (!request) continue;
    met.set(request.id, request);
    ids.push(revisedBy(request));
    if (replacesAny(request, revision, timeZone))
      ids.push(...request.supersessions.map(({ by }) => requestIdOf(by)).filter(isRequestId));
  }
  const revised = new Set(revisedOnTheWay(revision, met));
  const rivals = [...met.values()].filter(({ id }) => !revised.has(id));
  const others = rivals.filter((rival) => !revisedOnTheWay(rival, met).includes(revision.id));
  return {
    older: [...met.values()].filter(
      (request) => revised.has(request.id) || (others.includes(request) && isBefore(request, revision)),
    ),
    younger: others.filter((rival) => !isBefore(rival, revision)),
  };
}

/** From what a request revises back to what was authorized first, as far as that is known. */
function revisedOnTheWay(request: Request, known: ReadonlyMap<RequestId, Request>): readonly RequestId[] {
  const way: RequestId[] = [];
  for (let revised = revisedBy(request); revised && !way.includes(revised); ) {
    way.push(revised);
    const older = known.get(revised);
    revised = older && revisedBy(older);
  }
  return way;
}
