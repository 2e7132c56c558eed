import { maySeeNotice, type Notice } from "../domain/notice.ts";
import type { Principal } from "../domain/principal.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { Policy } from "../policy/policy.ts";
import type { Clock, NoticeLinks, Requests } from "../ports.ts";
import { seen } from "./sight.ts";

type Deps = {
  readonly requests: Pick<Requests, "find">;
  readonly links: NoticeLinks;
  readonly clock: Clock;
  readonly policy: Policy;
};

/** A notice, and a link to the letter. One that is not for the caller does not exist. */
export async function readNotice(
  deps: Deps,
  principal: Principal,
  { requestId, noticeId }: { requestId: string; noticeId: string },
): Promise<Result<{ notice: Notice; download: { url: string; expiresAt: string } }>> {
  const request = await seen(deps, principal, requestId);
  if (!request.ok) return request;
  const notice = request.value.notices.find(({ id }) => id === noticeId);
  if (!notice || !maySeeNotice(principal, request.value, notice))
    return refuse("notice-not-found", "The request has no such notice.");
  return ok({ notice, download: await deps.links.downloadLink(request.value.id, notice, deps.clock.now()) });
}
