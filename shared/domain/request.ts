import { type Appeal, openAppeals } from "./appeal.ts";
import type { Instant } from "./calendar.ts";
import type { ClockCandidate, Question } from "./clock.ts";
import type { Decision } from "./decision.ts";
import type { DocumentId, RequestId } from "./identifiers.ts";
import type { Notice } from "./notice.ts";
import type { Reduction } from "./reduction.ts";
import type { LineRequirement } from "./requirement.ts";
import type { Submission } from "./submission.ts";
import type { Supersession } from "./supersession.ts";
import type {
  CloseReason,
  DocumentKind,
  ExpediteRequester,
  MissingItem,
  Priority,
  Queue,
  ReferralStatus,
  ReminderKind,
  RequestStatus,
} from "./vocabulary.ts";

/** The aggregate: everything about one request that must change together, saved by one conditional write. */
export type Request = {
  readonly id: RequestId;
  /** Counts the request's own changes from 1; relaying events does not count. */
  readonly version: number;
  /** The requesting organization, fixed at submission; `null` when only the plan sees the request. */
  readonly organization: string | null;
  /** Home organization of the servicing NPI: it may read by id. */
  readonly servicingOrganization: string | null;
  /** The clerk who keyed it in (issuer and subject), who may read it by id. */
  readonly keyedBy: string | null;
  readonly submission: Submission;
  readonly network: Network;
  readonly membership: Membership;
  /** Receipt by the plan: the clock's start, whoever keyed it in and whenever. */
  readonly receivedAt: Instant;
  /** Asked for after a service had been delivered. */
  readonly retrospective: boolean;
  /** When nothing was missing, and no question of the plan open, for the first time. */
  readonly completeAt: Instant | null;
  /** As it is decided now: it may have been expedited after its submission. */
  readonly priority: Priority;
  /** What was asked for by way of haste after the submission, the latest last. */
  readonly expedites: readonly Expedite[];
  readonly clock: readonly ClockCandidate[];
  /** At most one for each time that something was asked for, the latest last. */
  readonly extensions: readonly Extension[];
  /** The due time that has passed without a decision, the latest ask's if it was one of several. It stays once all is decided. */
  readonly missedAt: Instant | null;
  /** Rows of the clock that have ended without a decision, and with what the law makes of it. */
  readonly missed: readonly MissedRow[];
  /** Everything that the plan has asked the provider, as it bears on the clock. */
  readonly questions: readonly Question[];
  readonly policyVersion: string;
  readonly lines: readonly Line[];
  readonly missing: readonly MissingItem[];
  readonly status: RequestStatus;
  readonly referral: Referral | null;
  readonly informationRequest: InformationRequest | null;
  readonly answers: readonly Answer[];
  readonly documents: readonly AttachedDocument[];
  /** Something the vendor said that a person must judge. */
  readonly exception: { readonly reason: string; readonly at: Instant } | null;
  readonly withdrawal: { readonly reason: string; readonly at: Instant; readonly by: string } | null;
  /** Ended by the plan without being judged. */
  readonly closure: Closure | null;
  readonly authorization: Authorization | null;
  /** Against adverse decisions, the latest last. */
  readonly appeals: readonly Appeal[];
  /** Of what was authorized, while services run, the latest last. */
  readonly reductions: readonly Reduction[];
  /** By revisions that stand in the place of what was authorized here, the latest last. */
  readonly supersessions: readonly Supersession[];
  /** Days that were asked for after a stay was authorized, the latest last: each is a line of its own. */
  readonly continuations: readonly Continuation[];
  /** Who of the plan works on it, until when: another may take it up after that. */
  readonly assignment: Assignment | null;
  /** For the plan's eyes only. */
  readonly notes: readonly Note[];
  readonly peerToPeer: readonly Talk[];
  /** Letters about it that lie in the records. */
  readonly notices: readonly Notice[];
  /** By kind: the latest moment at which somebody was to be reminded, and was. */
  readonly reminded: Partial<Readonly<Record<ReminderKind, Instant>>>;
  /** When something happens by itself next; `null`: nothing will. */
  readonly wakesAt: Instant | null;
  /** From when on the vendor has been silent too long; `null` while nothing is owed. */
  readonly vendorSilentFrom: Instant | null;
  readonly updatedAt: Instant;
  /** Of the last restore that its history has noted, or in which it began, in Unix seconds; 0 without one. */
  readonly epoch: number;
  readonly lastSequence: number;
  readonly lastHash: string;
};

/**
 * Network status as the plan's directory had it, on the day of each line's service; `undefined`: the provider is not named, or its
 * line is as the request.
 */
export type Network = {
  readonly servicingProvider?: boolean;
  readonly servicingFacility?: boolean;
  /** By 1-based line number, for lines that name a provider of their own, or on whose day the request's was otherwise. */
  readonly lines?: Readonly<Record<string, boolean>>;
  /** By 1-based line number, for lines on whose day the facility was otherwise. */
  readonly facilities?: Readonly<Record<string, boolean>>;
};

/** The member as the plan's eligibility data had it. No rule closes or refuses a request for it: a person decides. */
export type Membership = {
  /** On every day of service. A member whom the data do not know counts as eligible. */
  readonly eligible: boolean;
  /** The days that were asked about, in order. */
  readonly checkedFor: readonly string[];
  /** Programs that the data add to those of the submission, by 1-based line number. */
  readonly programs?: Readonly<Record<string, readonly string[]>>;
};

export type Line = LineRequirement & {
  readonly lineNumber: number;
  /** Waits for the medical director. */
  readonly escalated: boolean;
  readonly decision: Decision | null;
};

export type Referral = {
  readonly vendor: string;
  readonly portalUrl: string;
  readonly status: ReferralStatus;
  /** Counts the referrals of this request: the vendor opens one case per number. */
  readonly number: number;
  readonly caseId: string | null;
  /** Sent when nothing is missing or at this moment, whichever is first. */
  readonly dueAt: Instant;
  readonly releasedAt: Instant | null;
  readonly sentAt: Instant | null;
  /** What the vendor has said so far, by the version of its case: replays and contradictions are known by it. */
  readonly heard: readonly HeardEvent[];
};

export type HeardEvent = {
  readonly caseId: string;
  readonly version: number;
  readonly eventId: string;
  readonly type: string;
  readonly fingerprint: string;
};

export type InformationRequest = {
  readonly askedBy: "vendor" | "plan";
  readonly items: readonly { readonly code: string; readonly text: string }[];
  readonly at: Instant;
  /** Until when the answer is awaited; `null`: the vendor's own matter. */
  readonly dueAt: Instant | null;
};

/** Asked for by whom: a physician's word must be followed, a member's is judged (42 CFR 422.570(c), 438.210(d)(2)). */
export type Expedite = {
  readonly at: Instant;
  readonly reason: string;
  readonly requestedBy: ExpediteRequester;
  /** `null` while nobody has judged it. */
  readonly granted: boolean | null;
  /** By a reviewer; a physician's word is followed at once, and judged by nobody. */
  readonly judgedAt?: Instant;
};

/** The plan took more time, and said so before the time was up. */
export type Extension = { readonly at: Instant; readonly reason: string; readonly by: string; readonly dueBefore: Instant };

/** The same row may end again for more days of a stay: those have a clock of their own. */
export type MissedRow = { readonly rule: string; readonly dueAt: Instant };

export type Closure = {
  readonly reason: CloseReason;
  readonly duplicateOf: RequestId | null;
  readonly at: Instant;
  readonly by: string;
};

export type Continuation = {
  readonly lineNumber: number;
  /** ISO; the first of the days. */
  readonly from: string;
  readonly days: number;
  /** The start of their clock. */
  readonly askedAt: Instant;
  readonly by: string;
};

export type Assignment = { readonly to: string; readonly name: string; readonly at: Instant; readonly until: Instant };
export type Note = {
  readonly at: Instant;
  readonly by: { readonly subject: string; readonly name: string };
  readonly text: string;
};
/** A talk between the plan's clinician and the provider's before an adverse decision. */
export type Talk = {
  readonly at: Instant;
  readonly by: { readonly subject: string; readonly name: string; readonly credential: string | null };
  readonly with: string;
  readonly summary: string;
};

export type Answer = { readonly code: string; readonly text: string; readonly at: Instant };

export type AttachedDocument = {
  readonly id: DocumentId;
  readonly kind: DocumentKind;
  readonly status: "pending" | "available" | "rejected" | "expired";
};

export type Authorization = { readonly number: string; readonly from: string | null; readonly to: string | null };

/** The vendor is still to hear from us: not while it decides nothing any more, nor when it could not be reached. */
export const awaitsRelease = ({ releasedAt, status }: Referral): boolean =>
  releasedAt === null && (status === "waiting" || status === "acknowledged" || status === "information-requested");

/** Lines that need a decision: all but those that need no authorization. */
export const linesToDecide = (request: Pick<Request, "lines">): readonly Line[] =>
  request.lines.filter((line) => line.requirement !== "not-required");

/**
 * Status rolls up over the lines that need a decision. With none it is not-required, whatever is absent; a withdrawal or a closure ends everything;
 * something missing or an open question comes before the work on the lines; then who owes the next decision; then the decisions.
 */
export function statusOf(
  request: Pick<Request, "lines" | "missing" | "informationRequest" | "withdrawal" | "closure">,
): RequestStatus {
  if (request.withdrawal) return "withdrawn";
  if (request.closure) return "closed";
  const lines = linesToDecide(request);
  if (lines.length === 0) return "not-required";
  const undecided = lines.filter((line) => line.decision === null);
  if (undecided.length > 0) {
    if (request.missing.length > 0 || request.informationRequest) return "awaiting-information";
    const withPlan = undecided.filter((line) => line.route === "plan");
    if (withPlan.some((line) => line.escalated)) return "medical-director-review";
    return withPlan.length > 0 ? "in-review" : "referred-to-vendor";
  }
  const outcomes = new Set(lines.map((line) => line.decision?.outcome));
  if (outcomes.size === 1 && outcomes.has("approved")) return "approved";
  if (outcomes.size === 1 && outcomes.has("denied")) return "denied";
  return "partially-approved";
}

/** The time that rules: the earliest candidate's, until everything is decided or closed. */
export const dueAt = (request: Request): Instant | null => (isOpen(request) ? (request.clock[0]?.dueAt ?? null) : null);

export const isOpen = (request: Pick<Request, "status">): boolean =>
  request.status === "awaiting-information" ||
  request.status === "in-review" ||
  request.status === "medical-director-review" ||
  request.status === "referred-to-vendor";

/** Days of a stay that wait for their decision beside what is authorized. */
export const underReviewAgain = ({ continuations, lines }: Pick<Request, "continuations" | "lines">): Continuation | undefined =>
  continuations.find(({ lineNumber }) => {
    const line = lines[lineNumber - 1];
    return line?.requirement !== "not-required" && line?.decision === null;
  });

/** The receipt, or the moment at which more days of a stay were asked for that are undecided. */
export const clockStartOf = (request: Request): Instant => underReviewAgain(request)?.askedAt ?? request.receivedAt;

/** Of the latest ask: more days of a stay may be extended though the first days were. */
export const extensionOf = ({ extensions, continuations, receivedAt }: Asked): Extension | undefined =>
  extensions.findLast(({ at }) => at >= (continuations.at(-1)?.askedAt ?? receivedAt));
type Asked = Pick<Request, "extensions" | "continuations" | "receivedAt">;

/** The row that ends next, or has ended and was not noted yet. */
export const nextToMiss = (request: Request): MissedRow | undefined =>
  (isOpen(request) ? request.clock : [])
    .flatMap(({ rule, dueAt }) => (dueAt === null ? [] : [{ rule, dueAt }]))
    .find((row) => !request.missed.some(({ rule, dueAt }) => rule === row.rule && dueAt === row.dueAt));

/** Time that has run out is no assignment any more. */
export const assignmentAt = ({ assignment }: Request, now: Instant): Assignment | null =>
  assignment && assignment.until > now ? assignment : null;

/**
 * Who works on the request now; `null` while nobody of the plan has to. What the vendor contradicted comes first, then an appeal: it
 * takes a clinician, whatever else is open.
 */
export function queueOf(request: Request): Queue | null {
  if (request.exception) return "vendor-exceptions";
  if (openAppeals(request).length > 0) return "medical-director";
  if (request.status === "awaiting-information") return request.informationRequest?.askedBy === "vendor" ? null : "intake";
  if (request.status === "in-review") return "nurse";
  return request.status === "medical-director-review" ? "medical-director" : null;
}
