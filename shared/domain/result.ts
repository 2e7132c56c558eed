import type { RequestStatus } from "./vocabulary.ts";

/** Refusals are values; exceptions are bugs. A refusal names its problem type in the catalogue (`shared/api/problems.ts`). */
export type Result<T, R = Refusal> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: R };

export type Fault = { readonly pointer: string; readonly detail: string };

export type Refusal = {
  readonly problem: RefusalName;
  /** What is wrong and what to do, in a sentence. Never repeats a value that the caller sent. */
  readonly detail: string;
  readonly errors?: readonly Fault[];
  /** Seconds after which it may be worth another try. */
  readonly retryAfter?: number;
  /** Of the request that was to be changed: it is told where the state stands in the way. */
  readonly requestStatus?: RequestStatus;
};

export type RefusalName =
  | "validation-failed"
  | "not-allowed"
  | "request-not-found"
  | "document-not-found"
  | "notice-not-found"
  | "npi-not-on-roster"
  | "organization-required"
  | "channel-not-allowed"
  | "idempotency-key-reused"
  | "not-possible-now"
  | "line-not-decidable"
  | "clinician-required"
  | "another-clinician-required"
  | "appeal-not-found"
  | "appeal-open"
  | "appeal-window-over"
  | "line-not-appealable"
  | "continued-stay-not-possible"
  | "reduction-not-possible"
  | "extension-not-possible"
  | "assigned-to-another"
  | "version-conflict"
  | "request-too-large"
  | "too-many-documents"
  | "too-many-uploads"
  | "document-too-large"
  | "document-type-not-accepted"
  | "invalid-cursor"
  | "authorization-not-found"
  | "not-authorized"
  | "units-exceeded"
  | "benefit-exhausted"
  | "claim-line-reused"
  | "vendor-signature-invalid"
  | "vendor-event-unknown-case"
  | "vendor-event-needs-review"
  | "busy-try-again";

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

export const refuse = (problem: RefusalName, detail: string, errors?: readonly Fault[]): Result<never> => ({
  ok: false,
  refusal: errors ? { problem, detail, errors } : { problem, detail },
});

export const refused = (refusal: Refusal): Result<never> => ({ ok: false, refusal });

/** Faults that only the domain finds; the body's shape was right. */
export const validationFailed = (errors: readonly Fault[]): Refusal => ({
  problem: "validation-failed",
  detail: "The body has faults; each is named under errors.",
  errors,
});
