import { type Appeal, appealDueAt, isOverdue } from "../domain/appeal.ts";
import type { BenefitStanding } from "../domain/benefit.ts";
import { dayOf, isOver } from "../domain/calendar.ts";
import type { Decision } from "../domain/decision.ts";
import type { Document } from "../domain/document.ts";
import { linesInCommon } from "../domain/duplicates.ts";
import type { RequestEvent } from "../domain/events.ts";
import { isDraft, isOvertaken, type Notice } from "../domain/notice.ts";
import { type Reduction, standingOfReduction } from "../domain/reduction.ts";
import { referenceOf } from "../domain/reference.ts";
import { assignmentAt, dueAt, extensionOf, isOpen, linesToDecide, queueOf, type Request } from "../domain/request.ts";
import { inpatientFamily } from "../domain/vocabulary.ts";
import type { Policy } from "../policy/policy.ts";
import type { UploadForm } from "../ports.ts";

/** What clients get to see: shapes of the contract, `null` where something does not exist yet. */

export function requestView(request: Request, documents: readonly Document[] | undefined, reading: Reading) {
  const {
    now,
    policy,
    reviews,
    mayRead = (notice: Notice) => (reviews ? !isOvertaken(request, notice) : !isDraft(notice)),
    similar,
    benefits,
  } = reading;
  const { submission, referral } = request;
  return {
    ...summaryView(request, now),
    organization: request.organization,
    retrospective: request.retrospective,
    ...(reviews && { eligibility: { eligible: request.membership.eligible, checkedFor: request.membership.checkedFor } }),
    completeAt: request.completeAt,
    dueRule: dueRuleOf(request),
    clock: request.clock,
    extended: extensionOf(request) !== undefined,
    missing: request.missing,
    policyVersion: request.policyVersion,
    setting: submission.setting,
    emergency: submission.emergency,
    postStabilization: submission.postStabilization,
    state: submission.state,
    member: submission.member,
    requestingProvider: submission.requestingProvider,
    servicingProvider: submission.servicingProvider,
    servicingFacility: submission.servicingFacility,
    outOfNetworkReason: submission.outOfNetworkReason,
    admission: submission.admission,
    clinicalTrial: submission.clinicalTrial,
    certification: submission.certification,
    expedite: submission.expedite,
    diagnoses: submission.diagnoses,
    clinicalSummary: submission.clinicalSummary,
    lines: request.lines.map(({ escalated: _, decision, ...line }) => ({
      ...submission.lines[line.lineNumber - 1],
      ...line,
      decision: decision && decisionView(decision),
    })),
    reminder: policy.plan.reminder,
    referral: referral && {
      vendor: referral.vendor,
      portalUrl: referral.portalUrl,
      status: referral.status,
      caseId: referral.caseId,
      sentAt: referral.sentAt,
    },
    informationRequest: request.informationRequest,
    answers: request.answers,
    documents: documents
      ? [...documents].sort(byRegistration).map(documentView)
      : request.documents.map(({ id, kind, status }) => ({ id, kind, status: status === "pending" ? "awaiting-upload" : status })),
    exception: request.exception,
    withdrawal: request.withdrawal && { reason: request.withdrawal.reason, at: request.withdrawal.at },
    closure: request.closure && { reason: request.closure.reason, at: request.closure.at },
    closeReason: request.closure?.reason ?? null,
    appeals: request.appeals.map((appeal) => appealView(appeal, isOverdue(request, appeal, now))),
    reductions: request.reductions.map((reduction) => reductionView(request, reduction, dayOf(now, policy.plan.timeZone))),
    supersededBy: request.supersessions.map(({ by, ...superseded }) => ({ authorizationNumber: by, ...superseded })),
    continuedStay: request.continuations.map(({ by: _, ...more }) => more),
    notices: request.notices.filter(mayRead).map(noticeView),
    ...(reviews
      ? {
          review: {
            assignment: assignmentAt(request, now),
            notes: request.notes,
            peerToPeer: request.peerToPeer,
            duplicateOf: request.closure?.duplicateOf ?? null,
            ...(similar ? { similar: similar.map((other) => similarView(request, other)) } : {}),
            ...(benefits ? { benefits } : {}),
          },
        }
      : {}),
  };
}

/** Who reads, and what is known besides the request itself. */
export type Reader = {
  /** What the plan's data say of the member is for reviewers alone, or whoever submits could ask about anybody. */
  readonly reviews: boolean;
  /** How the benefits stand, where they were asked for. */
  readonly benefits?: readonly BenefitStanding[];
  /** Which letters; what is not said is any that is sent, and to reviewers drafts besides. */
  readonly mayRead?: (notice: Notice) => boolean;
  /** Other requests for the same member that ask for some of the same. */
  readonly similar?: readonly Request[];
};

/** With the instant for `overdue`, and the plan's reminder. */
type Reading = Reader & { readonly now: string; readonly policy: Pick<Policy, "plan"> };

/** Without the subjects, which are those of tokens. */
const appealView = ({ filedBy: _, decision, ...appeal }: Appeal, overdue: boolean) => ({
  ...appeal,
  overdue,
  decision: decision && {
    ...decision,
    decidedBy: { name: decision.decidedBy.name, credential: decision.decidedBy.credential },
    replaced: decision.replaced.map((one) => ({ ...one, decision: decisionView(one.decision) })),
  },
});

const reductionView = (request: Request, reduction: Reduction, today: string) => ({
  ...reduction,
  decidedBy: { name: reduction.decidedBy.name, credential: reduction.decidedBy.credential },
  standing: standingOfReduction(request, reduction, today),
});

const similarView = (request: Request, other: Request) => ({
  id: other.id,
  organization: other.organization,
  status: other.status,
  receivedAt: other.receivedAt,
  lines: linesInCommon(request, other),
});

/** Of an inpatient stay, when it is reviewed next: on the last of its days. */
const authorizationView = ({ authorization, submission }: Request) =>
  authorization && {
    ...authorization,
    ...(inpatientFamily.includes(submission.setting) ? { nextReviewAt: authorization.to } : {}),
  };

/** The rule that sets `dueAt`. */
const dueRuleOf = (request: Request) => (isOpen(request) ? (request.clock[0]?.rule ?? null) : null);

/** One row of a worklist. */
export const worklistView = (request: Request, now: string) => ({
  ...summaryView(request, now),
  queue: queueOf(request),
  dueRule: dueRuleOf(request),
  extended: extensionOf(request) !== undefined,
  missing: request.missing,
  appealDueAt: appealDueAt(request),
  categories: [...new Set(linesToDecide(request).flatMap(({ category }) => category ?? []))],
  assignment: assignmentAt(request, now),
});

/** Without the reviewer's subject, which is the plan's own. */
const decisionView = ({ decidedBy: { name, credential }, ...decision }: Decision) => ({
  ...decision,
  decidedBy: { name, credential },
});

/** One row of a list. */
export function summaryView(request: Request, now: string) {
  const due = dueAt(request);
  return {
    id: request.id,
    version: request.version,
    status: request.status,
    channel: request.submission.channel,
    lineOfBusiness: request.submission.lineOfBusiness,
    priority: request.priority,
    receivedAt: request.receivedAt,
    dueAt: due,
    overdue: isOver(due, now),
    missedAt: request.missedAt,
    authorization: authorizationView(request),
    reference: referenceOf(request),
    updatedAt: request.updatedAt,
  };
}

/** They come from the table by their ids, which say nothing of time. */
const byRegistration = (a: Document, b: Document) =>
  a.registeredAt < b.registeredAt ? -1 : a.registeredAt > b.registeredAt ? 1 : 0;

export function documentView(document: Document) {
  const { fileName, contentType, size, kind } = document.description;
  return {
    id: document.id,
    fileName,
    contentType,
    size,
    kind,
    status: document.status,
    registeredAt: document.registeredAt,
    ...(document.reason === null ? {} : { reason: document.reason }),
  };
}

export const noticeView = (notice: Notice) => ({
  id: notice.id,
  audience: notice.audience,
  kind: notice.kind,
  at: notice.at,
  draft: isDraft(notice),
});

export const registeredView = (document: Document, upload: UploadForm | null) => ({
  ...documentView(document),
  ...(upload ? { upload } : {}),
});

export const eventsView = (events: readonly RequestEvent[]) => ({ events });
