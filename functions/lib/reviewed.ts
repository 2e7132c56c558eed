import type { Principal } from "../../shared/domain/principal.ts";
import type { Request } from "../../shared/domain/request.ts";
import { ok, type Result } from "../../shared/domain/result.ts";
import type { Transition } from "../../shared/domain/transition.ts";
import { review } from "../../shared/use-cases/review.ts";
import { clock } from "./deps/clock.ts";
import { policies } from "./deps/policies.ts";
import { requests } from "./deps/requests.ts";
import type { Reply } from "./reply.ts";
import { requestReply } from "./request-reply.ts";

type ReviewCall = {
  readonly principal: Principal;
  readonly path: { readonly requestId: string };
  readonly ifMatch: number | undefined;
};

/** A reviewer's step, answered with the request as reviewers see it. */
export async function reviewed<Command>(
  { principal, path, ifMatch }: ReviewCall,
  step: Transition<Command>,
  command: Command,
): Promise<Result<Reply>> {
  const subject = { requestId: path.requestId, expectedVersion: ifMatch };
  const changed: Result<Request> = await review({ requests, clock, policies }, principal, subject, step, command);
  return changed.ok ? ok(requestReply(changed.value, { reviews: true })) : changed;
}
