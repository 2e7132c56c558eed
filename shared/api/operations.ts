import type * as z from "zod/mini";
import type { Fault } from "../domain/result.ts";
import { clockTolerance } from "../domain/vendor-event.ts";
import type { ProblemName } from "./problems.ts";
import { askedTwice, assignmentFaults, closureFaults, namedTwice, searchFaults } from "./review-faults.ts";
import {
  appealBody,
  appealDecisionBody,
  assignmentBody,
  authorizationCheckBody,
  closureBody,
  continuedStayBody,
  determinationBody,
  documentBody,
  escalationBody,
  exceptionResolutionBody,
  expediteBody,
  expediteDecisionBody,
  extensionBody,
  informationBody,
  informationRequestBody,
  listQuery,
  lookUpPath,
  lookUpQuery,
  metricsPath,
  metricsQuery,
  noteBody,
  peerToPeerBody,
  reductionBody,
  requirementCheckBody,
  searchBody,
  submissionBody,
  usageBody,
  vendorEventBody,
  withdrawalBody,
  worklistQuery,
} from "./schemas.ts";
import { caseFaults, earliestReceipt, receiptFaults, submissionFaults } from "./submission-faults.ts";

/** THE table of operations. Routes, authorizer scopes, OpenAPI and the tests' grids derive from it. */
type Operation = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/${string}`;
  /** Any one of these suffices at the gateway; the function checks again what it needs. */
  readonly scopes: readonly string[] | "public" | "vendor-signature";
  readonly summary: string;
  readonly tag: "Requests" | "Documents" | "Review" | "Claims" | "Metrics" | "Vendor" | "Look-up" | "Service";
  readonly body?: () => z.ZodMiniType;
  readonly query?: () => z.ZodMiniType;
  /** What stands in the path's braces, where a call can be wrong in it; an id that is none is merely not found. */
  readonly named?: () => z.ZodMiniType;
  /** Faults between members of the body. `now`: the instant of the call. */
  readonly faults?: (body: unknown, now: string) => readonly Fault[];
  readonly ifMatch?: "optional" | "required";
  readonly idempotencyKey?: true;
  /** The answer carries an ETag of its own, and `If-None-Match` is heeded. */
  readonly revalidates?: true;
  /** Beyond those that any operation of its kind may answer (`problemsOf`). */
  readonly problems: readonly ProblemName[];
  /** The status of success. */
  readonly status: 200 | 201 | 202;
};

const mine = ["requests:write", "intake:write"] as const;
const reviewing = ["reviews:write"] as const;
const readers = ["requests:read", "reviews:read", "intake:write"] as const;

export const operations = {
  submitRequest: {
    method: "POST",
    path: "/v1/requests",
    scopes: mine,
    summary: "Submit a prior-authorization request",
    tag: "Requests",
    body: submissionBody,
    faults: submissionFaults,
    idempotencyKey: true,
    problems: [
      "idempotency-key-required",
      "idempotency-key-reused",
      "npi-not-on-roster",
      "organization-required",
      "channel-not-allowed",
      "request-too-large",
      "busy-try-again",
    ],
    status: 201,
  },
  listRequests: {
    method: "GET",
    path: "/v1/requests",
    scopes: ["requests:read", "reviews:read"],
    summary: "List your organization's requests, latest change first",
    tag: "Requests",
    query: listQuery,
    problems: ["invalid-cursor", "organization-required"],
    status: 200,
  },
  searchRequests: {
    method: "POST",
    path: "/v1/requests/search",
    scopes: ["requests:read", "reviews:read"],
    summary: "Find requests by member, authorization number or dates of service",
    tag: "Requests",
    body: searchBody,
    faults: searchFaults,
    problems: ["invalid-cursor", "organization-required"],
    status: 200,
  },
  getRequest: {
    method: "GET",
    path: "/v1/requests/{requestId}",
    scopes: readers,
    summary: "Read a request",
    tag: "Requests",
    problems: ["request-not-found"],
    status: 200,
  },
  listEvents: {
    method: "GET",
    path: "/v1/requests/{requestId}/events",
    scopes: readers,
    summary: "Read a request's history",
    tag: "Requests",
    problems: ["request-not-found"],
    status: 200,
  },
  registerDocument: {
    method: "POST",
    path: "/v1/requests/{requestId}/documents",
    scopes: mine,
    summary: "Register a document and get a form for its upload",
    tag: "Documents",
    body: documentBody,
    ifMatch: "optional",
    problems: [
      "request-not-found",
      "not-possible-now",
      "too-many-documents",
      "too-many-uploads",
      "document-too-large",
      "document-type-not-accepted",
      "request-too-large",
    ],
    status: 201,
  },
  getDocument: {
    method: "GET",
    path: "/v1/requests/{requestId}/documents/{documentId}",
    scopes: readers,
    summary: "Read a document's state, and a link to it once it is verified",
    tag: "Documents",
    problems: ["request-not-found", "document-not-found"],
    status: 200,
  },
  getNotice: {
    method: "GET",
    path: "/v1/requests/{requestId}/notices/{noticeId}",
    scopes: readers,
    summary: "Read a notice of a decision, and a link to the letter",
    tag: "Requests",
    problems: ["request-not-found", "notice-not-found"],
    status: 200,
  },
  addInformation: {
    method: "POST",
    path: "/v1/requests/{requestId}/information",
    scopes: mine,
    summary: "Fill gaps or answer questions",
    tag: "Requests",
    body: informationBody,
    faults: (body, now) => [
      ...caseFaults(body, now, true),
      ...(body !== null && typeof body === "object" && Object.keys(body).length === 0
        ? [{ pointer: "", detail: "Say at least one thing." }]
        : []),
    ],
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  withdrawRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/withdrawal",
    scopes: mine,
    summary: "Take a request back",
    tag: "Requests",
    body: withdrawalBody,
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  getWorklist: {
    method: "GET",
    path: "/v1/worklist",
    scopes: ["reviews:read"],
    summary: "What waits in a queue, the earliest due first",
    tag: "Review",
    query: worklistQuery,
    problems: ["invalid-cursor"],
    status: 200,
  },
  getWorklistOverview: {
    method: "GET",
    path: "/v1/worklist/overview",
    scopes: ["reviews:read"],
    summary: "How much waits, how long it still can, and how fast the desk has been",
    tag: "Review",
    problems: [],
    status: 200,
  },
  assignRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/assignment",
    scopes: reviewing,
    summary: "Take a request up, or give it back",
    tag: "Review",
    body: assignmentBody,
    faults: assignmentFaults,
    ifMatch: "required",
    problems: ["request-not-found", "not-possible-now", "assigned-to-another", "request-too-large"],
    status: 200,
  },
  addNote: {
    method: "POST",
    path: "/v1/requests/{requestId}/notes",
    scopes: reviewing,
    summary: "Leave a note that providers never see",
    tag: "Review",
    body: noteBody,
    ifMatch: "optional",
    problems: ["request-not-found", "request-too-large"],
    status: 200,
  },
  requestInformation: {
    method: "POST",
    path: "/v1/requests/{requestId}/information-requests",
    scopes: reviewing,
    summary: "Ask the provider for what the decision needs",
    tag: "Review",
    body: informationRequestBody,
    faults: askedTwice,
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  extendRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/extension",
    scopes: reviewing,
    summary: "Take more time, once, where the law allows it",
    tag: "Review",
    body: extensionBody,
    ifMatch: "required",
    problems: ["request-not-found", "not-possible-now", "extension-not-possible", "request-too-large"],
    status: 200,
  },
  escalateRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/escalation",
    scopes: reviewing,
    summary: "Hand a request to the medical director",
    tag: "Review",
    body: escalationBody,
    ifMatch: "required",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  recordPeerToPeer: {
    method: "POST",
    path: "/v1/requests/{requestId}/peer-to-peer",
    scopes: reviewing,
    summary: "Record a talk with the provider's clinician",
    tag: "Review",
    body: peerToPeerBody,
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  resolveException: {
    method: "POST",
    path: "/v1/requests/{requestId}/exception/resolution",
    scopes: reviewing,
    summary: "Settle what the vendor contradicted or could not be told",
    tag: "Review",
    body: exceptionResolutionBody,
    ifMatch: "required",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  determineRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/determination",
    scopes: reviewing,
    summary: "Decide lines of a request",
    tag: "Review",
    body: determinationBody,
    faults: namedTwice,
    ifMatch: "required",
    problems: [
      "request-not-found",
      "not-possible-now",
      "line-not-decidable",
      "clinician-required",
      "benefit-exhausted",
      "reduction-not-possible",
      "request-too-large",
    ],
    status: 200,
  },
  closeRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/closure",
    scopes: reviewing,
    summary: "Close a request that is not to be judged",
    tag: "Review",
    body: closureBody,
    faults: closureFaults,
    ifMatch: "required",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  fileAppeal: {
    method: "POST",
    path: "/v1/requests/{requestId}/appeals",
    scopes: mine,
    summary: "Appeal a decision",
    tag: "Requests",
    body: appealBody,
    faults: (body, now) => [...namedTwice(body), ...receiptFaults(body, now)],
    ifMatch: "optional",
    problems: [
      "request-not-found",
      "not-possible-now",
      "line-not-appealable",
      "appeal-open",
      "appeal-window-over",
      "request-too-large",
    ],
    status: 200,
  },
  decideAppeal: {
    method: "POST",
    path: "/v1/requests/{requestId}/appeals/{appealId}/decision",
    scopes: ["reviews:deny"],
    summary: "Decide an appeal",
    tag: "Review",
    body: appealDecisionBody,
    faults: namedTwice,
    ifMatch: "optional",
    problems: [
      "request-not-found",
      "appeal-not-found",
      "not-possible-now",
      "clinician-required",
      "another-clinician-required",
      "benefit-exhausted",
      "reduction-not-possible",
      "request-too-large",
    ],
    status: 200,
  },
  reduceAuthorization: {
    method: "POST",
    path: "/v1/requests/{requestId}/reductions",
    scopes: ["reviews:deny"],
    summary: "Reduce what is authorized while services run",
    tag: "Review",
    body: reductionBody,
    faults: namedTwice,
    ifMatch: "required",
    problems: [
      "request-not-found",
      "not-possible-now",
      "reduction-not-possible",
      "appeal-open",
      "clinician-required",
      "request-too-large",
    ],
    status: 200,
  },
  continueStay: {
    method: "POST",
    path: "/v1/requests/{requestId}/continued-stay",
    scopes: mine,
    summary: "Ask for more days of a stay",
    tag: "Requests",
    body: continuedStayBody,
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "continued-stay-not-possible", "request-too-large"],
    status: 200,
  },
  expediteRequest: {
    method: "POST",
    path: "/v1/requests/{requestId}/expedite",
    scopes: mine,
    summary: "Ask for a decision in haste",
    tag: "Requests",
    body: expediteBody,
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  judgeExpedite: {
    method: "POST",
    path: "/v1/requests/{requestId}/expedite/decision",
    scopes: reviewing,
    summary: "Grant or refuse the haste that a provider or a member asked for",
    tag: "Review",
    body: expediteDecisionBody,
    ifMatch: "optional",
    problems: ["request-not-found", "not-possible-now", "request-too-large"],
    status: 200,
  },
  checkAuthorization: {
    method: "POST",
    path: "/v1/authorization-checks",
    scopes: ["claims:check"],
    summary: "Was this service authorized?",
    tag: "Claims",
    body: authorizationCheckBody,
    faults: checkFaults,
    problems: [],
    status: 200,
  },
  useAuthorization: {
    method: "POST",
    path: "/v1/authorizations/{number}/usages",
    scopes: ["claims:use"],
    summary: "Count a claim line against an authorization",
    tag: "Claims",
    body: usageBody,
    problems: [
      "authorization-not-found",
      "not-authorized",
      "units-exceeded",
      "benefit-exhausted",
      "claim-line-reused",
      "request-too-large",
      "busy-try-again",
    ],
    status: 200,
  },
  releaseUsage: {
    method: "DELETE",
    path: "/v1/authorizations/{number}/usages/{claimLineId}",
    scopes: ["claims:use"],
    summary: "Take a claim line back",
    tag: "Claims",
    problems: ["authorization-not-found", "busy-try-again"],
    status: 200,
  },
  getMetrics: {
    method: "GET",
    path: "/v1/metrics/{year}",
    scopes: ["metrics:read"],
    summary: "Read a year's public metrics",
    tag: "Metrics",
    named: metricsPath,
    query: metricsQuery,
    problems: [],
    status: 200,
  },
  recordVendorEvent: {
    method: "POST",
    path: "/v1/vendor-events",
    scopes: "vendor-signature",
    summary: "Take the vendor's word on a case",
    tag: "Vendor",
    body: vendorEventBody,
    faults: (body, now) => vendorFaults(body, now),
    problems: ["vendor-signature-invalid", "vendor-event-unknown-case", "vendor-event-needs-review", "request-too-large"],
    status: 202,
  },
  lookUpProcedureCode: {
    method: "GET",
    path: "/v1/procedure-codes/{code}",
    scopes: "public",
    summary: "Does this service need authorization?",
    tag: "Look-up",
    named: lookUpPath,
    query: lookUpQuery,
    revalidates: true,
    problems: [],
    status: 200,
  },
  listServices: {
    method: "GET",
    path: "/v1/services",
    scopes: "public",
    summary: "The services that need authorization",
    tag: "Look-up",
    revalidates: true,
    problems: [],
    status: 200,
  },
  checkRequirements: {
    method: "POST",
    path: "/v1/requirement-checks",
    scopes: ["requests:read"],
    summary: "What would a submission need, line by line?",
    tag: "Look-up",
    body: requirementCheckBody,
    faults: submissionFaults,
    problems: [],
    status: 200,
  },
  getLookup: {
    method: "GET",
    path: "/lookup",
    scopes: "public",
    summary: "The look-up for people",
    tag: "Service",
    revalidates: true,
    problems: [],
    status: 200,
  },
  getOpenapi: {
    method: "GET",
    path: "/openapi.json",
    scopes: "public",
    summary: "This document",
    tag: "Service",
    problems: [],
    status: 200,
  },
  getDocs: {
    method: "GET",
    path: "/docs",
    scopes: "public",
    summary: "The API for people",
    tag: "Service",
    problems: [],
    status: 200,
  },
  getDocsScript: {
    method: "GET",
    path: "/docs/reference.js",
    scopes: "public",
    summary: "The script of the API for people",
    tag: "Service",
    problems: [],
    status: 200,
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;
export const operationOf = (id: OperationId): Operation => operations[id];

function checkFaults(body: unknown): readonly Fault[] {
  const { code, revenueCode } = (body ?? {}) as Record<string, unknown>;
  return code === undefined && revenueCode === undefined
    ? [{ pointer: "/code", detail: "A code or a revenueCode is required." }]
    : [];
}

function vendorFaults(body: unknown, now: string): readonly Fault[] {
  const { type, requestId, submission, lines, occurredAt } = (body ?? {}) as Record<string, unknown>;
  const faults: Fault[] = [];
  if (type === "decided" && lines === undefined) faults.push({ pointer: "/lines", detail: "A decision is given by line." });
  if (type === "opened" && requestId === undefined && submission === undefined)
    faults.push({ pointer: "/submission", detail: "Required when a case is opened without a request of ours." });
  // Of a case that opens it is the receipt. Any other event belongs to a request: a person judges there what cannot be true.
  if (type === "opened" && typeof occurredAt === "string" && Date.parse(occurredAt) > Date.parse(now) + clockTolerance * 1000)
    faults.push({ pointer: "/occurredAt", detail: "Must not lie in the future." });
  if (typeof occurredAt === "string" && Date.parse(occurredAt) < Date.parse(earliestReceipt))
    faults.push({ pointer: "/occurredAt", detail: "Must not lie before the year 2000." });
  if (submission !== undefined)
    faults.push(...caseFaults(submission, now).map((fault) => ({ ...fault, pointer: `/submission${fault.pointer}` })));
  return faults;
}

/** Every problem that an operation may answer: its own, and those of its kind. */
export function problemsOf(id: OperationId): readonly ProblemName[] {
  const operation = operationOf(id);
  return [
    ...new Set<ProblemName>([
      ...(operation.body ? (["validation-failed", "malformed-json", "body-too-large", "unsupported-media-type"] as const) : []),
      ...(operation.query ? (["validation-failed"] as const) : []),
      ...(operation.ifMatch ? (["if-match-malformed", "version-conflict"] as const) : []),
      ...(operation.ifMatch === "required" ? (["if-match-required"] as const) : []),
      ...(Array.isArray(operation.scopes) ? (["not-allowed"] as const) : []),
      ...operation.problems,
      ...(operation.ifMatch || operation.scopes === "vendor-signature" ? (["busy-try-again"] as const) : []),
      ...(operation.tag === "Service" ? [] : (["internal-error", "temporarily-unavailable"] as const)),
    ]),
  ];
}
