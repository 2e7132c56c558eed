import type { Document } from "../domain/document.ts";
import type { RequestEvent } from "../domain/events.ts";
import { referenceOf } from "../domain/reference.ts";
import { dueAt, isOpen, type Request } from "../domain/request.ts";
import type { Policy } from "../policy/policy.ts";
import type { UploadForm } from "../ports.ts";

/** What clients get to see: shapes of the contract, `null` where something does not exist yet. */

/**
 * @param now instant, for `overdue`
 * @param reviews whether the reader reviews: what the plan's data say of the member is for nobody else, or whoever submits could ask
 *   about anybody
 */
export function requestView(
  request: Request,
  documents: readonly Document[] | undefined,
  { now, policy, reviews }: { now: string; policy: Pick<Policy, "plan">; reviews: boolean },
) {
  const { submission, referral } = request;
  return {
    ...summaryView(request, now),
    organization: request.organization,
    retrospective: request.retrospective,
    ...(reviews && { eligibility: { eligible: request.membership.eligible, checkedFor: request.membership.checkedFor } }),
    completeAt: request.completeAt,
    dueRule: isOpen(request) ? (request.clock[0]?.rule ?? null) : null,
    clock: request.clock,
    extended: false,
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
    lines: request.lines.map(({ escalated: _, ...line }) => ({ ...submission.lines[line.lineNumber - 1], ...line })),
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
      ? documents.map(documentView)
      : request.documents.map(({ id, kind, status }) => ({ id, kind, status: status === "pending" ? "awaiting-upload" : status })),
    exception: request.exception,
    withdrawal: request.withdrawal && { reason: request.withdrawal.reason, at: request.withdrawal.at },
    authorization: request.authorization,
  };
}

/** One row of a list. */
export function summaryView(request: Request, now: string) {
  const due = dueAt(request);
  return {
    id: request.id,
    version: request.version,
    status: request.status,
    channel: request.submission.channel,
    lineOfBusiness: request.submission.lineOfBusiness,
    priority: request.submission.priority,
    receivedAt: request.receivedAt,
    dueAt: due,
    overdue: due !== null && due < now,
    authorization: request.authorization,
    reference: referenceOf(request),
    updatedAt: request.updatedAt,
  };
}

export function documentView(document: Document) {
  const { fileName, contentType, size, kind } = document.description;
  return {
    id: document.id,
    fileName,
    contentType,
    size,
    kind,
    status: document.status,
    ...(document.reason === null ? {} : { reason: document.reason }),
  };
}

export const registeredView = (document: Document, upload: UploadForm | null) => ({
  ...documentView(document),
  ...(upload ? { upload } : {}),
});

export const eventsView = (events: readonly RequestEvent[]) => ({ events });
