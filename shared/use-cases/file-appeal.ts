import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import type { Result } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { type Filing, fileAppeal as filed } from "../domain/transitions/file-appeal.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { own } from "./sight.ts";

/** The provider appeals what was decided against it; said twice, it is done once. */
export function fileAppeal(
  deps: ChangeDeps,
  principal: Principal,
  { requestId, expectedVersion, ...filing }: Filing & { requestId: string; expectedVersion: number | undefined },
): Promise<Result<Request>> {
  return change(
    deps,
    () => own(deps, principal, requestId),
    actorOf(principal),
    (request, context) => apply(filed, request, filing, context, expectedVersion),
  );
}
