import { isRequestId } from "../domain/identifiers.ts";
import { may, type Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import { apply, type Transition } from "../domain/transition.ts";
import type { Reviewer } from "../domain/transitions/determine.ts";
import type { Requests } from "../ports.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";

/**
 * A reviewer's step on any request. Refuses `request-not-found`, and whatever the transition itself refuses; a repeat of what the same
 * reviewer has recorded already changes nothing.
 *
 * @param expectedVersion the version that the reviewer has seen
 */
export function review<Command>(
  deps: ChangeDeps,
  principal: Principal,
  { requestId, expectedVersion }: { requestId: string; expectedVersion: number | undefined },
  step: Transition<Command>,
  command: Command,
): Promise<Result<Request>> {
  return change(
    deps,
    () => forReview(deps, requestId),
    actorOf(principal),
    (request, context) => apply(step, request, command, context, expectedVersion),
  );
}

/** Who reviews, as the token says. A machine is nobody: its token opens no review. */
export const reviewerOf = (principal: Principal): Reviewer => ({
  subject: principal.subject,
  name: principal.person?.name ?? "",
  credential: principal.person?.credential ?? null,
  mayDeny: may(principal, "reviews:deny"),
});

/** Any request, for whoever reviews. */
export async function forReview({ requests }: { requests: Pick<Requests, "find"> }, requestId: string): Promise<Result<Request>> {
  const request = isRequestId(requestId) ? await requests.find(requestId) : undefined;
  return request ? ok(request) : refuse("request-not-found", "There is no such request, or it is not yours to see.");
}
