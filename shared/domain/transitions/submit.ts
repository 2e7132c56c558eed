import type { Policy } from "../../policy/policy.ts";
import { type Instant, shareOf } from "../calendar.ts";
import { clockOf, evaluatedLines } from "../evaluate.ts";
import { genesisHash } from "../events.ts";
import type { RequestId } from "../identifiers.ts";
import type { HeardEvent, Line, Membership, Network, Referral, Request } from "../request.ts";
import type { Submission } from "../submission.ts";
import { type Change, type Context, sealed, type Transition } from "../transition.ts";
import type { RequestStatus } from "../vocabulary.ts";

export type NewRequest = {
  readonly id: RequestId;
  readonly organization: string | null;
  readonly servicingOrganization: string | null;
  readonly keyedBy: string | null;
  readonly submission: Submission;
  readonly network: Network;
  readonly membership: Membership;
  readonly receivedAt: Instant;
  /** Of the table's last restore. */
  readonly epoch: number;
  /** The vendor's case, when the provider went to the vendor first. */
  readonly openedCase?: Omit<HeardEvent, "type">;
};

/** How a request begins, for the reader: clinical documents come after it, so nothing that needs a decision is complete yet. */
export const beginning = {
  name: "submit",
  to: ["awaiting-information", "not-required"],
  emits: ["request.submitted", "referral.acknowledged"],
} as const satisfies Pick<Transition<never>, "name" | "emits"> & { to: readonly RequestStatus[] };

/** A request comes into being: judged line by line, its clock started at receipt (42 CFR 438.210(d), 422.568). */
export function submitted(command: NewRequest, context: Context): Change {
  const { submission, network, membership, receivedAt, openedCase } = command;
  const lines = evaluatedLines(submission, { network, membership, receivedAt }, context.policy);
  const unhurried = {
    priority: submission.priority,
    expedites: [],
    extensions: [],
    questions: [],
    completeAt: null,
    continuations: [],
  };
  const clock = clockOf({ submission, lines, network, receivedAt, ...unhurried }, context.policy);
  const waiting = referralFor(lines, receivedAt, clock[0]?.dueAt, context.policy);
  // A case for services that the vendor does not decide is ours at once; what the vendor says of it later is known by its case.
  const opened = waiting ?? newReferral(context.now, context.policy);
  const referral: Referral | null = openedCase
    ? {
        ...opened,
        status: waiting ? "acknowledged" : "returned",
        caseId: openedCase.caseId,
        releasedAt: context.now,
        sentAt: context.now,
        heard: [{ ...openedCase, type: "opened" }],
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
    membership,
    receivedAt,
    retrospective: false,
    ...unhurried,
    missedAt: null,
    missed: [],
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
    assignment: null,
    notes: [],
    peerToPeer: [],
    notices: [],
    closure: null,
    appeals: [],
    reductions: [],
    supersessions: [],
    reminded: {},
    wakesAt: null,
    vendorSilentFrom: null,
    updatedAt: context.now,
    epoch: command.epoch,
    lastSequence: 0,
    lastHash: genesisHash,
  };
  const acknowledged = openedCase ? [{ type: "referral.acknowledged" as const, caseId: openedCase.caseId }] : [];
  return sealed(
    blank,
    blank,
    [{ type: "request.submitted", lines: lines.map((line) => line.lineNumber) }, ...acknowledged],
    context,
  );
}

/** Lines that the vendor decides are referred: when nothing is missing, or at a share of the clock, whichever is first. */
export function referralFor(
  lines: readonly Line[],
  receivedAt: Instant,
  dueAt: Instant | null | undefined,
  policy: Policy,
): Referral | null {
  if (!dueAt || !lines.some((line) => line.route === "vendor")) return null;
  return newReferral(shareOf(receivedAt, dueAt, policy.plan.referralDueAtShareOfClock), policy);
}

function newReferral(dueAt: Instant, policy: Policy): Referral {
  const vendor = policy.imagingVendor;
  return {
    vendor: vendor.name,
    portalUrl: vendor.portalUrl,
    status: "waiting",
    number: 1,
    caseId: null,
    dueAt,
    releasedAt: null,
    sentAt: null,
    heard: [],
  };
}
