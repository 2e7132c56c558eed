import type { Instant } from "../shared/domain/calendar.ts";
import type { DecidedAsk } from "../shared/domain/decided-asks.ts";
import type { Actor } from "../shared/domain/events.ts";
import type { DocumentId, MemberId, Npi, RequestId } from "../shared/domain/identifiers.ts";
import type { Membership, Network, Request } from "../shared/domain/request.ts";
import type { LineFacts } from "../shared/domain/requirement.ts";
import type { Result } from "../shared/domain/result.ts";
import type { Submission, SubmittedLine } from "../shared/domain/submission.ts";
import { apply, type Change, type Context, type Transition } from "../shared/domain/transition.ts";
import { registerDocument, settleDocument } from "../shared/domain/transitions/documents.ts";
import { releaseReferral } from "../shared/domain/transitions/refer.ts";
import { type NewRequest, submitted } from "../shared/domain/transitions/submit.ts";
import type { VendorEvent, VendorLine } from "../shared/domain/vendor-event.ts";
import { policy } from "../shared/policy/policy.ts";
import type { Policies } from "../shared/ports.ts";

/** Small builders: each says what is usual, a test says what matters to it. */

export const received: Instant = "2026-11-23T15:00:00.000Z";
export const hoursAfter = (hours: number, start: Instant = received): Instant =>
  new Date(Date.parse(start) + hours * 3_600_000).toISOString();

export const npis = { dayton: "1234567893" as Npi, miamiValley: "1245319599" as Npi, outside: "1558598797" as Npi };

export const requestId = "PA-ABCDEFGHIJKLMNOPQRSTUVWXYZ" as RequestId;
export const documentId = (letter = "A") => letter.repeat(26) as DocumentId;

export const provider: Actor = { type: "provider", id: "desk" };

/** All versions of the rules are the one that is built in. */
export const policies: Policies = { at: async () => policy, of: async () => policy };

export const at = (now: Instant, actor: Actor = provider): Context => ({ now, actor, policy });

/** An outpatient, non-emergent service by a participating provider. */
export const someFacts = (facts: Partial<LineFacts> = {}): LineFacts => ({
  lineOfBusiness: "medicaid",
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  participating: true,
  facilityParticipating: undefined,
  programs: [],
  clinicalTrial: false,
  levelOfCare: undefined,
  stayDays: undefined,
  code: undefined,
  revenueCode: undefined,
  modifiers: [],
  diagnoses: [],
  investigational: false,
  elective: !(facts.emergency ?? false),
  serviceDate: undefined,
  ...facts,
});

/** A lumbar MRI, fully described. */
export const mriLine = (line: Partial<SubmittedLine> = {}): SubmittedLine => ({
  code: "72148",
  modifiers: [],
  description: "MRI lumbar spine",
  serviceDate: "2026-12-20",
  quantity: 1,
  unit: "visit",
  investigational: false,
  ...line,
});

/** Physical therapy: the plan decides it, and visits count. */
export const therapyLine = (line: Partial<SubmittedLine> = {}): SubmittedLine =>
  mriLine({ code: "97110", description: "Therapeutic exercises", quantity: 8, ...line });

/** An office visit: it needs no authorization. */
export const visitLine = (line: Partial<SubmittedLine> = {}): SubmittedLine =>
  mriLine({ code: "99213", description: "Office visit", ...line });

/** The contract's example: nothing is missing but clinical documents. */
export const aSubmission = (submission: Partial<Submission> = {}): Submission => ({
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  member: {
    id: "10487654321" as MemberId,
    givenName: "Ada",
    familyName: "Reyes",
    birthDate: "1986-04-02",
    programs: [],
  },
  requestingProvider: { npi: npis.dayton, name: "Dayton Orthopaedics" },
  servicingProvider: { npi: npis.miamiValley, name: "Miami Valley Imaging" },
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
  lines: [mriLine()],
  clinicalSummary: "Six weeks of physical therapy without relief.",
  ...submission,
});

/** What the eligibility data say of a member who is eligible whenever it matters. */
export const asked = (membership: Partial<Membership> = {}): Membership => ({
  eligible: true,
  checkedFor: ["2026-12-20"],
  ...membership,
});

export const aChange = (
  submission: Partial<Submission> = {},
  { network = { servicingProvider: true }, ...given }: Partial<NewRequest> = {},
  context: Context = at(received),
): Change =>
  submitted(
    {
      id: requestId,
      organization: "org-demo",
      servicingOrganization: "org-imaging",
      keyedBy: null,
      submission: aSubmission(submission),
      network,
      membership: asked(),
      receivedAt: context.now,
      epoch: 0,
      ...given,
    },
    context,
  );

/** A request as it stands right after its submission. */
export const aRequest = (submission: Partial<Submission> = {}, given: Partial<NewRequest> = {}, context?: Context): Request =>
  aChange(submission, given, context).request;

/** The request after a change; throws when the change is refused. */
export function done(result: Result<Change>): Request {
  if (!result.ok) throw new Error(`${result.refusal.problem}: ${result.refusal.detail}`);
  return result.value.request;
}

/** The request once it has changed so; itself when the change was made before. Throws when it is refused. */
export const changed = <Command>(
  request: Request,
  change: Transition<Command>,
  command: Command,
  context: Context = at(hoursAfter(1)),
): Request => done(apply(change, request, command, context));

/** With a verified clinical document, and so with nothing missing. */
export function complete(request: Request, now: Instant = hoursAfter(1)): Request {
  const registered = changed(request, registerDocument, { id: documentId(), kind: "clinical" }, at(now));
  return changed(registered, settleDocument, { id: documentId(), status: "available" }, at(now));
}

/** Its referral on the way to the vendor, whether complete or not. */
export const released = (request: Request): Request =>
  request.referral?.releasedAt ? request : changed(request, releaseReferral, {}, at(request.referral?.dueAt ?? received));

/** A complete MRI request, referred. */
export const referred = (submission: Partial<Submission> = {}, network?: Network): Request =>
  complete(aRequest(submission, network ? { network } : {}));

/** An ask that was approved as asked an hour after it was received. */
export const aDecidedAsk = (more: Partial<DecidedAsk> = {}): DecidedAsk => ({
  requestId,
  ask: 1,
  submittedAt: received,
  decidedAt: hoursAfter(1),
  year: 2026,
  lineOfBusiness: "medicaid",
  priority: "standard",
  outcome: "approved",
  extended: false,
  inTime: true,
  approvedAfterAppeal: false,
  drugs: false,
  retrospective: false,
  requestVersion: 3,
  ...more,
});

export const clinician = { name: "Dr. Robin Ames", credential: "MD" };
export const denial: VendorLine = {
  lineNumber: 1,
  outcome: "denied",
  reason: { code: "0F", text: "Conservative treatment was not completed." },
  clinician,
};
export const approval: VendorLine = { lineNumber: 1, outcome: "approved", quantity: 1, from: "2026-12-20", to: "2027-03-20" };

/** What the vendor says of its case, one version after the other. */
export const vendorSays = (type: VendorEvent["type"], version: number, event: Partial<VendorEvent> = {}): VendorEvent => ({
  eventId: `event-${type}-${version}`,
  type,
  caseId: "NIA-1",
  version,
  occurredAt: hoursAfter(2),
  ...event,
});
export const vendorDecides = (version: number, lines: readonly VendorLine[] = [approval], event: Partial<VendorEvent> = {}) =>
  vendorSays("decided", version, { lines, ...event });

export const vendor: Actor = { type: "vendor", id: "NIA" };
