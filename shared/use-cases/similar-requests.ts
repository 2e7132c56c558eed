import { linesInCommon } from "../domain/duplicates.ts";
import type { Request } from "../domain/request.ts";
import type { Requests } from "../ports.ts";

/** Whoever asks for the same does so within the time of a few requests: the latest of the member are looked through. */
const latest = 100;

/** Other requests for the same member that ask for some of the same, the latest receipt first: of any organization, for reviewers. */
export async function similarRequests(
  { requests }: { requests: Pick<Requests, "ofMember" | "findMany"> },
  request: Request,
): Promise<readonly Request[]> {
  const { items } = await requests.ofMember(request.submission.member.id, { limit: latest });
  const others = items.filter((id) => id !== request.id);
  const found = others.length > 0 ? await requests.findMany(others) : [];
  return found
    .filter((other) => linesInCommon(request, other).length > 0)
    .toSorted((one, other) => (one.receivedAt < other.receivedAt ? 1 : -1));
}
