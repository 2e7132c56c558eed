import type { RefusalName } from "../domain/result.ts";

/** Every refusal that a client can meet, by the name that ends its `type`. Closed: what is not here is not answered. */
type Problem = { readonly status: number; readonly title: string };

/** What the edge itself refuses, before the domain is asked. */
type EdgeProblemName =
  | "malformed-json"
  | "body-too-large"
  | "unsupported-media-type"
  | "idempotency-key-required"
  | "if-match-malformed"
  | "if-match-required"
  | "route-not-found"
  | "method-not-allowed"
  | "internal-error"
  | "temporarily-unavailable";

export type ProblemName = RefusalName | EdgeProblemName;

export const problems = {
  "validation-failed": { status: 400, title: "The request has faults" },
  "malformed-json": { status: 400, title: "The body is not acceptable JSON" },
  "idempotency-key-required": { status: 400, title: "An Idempotency-Key is required" },
  "if-match-malformed": { status: 400, title: "If-Match is not an ETag of ours" },
  "invalid-cursor": { status: 400, title: "The cursor is not valid here" },
  "vendor-signature-invalid": { status: 401, title: "Not signed by the vendor" },
  "not-allowed": { status: 403, title: "Not allowed" },
  "clinician-required": { status: 403, title: "A clinician who may deny is required" },
  "another-clinician-required": { status: 403, title: "Another clinician decides the appeal" },
  "npi-not-on-roster": { status: 403, title: "The organization may not act for this NPI" },
  "organization-required": { status: 403, title: "An organization is required" },
  "channel-not-allowed": { status: 403, title: "The channel is not open to you" },
  "request-not-found": { status: 404, title: "No such request" },
  "document-not-found": { status: 404, title: "No such document" },
  "notice-not-found": { status: 404, title: "No such notice" },
  "appeal-not-found": { status: 404, title: "No such appeal" },
  "authorization-not-found": { status: 404, title: "No such authorization" },
  "vendor-event-unknown-case": { status: 404, title: "No such case" },
  "route-not-found": { status: 404, title: "No such operation" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "not-possible-now": { status: 409, title: "Not possible in the present state" },
  "line-not-decidable": { status: 409, title: "The line cannot be decided" },
  "line-not-appealable": { status: 409, title: "There is nothing to appeal" },
  "appeal-open": { status: 409, title: "An appeal is open" },
  "appeal-window-over": { status: 409, title: "The time for an appeal is over" },
  "continued-stay-not-possible": { status: 409, title: "There is no stay to continue" },
  "reduction-not-possible": { status: 409, title: "What is authorized cannot be reduced so" },
  "extension-not-possible": { status: 409, title: "No extension is possible" },
  "assigned-to-another": { status: 409, title: "Somebody else works on it" },
  "not-authorized": { status: 409, title: "Not covered by the authorization" },
  "benefit-exhausted": { status: 409, title: "The benefit has fewer units left" },
  "units-exceeded": { status: 409, title: "Fewer units are left" },
  "claim-line-reused": { status: 409, title: "The claim line was counted otherwise" },
  "vendor-event-needs-review": { status: 409, title: "A person has to look at this event" },
  "too-many-documents": { status: 409, title: "Too many documents" },
  "version-conflict": { status: 412, title: "The request has changed" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "document-too-large": { status: 413, title: "The document is too large" },
  "unsupported-media-type": { status: 415, title: "The body must be JSON" },
  "document-type-not-accepted": { status: 415, title: "The document's type is not accepted" },
  "if-match-required": { status: 428, title: "If-Match is required" },
  "idempotency-key-reused": { status: 422, title: "The Idempotency-Key was used with another body" },
  "request-too-large": { status: 422, title: "The request has grown too large" },
  "too-many-uploads": { status: 429, title: "Too many uploads" },
  "internal-error": { status: 500, title: "Something went wrong on our side" },
  "busy-try-again": { status: 503, title: "Too many changes at once" },
  "temporarily-unavailable": { status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<ProblemName, Problem>;
