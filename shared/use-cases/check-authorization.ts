import { unused } from "../domain/authorization.ts";
import { type CheckAnswer, type ClaimedService, checkedAgainst, requirementOfClaim } from "../domain/authorization-check.ts";
import { earlier, startOfDay } from "../domain/calendar.ts";
import type { RequestId } from "../domain/identifiers.ts";
import { covers } from "../domain/period.ts";
import type { Policy } from "../policy/policy.ts";
import type { Authorizations, Clock, Directory, Members, Policies, Requests } from "../ports.ts";
import { membershipOf } from "./membership.ts";

export type CheckDeps = {
  readonly requests: Pick<Requests, "ofMember" | "findMany">;
  readonly authorizations: Pick<Authorizations, "useOf">;
  readonly directory: Directory;
  readonly members: Members;
  readonly policies: Pick<Policies, "at">;
  readonly clock: Clock;
  /** Its settings are the same in every version of the rules. */
  readonly policy: Policy;
};

/**
 * Was the service authorized for this member? Whether it had to be is judged by the rules and the member's programs of its day. Reads,
 * and changes nothing.
 */
export async function checkAuthorization(
  { requests, authorizations, directory, members, policies, clock, policy: { plan } }: CheckDeps,
  memberId: string,
  service: ClaimedService,
): Promise<CheckAnswer> {
  const [ids, providers, member, policy] = await Promise.all([
    idsOf(requests, memberId),
    directory.lookUp([service.npi]),
    members.find(memberId),
    policies.at(earlier(startOfDay(service.serviceDate, plan.timeZone), clock.now())),
  ]);
  const found = (await inHundreds(ids, (some) => requests.findMany(some))).filter(
    (request) => request.submission.member.id === memberId,
  );
  const candidates = await Promise.all(
    found.map(async (request) => ({
      request,
      use: request.authorization ? await authorizations.useOf(request.id) : unused(request.id),
    })),
  );
  const participating = covers(providers.get(service.npi)?.participation ?? [], service.serviceDate);
  const programs = membershipOf(member, [service.serviceDate]).programs?.["1"] ?? [];
  return checkedAgainst(candidates, service, requirementOfClaim(service, { participating, programs }, policy), policy);
}

/** Authorizations last for months: what a member asked for before the latest 500 requests covers nothing any more. */
const mostPages = 5;

async function idsOf(requests: Pick<Requests, "ofMember">, memberId: string): Promise<readonly RequestId[]> {
  const ids: RequestId[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { items, next } = await requests.ofMember(memberId, { limit: 100, ...(after ? { after } : {}) });
    ids.push(...items);
    after = next;
    if (after === undefined) break;
  }
  return ids;
}

async function inHundreds<Item, Found>(items: readonly Item[], read: (some: readonly Item[]) => Promise<readonly Found[]>) {
  const found: Found[] = [];
  for (let start = 0; start < items.length; start += 100) found.push(...(await read(items.slice(start, start + 100))));
  return found;
}
