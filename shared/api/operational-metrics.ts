import { channels, linesOfBusiness, outcomes, priorities } from "../domain/vocabulary.ts";

/**
 * Every metric of ours, for what writes it and for what alarms on it or shows it. A dimension is a closed vocabulary, never an id
 * and never a text: nobody can be told from a metric, and its price is known.
 */

type Metric = {
  readonly unit: "Count" | "Seconds";
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
  readonly about: string;
};

const lineOfBusiness = linesOfBusiness;
const priority = priorities;
const channel = channels;

export const metrics = {
  RequestsSubmitted: { unit: "Count", dimensions: { lineOfBusiness, channel }, about: "Requests taken in" },
  RequestsWithdrawn: { unit: "Count", dimensions: { lineOfBusiness }, about: "Requests taken back by the provider" },
  LinesDecided: { unit: "Count", dimensions: { lineOfBusiness, outcome: outcomes }, about: "Lines decided" },
  DecisionTime: { unit: "Seconds", dimensions: { lineOfBusiness, priority }, about: "From receipt to the last line's decision" },
  DocumentsRegistered: { unit: "Count", dimensions: {}, about: "Places given for uploads, reopened ones included" },
  UploadsRefused: { unit: "Count", dimensions: {}, about: "Registrations beyond what an organization may send within an hour" },
  DocumentsSettled: {
    unit: "Count",
    dimensions: { result: ["available", "rejected", "expired"] },
    about: "Documents verified, rejected, or never uploaded",
  },
  ReferralLatency: { unit: "Seconds", dimensions: { priority }, about: "From a referral's release to its taking by the vendor" },
  AcknowledgementTime: { unit: "Seconds", dimensions: { priority }, about: "From a referral's release to the vendor's word on it" },
  ReferralsFailed: { unit: "Count", dimensions: {}, about: "Referrals that the vendor did not take" },
  VendorContradictions: { unit: "Count", dimensions: {}, about: "Vendor events that went to the exceptions queue" },

  HistoryConflicts: { unit: "Count", dimensions: {}, about: "Events whose place in a history is taken by another" },
  TimersGivenUp: { unit: "Count", dimensions: {}, about: "Timers that failed eight times" },

  PoliciesRefused: { unit: "Count", dimensions: {}, about: "Proposed rules that are broken" },

  OutboxAge: { unit: "Seconds", dimensions: {}, about: "Age of the oldest unpublished event" },
  TimersBehind: { unit: "Seconds", dimensions: {}, about: "How late the earliest timer is" },
  OverdueRequests: {
    unit: "Count",
    dimensions: {},
    about: "Requests whose clock, or whose appeal's, has run out without a decision",
  },
  SilentReferrals: { unit: "Count", dimensions: {}, about: "Referrals without acknowledgement after 4 h, expedited 1 h" },
  UnverifiedDocuments: { unit: "Count", dimensions: {}, about: "Uploads without a verdict for an hour" },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** The dimensions of one metric, each of its own vocabulary. */
export type DimensionsOf<Name extends MetricName> = {
  readonly [Dimension in keyof (typeof metrics)[Name]["dimensions"]]: (typeof metrics)[Name]["dimensions"][Dimension] extends readonly (infer Value)[]
    ? Value
    : never;
};

/** Counted by `publish-metrics` each minute: without it they are silent, and their alarms go off. */
export const gauges = [
  "OutboxAge",
  "TimersBehind",
  "OverdueRequests",
  "SilentReferrals",
  "UnverifiedDocuments",
] as const satisfies readonly MetricName[];

/** Stages of one account are told apart by the namespace. */
export const metricNamespace = (stage: string): string => `prior-authorization/${stage}`;
