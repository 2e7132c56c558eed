import type { Instant } from "../calendar.ts";
import { recallAt } from "../reminders.ts";
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

/**
 * The vendor took the referral. Its own acknowledgement, or even its decision, may have arrived before this; it was sent before them.
 * `sentAt`: when, unless it is now.
 */
export const recordReferralSent = transition<{ number: number; sentAt?: Instant }>({
  name: "record the referral as sent",
  from: requestStatuses,
  to: {},
  emits: ["referral.sent"],
  already: (request, { number }) => request.referral?.number !== number || request.referral.sentAt !== null,
  decide: (request, { sentAt }, { now }) => {
    const { referral } = request;
    if (!referral) return request;
    const status = referral.status === "waiting" ? "sent" : referral.status;
    return { ...request, referral: { ...referral, status, sentAt: sentAt ?? now } };
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

/**
 * The vendor has not decided in its share of the clock: the plan does, by the receipt and the due time that there are. What the vendor
 * decides later is for a person.
 */
export const recallReferral = transition<Record<never, never>>({
  name: "recall the referral",
  from: openStatuses,
  to: {
    "referred-to-vendor": ["in-review"],
    "awaiting-information": ["in-review", "medical-director-review"],
  },
  emits: ["referral.recalled"],
  already: (request, _command, { now, policy }) => {
    const at = recallAt(request, policy.plan.reminders);
    return at === null || at > now;
  },
  decide: (request) => ({
    ...request,
    referral: request.referral && { ...request.referral, status: "returned" },
    // The vendor's question falls with its case; one that the plan has asked stays open.
    informationRequest: request.informationRequest?.askedBy === "vendor" ? null : request.informationRequest,
    lines: request.lines.map((line) =>
      line.route === "vendor" && line.decision === null
        ? { ...line, route: "plan", because: "The vendor did not decide in its share of the time: the plan does." }
        : line,
    ),
  }),
  events: (before) => [
    {
      type: "referral.recalled",
      lines: before.lines
        .filter(({ route, decision }) => route === "vendor" && decision === null)
        .map(({ lineNumber }) => lineNumber),
    },
  ],
});
