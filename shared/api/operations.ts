import type * as z from "zod/mini";
import type { Fault } from "../domain/result.ts";
import type { ProblemName } from "./problems.ts";
import {
  documentBody,
  informationBody,
  listQuery,
  lookUpPath,
  lookUpQuery,
  requirementCheckBody,
  searchBody,
  submissionBody,
  vendorEventBody,
  withdrawalBody,
} from "./schemas.ts";
import { caseFaults, earliestReceipt, submissionFaults } from "./submission-faults.ts";

/** THE table of operations. Routes, authorizer scopes, OpenAPI and the tests' grids derive from it. */
type Operation = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/${string}`;
  /** Any one of these suffices at the gateway; the function checks again what it needs. */
  readonly scopes: readonly string[] | "public" | "vendor-signature";
  readonly summary: string;
  readonly tag: "Requests" | "Documents" | "Vendor" | "Look-up" | "Service";
  readonly body?: z.ZodMiniType;
  readonly query?: z.ZodMiniType;
  /** What stands in the path's braces, where a call can be wrong in it; an id that is none is merely not found. */
  readonly named?: z.ZodMiniType;
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

function vendorFaults(body: unknown, now: string): readonly Fault[] {
  const { type, requestId, submission, lines, occurredAt } = (body ?? {}) as Record<string, unknown>;
  const faults: Fault[] = [];
  if (type === "decided" && lines === undefined) faults.push({ pointer: "/lines", detail: "A decision is given by line." });
  if (type === "opened" && requestId === undefined && submission === undefined)
    faults.push({ pointer: "/submission", detail: "Required when a case is opened without a request of ours." });
  if (typeof occurredAt === "string" && Date.parse(occurredAt) > Date.parse(now) + 300_000)
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
      ...(Array.isArray(operation.scopes) ? (["not-allowed"] as const) : []),
      ...operation.problems,
      ...(operation.ifMatch || operation.scopes === "vendor-signature" ? (["busy-try-again"] as const) : []),
      ...(operation.tag === "Service" ? [] : (["internal-error", "temporarily-unavailable"] as const)),
    ]),
  ];
}
