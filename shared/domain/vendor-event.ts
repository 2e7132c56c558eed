import { createHash } from "node:crypto";
import type { Instant } from "./calendar.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Outcome } from "./vocabulary.ts";

export const vendorEventTypes = ["acknowledged", "information-requested", "decided", "not-delegated", "opened"] as const;

/** Seconds by which the vendor's clock may differ from ours. */
export const clockTolerance = 300;

export type VendorLine = {
  readonly lineNumber: number;
  readonly outcome: Outcome;
  readonly reason?: { readonly code: string; readonly text: string };
  /** The guideline or rule that it rests on, where the vendor names it. */
  readonly criterion?: string;
  readonly clinician?: { readonly name: string; readonly credential: string };
  readonly quantity?: number;
  readonly from?: string;
  readonly to?: string;
};

/** What the vendor says of its case. `version` counts the case's own changes, so order and contradiction can be told. */
export type VendorEvent = {
  readonly eventId: string;
  readonly type: (typeof vendorEventTypes)[number];
  readonly caseId: string;
  readonly version: number;
  readonly occurredAt: Instant;
  readonly lines?: readonly VendorLine[];
  readonly items?: readonly { readonly code: string; readonly text: string }[];
};

/** The same words under another event id are still the same words. `submission`: what a case was opened with. */
export const fingerprintOf = ({ type, caseId, lines, items }: VendorEvent, submission?: unknown): string =>
  createHash("sha256").update(canonicalJson({ type, caseId, lines, items, submission })).digest("base64url").slice(0, 22);
