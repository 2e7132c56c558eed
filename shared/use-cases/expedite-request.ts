import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { askToExpedite } from "../domain/transitions/expedite.ts";
import type { ExpediteRequester } from "../domain/vocabulary.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { own } from "./sight.ts";

/** Haste, asked for by whom: a physician's word is followed at once, anybody else's is judged by a reviewer. */
export function expediteRequest(
  deps: ChangeDeps,
  principal: Principal,
  {
    requestId,
    expectedVersion,
    ...asked
  }: { requestId: string; reason: string; requestedBy: ExpediteRequester; expectedVersion: number | undefined },
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    (request, context) => apply(askToExpedite, request, asked, context, expectedVersion),
  );
}
