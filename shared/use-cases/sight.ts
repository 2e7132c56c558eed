import type { Document } from "../domain/document.ts";
import { isRequestId } from "../domain/identifiers.ts";
import { mayChange, maySee, type Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { Policy } from "../policy/policy.ts";
import type { Requests } from "../ports.ts";

const notFound = refuse("request-not-found", "There is no such request, or it is not yours to see.");

/** The request, if the caller may see it; otherwise the answer is that of one that does not exist. */
export async function seen(
  { requests, policy }: { requests: Pick<Requests, "find">; policy: Policy },
  principal: Principal,
  requestId: string,
): Promise<Result<Request>> {
  const request = isRequestId(requestId) ? await requests.find(requestId) : undefined;
  return request && maySee(principal, request, vendorOf(request, policy)) ? ok(request) : notFound;
}

/** As `seen`, with its documents, in one read. */
export async function seenWithDocuments(
  { requests, policy }: { requests: Pick<Requests, "findWithDocuments">; policy: Policy },
  principal: Principal,
  requestId: string,
): Promise<Result<{ request: Request; documents: readonly Document[] }>> {
  const found = isRequestId(requestId) ? await requests.findWithDocuments(requestId) : undefined;
  return found && maySee(principal, found.request, vendorOf(found.request, policy)) ? ok(found) : notFound;
}

/** The request, if it is the caller's to change. */
export async function own(
  { requests }: { requests: Pick<Requests, "find"> },
  principal: Principal,
  requestId: string,
): Promise<Result<Request>> {
  const request = isRequestId(requestId) ? await requests.find(requestId) : undefined;
  return request && mayChange(principal, request) ? ok(request) : notFound;
}

const vendorOf = (request: Request, policy: Policy) =>
  request.referral ? policy.vendors[request.referral.vendor]?.organization : undefined;
