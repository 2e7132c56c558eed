import type { Document } from "../domain/document.ts";
import type { EventType } from "../domain/events.ts";
import type { RequestId } from "../domain/identifiers.ts";
import { isOpen, linesToDecide, type Request } from "../domain/request.ts";
import { ok } from "../domain/result.ts";
import { apply, type Transition } from "../domain/transition.ts";
import { recordReferralFailed, recordReferralSent } from "../domain/transitions/refer.ts";
import type { Requests, Vendor } from "../ports.ts";
import { type ChangeDeps, change } from "./change.ts";

export type ReferDeps = Omit<ChangeDeps, "requests"> & {
  readonly requests: Pick<Requests, "find" | "findWithDocuments" | "save">;
  readonly vendor: Vendor;
  /** The address at which the vendor reads documents, with its own token. */
  readonly apiUrl: string;
};

export type Notification = {
  readonly requestId: RequestId;
  readonly sequence: number;
  readonly epoch?: number;
  readonly type: EventType;
  /** The queue gives up after this delivery. */
  readonly lastChance: boolean;
};

export type Delivery = "delivered" | "nothing-to-do" | "given-up";

/**
 * Sends the referral, or news of it, to the vendor. Exactly one case opens: deliveries may repeat, the idempotency key is the same.
 *
 * @throws when the vendor could not be reached, so that the queue delivers again
 */
export async function referToVendor(deps: ReferDeps, notification: Notification): Promise<Delivery> {
  const found = await deps.requests.findWithDocuments(notification.requestId);
  const referral = found?.request.referral;
  if (!found || !referral || referral.releasedAt === null) return "nothing-to-do";
  const { request, documents } = found;
  if (notification.type === "referral.recalled") {
    // It may still take in what it is told, and decide: that it need not is told once it was asked.
    if (referral.sentAt === null) return "nothing-to-do";
    await tell(deps, request, documents, updateKey(request.id, referral.number, notification));
    return "delivered";
  }
  const settled = referral.status === "returned" || referral.status === "decided" || referral.status === "failed";
  const ended = notification.type === "request.withdrawn" || notification.type === "request.closed";
  if (ended && referral.status !== "returned" && referral.status !== "decided") {
    // The vendor may have a case even where the referral failed: its answer may be what was lost.
    if (referral.sentAt === null && referral.status !== "failed") return "nothing-to-do";
    await tell(deps, request, documents, updateKey(request.id, referral.number, notification));
    return "delivered";
  }
  // After any other end the vendor has nothing to do any more.
  if (settled || !isOpen(request)) return "nothing-to-do";

  if (referral.sentAt === null) {
    // The vendor may decide before its answer is here: what it decides is not to be older than what it was sent.
    const sentAt = deps.clock.now();
    const reply = await deps.vendor.refer(`${request.id}.${referral.number}`, referralBody(request, documents, deps.apiUrl));
    if (reply.taken) {
      const sent = await record(deps, request.id, recordReferralSent, { number: referral.number, sentAt });
      // Taken back or closed while it was on its way: the news of that found nothing sent yet, so it is told now.
      if (sent?.status === "withdrawn" || sent?.status === "closed")
        await tell(deps, sent, documents, `${request.id}.${referral.number}.${sent.status}`);
      return "delivered";
    }
    if (!reply.permanent && !notification.lastChance) throw new Error(reply.reason);
    await record(deps, request.id, recordReferralFailed, {
      number: referral.number,
      reason: `The referral was not taken: ${reply.reason}.`,
    });
    return "given-up";
  }

  if (notification.type === "referral.released" || notification.type === "history.restored") return "nothing-to-do";
  await tell(deps, request, documents, updateKey(request.id, referral.number, notification));
  return "delivered";
}

/** News has no state to fail in: what the vendor does not take ends among the dead letters, where it is seen. */
async function tell(deps: ReferDeps, request: Request, documents: readonly Document[], key: string): Promise<void> {
  const reply = await deps.vendor.update(key, request.id, newsBody(request, documents, deps.apiUrl));
  if (!reply.taken) throw new Error(reply.reason);
}

/** A number that is used again after a restore is other news, and the vendor must not take it for a repeat. */
const updateKey = (id: RequestId, number: number, { epoch, sequence }: Notification): string =>
  [id, number, ...(epoch ? [epoch] : []), sequence].join(".");

/** @returns the request after it; nothing when it had ended in a way that refuses the change, and needs none */
async function record<Command>(
  deps: ReferDeps,
  id: RequestId,
  transition: Transition<Command>,
  command: Command,
): Promise<Request | undefined> {
  const load = async () => {
    const request = await deps.requests.find(id);
    if (!request) throw new Error("a referral without its request");
    return ok(request);
  };
  const done = await change(deps, load, { type: "system", id: "refer-to-vendor" }, (request, context) =>
    apply(transition, request, command, context),
  );
  if (!done.ok && done.refusal.problem !== "not-possible-now") throw new Error(done.refusal.problem);
  return done.ok ? done.value : undefined;
}

/** What the vendor needs to decide, and by when. */
function referralBody(request: Request, documents: readonly Document[], apiUrl: string) {
  const { submission } = request;
  return {
    requestId: request.id,
    referralNumber: request.referral?.number,
    receivedAt: request.receivedAt,
    dueAt: request.clock[0]?.dueAt,
    priority: request.priority,
    lineOfBusiness: submission.lineOfBusiness,
    state: submission.state,
    member: submission.member,
    requestingProvider: submission.requestingProvider,
    servicingProvider: submission.servicingProvider,
    servicingFacility: submission.servicingFacility,
    diagnoses: submission.diagnoses,
    clinicalSummary: submission.clinicalSummary,
    lines: linesToDecide(request)
      .filter((line) => line.route === "vendor")
      .map((line) => ({ lineNumber: line.lineNumber, ...submission.lines[line.lineNumber - 1] })),
    documents: links(request.id, documents, apiUrl),
  };
}

/** All that is known now: what was missing when the referral went out may be what the vendor waits for. */
const newsBody = (request: Request, documents: readonly Document[], apiUrl: string) => ({
  ...referralBody(request, documents, apiUrl),
  caseId: request.referral?.caseId ?? undefined,
  status: request.status,
  answers: request.answers,
});

/** Links are to our own API: whoever follows one shows the vendor's token, and gets only what is verified. */
const links = (requestId: RequestId, documents: readonly Document[], apiUrl: string) =>
  documents
    .filter((document) => document.status === "available")
    .map(({ id, description: { kind, contentType, size, sha256 } }) => ({
      id,
      kind,
      contentType,
      size,
      sha256,
      url: `${apiUrl}/v1/requests/${requestId}/documents/${id}`,
    }));
