import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refused, validationFailed } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { type Closing, close } from "../domain/transitions/close.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { forReview } from "./review.ts";

/** Ends a request without judging it. The request that it is said to repeat must be the same member's. */
export function closeRequest(
  deps: ChangeDeps,
  principal: Principal,
  { requestId, expectedVersion, ...closing }: Closing & { requestId: string; expectedVersion: number | undefined },
): Promise<Result<Request>> {
  return change(
    deps,
    () => forReview(deps, requestId),
    actorOf(principal),
    async (request, context) => {
      const known = await repeats(deps, request, closing);
      return known.ok ? apply(close, request, closing, context, expectedVersion) : known;
    },
  );
}

async function repeats(deps: ChangeDeps, request: Request, { duplicateOf }: Closing): Promise<Result<void>> {
  if (duplicateOf === null) return ok(undefined);
  const other = duplicateOf === request.id ? undefined : await deps.requests.find(duplicateOf);
  return other?.submission.member.id === request.submission.member.id
    ? ok(undefined)
    : refused(validationFailed([{ pointer: "/duplicateOf", detail: "There is no such other request of this member." }]));
}
