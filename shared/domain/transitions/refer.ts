import { awaitsRelease } from "../request.ts";
import { transition, vendorLines } from "../transition.ts";
import { openStatuses, requestStatuses } from "../vocabulary.ts";

/** A share of the clock has passed and something is still missing: the vendor gets what there is. */
export const releaseReferral = transition<Record<never, never>>({
  name: "release the referral",
  from: openStatuses,
  to: {},
  emits: ["referral.released"],
  already: (request, _command, { now }) =>
    request.referral === null || !awaitsRelease(request.referral) || request.referral.dueAt > now,
  decide: (request, _command, { now }) =>
    request.referral ? { ...request, referral: { ...request.referral, releasedAt: now } } : request,
  events: (_before, _command, after) => [{ type: "referral.released", lines: vendorLines(after) }],
});

/** The vendor took the referral. Its own acknowledgement, or even its decision, may have arrived before this. */
export const recordReferralSent = transition<{ number: number }>({
  name: "record the referral as sent",
  from: requestStatuses,
  to: {},
  emits: ["referral.sent"],
  already: (request, { number }) => request.referral?.number !== number || request.referral.sentAt !== null,
  decide: (request, _command, { now }) => {
    const { referral } = request;
    if (!referral) return request;
    return { ...request, referral: { ...referral, status: referral.status === "waiting" ? "sent" : referral.status, sentAt: now } };
  },
  events: (_before, _command, after) => [{ type: "referral.sent", lines: vendorLines(after) }],
});

/** The vendor cannot be reached or will not take the referral: a person has to see to it while the clock runs. */
export const recordReferralFailed = transition<{ number: number; reason: string }>({
  name: "record the referral as failed",
  from: openStatuses,
  to: {},
  emits: ["referral.failed"],
  already: (request, { number }) =>
    request.referral?.number !== number || request.referral.sentAt !== null || request.referral.status !== "waiting",
  decide: (request, { reason }, { now }) =>
    request.referral
      ? { ...request, referral: { ...request.referral, status: "failed" }, exception: { reason, at: now } }
      : request,
  events: () => [{ type: "referral.failed" }],
});
