import type { Instant } from "../domain/calendar.ts";
import { isRequestId, type RequestId } from "../domain/identifiers.ts";
import { may, type Principal } from "../domain/principal.ts";
import { referenceOf } from "../domain/reference.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { RequestStatus } from "../domain/vocabulary.ts";
import type { Page, Requests } from "../ports.ts";

/** Own organization's requests, latest change first; reviewers name the organization. A page filtered by status may be short. */
export async function listRequests(
  { requests }: { requests: Pick<Requests, "ofOrganization" | "findMany"> },
  principal: Principal,
  query: { organization?: string; status?: RequestStatus; updatedSince?: Instant; limit: number; after?: string },
): Promise<Result<Page<Request>>> {
  const organization = may(principal, "reviews:read") ? query.organization : principal.organization;
  if (!organization)
    return may(principal, "reviews:read")
      ? refuse("validation-failed", "Reviewers name the organization.", [
          { pointer: "/organization", detail: "Required for reviewers." },
        ])
      : refuse("organization-required", "Your token names no organization whose requests to list.");
  const page = await requests.ofOrganization(organization, query);
  const found = await inOrder(requests, page.items);
  // The index may be a moment behind or ahead of the item; the item decides.
  const items = found.filter(
    (request) =>
      request.organization === organization &&
      (query.status === undefined || request.status === query.status) &&
      (query.updatedSince === undefined || request.updatedAt >= query.updatedSince),
  );
  return ok({ items, ...(page.next ? { next: page.next } : {}) });
}

export type SearchQuery = {
  readonly memberId?: string;
  readonly authorizationNumber?: string;
  readonly serviceFrom?: string;
  readonly serviceTo?: string;
  readonly limit: number;
  readonly after?: string;
};

/**
 * Requests of a member or with the number of an authorization or a reference, within what the caller may list. Dates bound the lines' service dates; alone
 * they look through the caller's own requests, page by page.
 */
export async function searchRequests(
  { requests }: { requests: Pick<Requests, "ofMember" | "ofOrganization" | "findMany"> },
  principal: Principal,
  query: SearchQuery,
): Promise<Result<Page<Request>>> {
  const items: Request[] = [];
  let after = query.after;
  // Others' requests are passed over here, so that a short page does not tell how many there are.
  for (let reads = 0; reads < mostReads; reads += 1) {
    const page = await candidates(requests, principal, { ...query, limit: query.limit - items.length, after });
    if (!page)
      return refuse("organization-required", "Without an organization of your own, name a memberId or an authorizationNumber.");
    const found = await inOrder(requests, page.items);
    items.push(...found.filter((request) => isListed(principal, request) && fits(request, query)));
    after = page.next;
    if (after === undefined || items.length >= query.limit) break;
  }
  return ok({ items, ...(after ? { next: after } : {}) });
}

const mostReads = 50;

const isListed = (principal: Principal, request: Request): boolean =>
  may(principal, "reviews:read") || (principal.organization !== null && principal.organization === request.organization);

const fits = (request: Request, query: SearchQuery): boolean =>
  (query.memberId === undefined || request.submission.member.id === query.memberId) &&
  (query.authorizationNumber === undefined || numbersOf(request).includes(query.authorizationNumber)) &&
  servedWithin(request, query);

const numbersOf = (request: Request) => [request.authorization?.number, referenceOf(request)?.number];

async function candidates(
  requests: Pick<Requests, "ofMember" | "ofOrganization">,
  { organization }: Principal,
  query: SearchQuery,
): Promise<Page<RequestId> | undefined> {
  if (query.authorizationNumber !== undefined) {
    const id = query.authorizationNumber.replace(/^(AU|NR)-/, "PA-");
    return { items: isRequestId(id) ? [id] : [] };
  }
  if (query.memberId !== undefined) return requests.ofMember(query.memberId, query);
  return organization === null ? undefined : requests.ofOrganization(organization, query);
}

function servedWithin(request: Request, { serviceFrom, serviceTo }: SearchQuery): boolean {
  if (serviceFrom === undefined && serviceTo === undefined) return true;
  const { lines, admission } = request.submission;
  return lines.some((line) => {
    const first = line.serviceDate ?? admission?.date;
    return (
      first !== undefined &&
      (serviceTo === undefined || first <= serviceTo) &&
      (serviceFrom === undefined || (line.endDate ?? first) >= serviceFrom)
    );
  });
}

async function inOrder(requests: Pick<Requests, "findMany">, ids: readonly RequestId[]): Promise<readonly Request[]> {
  const found = new Map((await requests.findMany(ids)).map((request) => [request.id, request]));
  return ids.flatMap((id) => found.get(id) ?? []);
}
