import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { withdraw } from "../domain/transitions/withdraw.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { own } from "./sight.ts";

/** The provider takes the request back; said twice, it is done once. */
export function withdrawRequest(
  deps: ChangeDeps,
  principal: Principal,
  { requestId, reason, expectedVersion }: { requestId: string; reason: string; expectedVersion: number | undefined },
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    (request, context) => apply(withdraw, request, { reason }, context, expectedVersion),
  );
}
