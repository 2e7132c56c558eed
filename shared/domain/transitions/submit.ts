import type { Policy } from "../../policy/policy.ts";
import { type Instant, shareOf } from "../calendar.ts";
import { clockOf, evaluatedLines } from "../evaluate.ts";
import { genesisHash } from "../events.ts";
import type { RequestId } from "../identifiers.ts";
import type { Line, Network, Referral, Request } from "../request.ts";
import type { Submission } from "../submission.ts";
import { type Change, type Context, sealed } from "../transition.ts";

export type NewRequest = {
  readonly id: RequestId;
  readonly organization: string | null;
  readonly servicingOrganization: string | null;
  readonly keyedBy: string | null;
  readonly submission: Submission;
  readonly network: Network;
  readonly receivedAt: Instant;
  /** The vendor's case, when the provider went to the vendor first. */
  readonly openedCase?: {
    readonly caseId: string;
    readonly version: number;
    readonly eventId: string;
    readonly fingerprint: string;
  };
};

/** A request comes into being: judged line by line, its clock started at receipt (42 CFR 438.210(d), 422.568). */
export function submitted(command: NewRequest, context: Context): Change {
  const { submission, network, receivedAt, openedCase } = command;
  const lines = evaluatedLines(submission, network, context.policy);
  const clock = clockOf({ submission, lines, network, receivedAt }, context.policy);
  const waiting = referralFor(lines, receivedAt, clock[0]?.dueAt, context.policy);
  const referral: Referral | null =
    waiting && openedCase
      ? {
          ...waiting,
          status: "acknowledged",
          caseId: openedCase.caseId,
          releasedAt: context.now,
          sentAt: context.now,
          heard: [
            { version: openedCase.version, eventId: openedCase.eventId, type: "opened", fingerprint: openedCase.fingerprint },
          ],
        }
      : waiting;
  const blank: Request = {
    id: command.id,
    version: 0,
    organization: command.organization,
    servicingOrganization: command.servicingOrganization,
    keyedBy: command.keyedBy,
    submission,
    network,
    receivedAt,
    completeAt: null,
    clock,
    policyVersion: context.policy.version,
    lines,
    missing: [],
    status: "in-review",
    referral,
    informationRequest: null,
    answers: [],
    documents: [],
    exception:
      openedCase && !waiting ? { reason: "The vendor opened a case for services that it does not decide.", at: context.now } : null,
    withdrawal: null,
    authorization: null,
    updatedAt: context.now,
    lastSequence: 0,
    lastHash: genesisHash,
  };
  const opened = openedCase ? [{ type: "referral.acknowledged" as const, caseId: openedCase.caseId }] : [];
  return sealed(blank, blank, [{ type: "request.submitted", lines: lines.map((line) => line.lineNumber) }, ...opened], context);
}

/** Lines that the vendor decides are referred: when nothing is missing, or at a share of the clock, whichever is first. */
export function referralFor(
  lines: readonly Line[],
  receivedAt: Instant,
  dueAt: Instant | undefined,
  policy: Policy,
): Referral | null {
  if (dueAt === undefined || !lines.some((line) => line.route === "vendor")) return null;
  const vendor = policy.imagingVendor;
  return {
    vendor: vendor.name,
    portalUrl: vendor.portalUrl,
    status: "waiting",
    number: 1,
    caseId: null,
    dueAt: shareOf(receivedAt, dueAt, policy.plan.referralDueAtShareOfClock),
    releasedAt: null,
    sentAt: null,
    heard: [],
  };
}
