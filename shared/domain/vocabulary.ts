/** The closed vocabularies of the desk. Each list is the whole of what may be said; order is the order in which people read them. */

export const linesOfBusiness = ["medicaid", "medicare-advantage", "marketplace"] as const;
export const priorities = ["standard", "expedited"] as const;
export const channels = ["portal", "api", "mail", "phone", "fax", "vendor"] as const;
export const settings = [
  "outpatient",
  "observation",
  "emergency",
  "inpatient",
  "inpatient-rehabilitation",
  "skilled-nursing",
  "long-term-care",
  "inpatient-respite",
  "residential",
  "partial-hospital",
  "home",
  "ambulance",
] as const;
export const units = ["visit", "unit", "day", "hour", "15-minutes", "mile", "month", "item"] as const;
export const requestStatuses = [
  "awaiting-information",
  "in-review",
  "medical-director-review",
  "referred-to-vendor",
  "approved",
  "partially-approved",
  "denied",
  "not-required",
  "withdrawn",
  "closed",
] as const;
export const documentStatuses = ["awaiting-upload", "verifying", "available", "rejected", "expired"] as const;
export const documentKinds = ["clinical", "order", "imaging", "letter", "other"] as const;
export const referralStatuses = [
  "waiting",
  "sent",
  "acknowledged",
  "information-requested",
  "decided",
  "returned",
  "failed",
] as const;
export const missingItems = [
  "member-name",
  "provider-name",
  "servicing-provider",
  "service-date",
  "diagnosis",
  "diagnosis-narrative",
  "service-description",
  "visits",
  "out-of-network-reason",
  "admission",
  "clinical-documents",
] as const;
export const queues = ["intake", "nurse", "medical-director", "vendor-exceptions"] as const;
export const requirements = ["required", "not-required", "review"] as const;
export const routes = ["plan", "vendor", "none"] as const;
export const outcomes = ["approved", "approved-less", "denied"] as const;
export const expediteRequesters = ["physician", "provider", "member"] as const;
/** Of what somebody is reminded, by whose silence or by the passing of time alone. */
export const reminderKinds = [
  "information-missing",
  "decision-due",
  "vendor-silent",
  "service-near",
  "authorization-ending",
  "units-used",
  "appeal-due",
  "appeal-overdue",
] as const;
/** What claims are told. */
export const authorizationAnswers = [
  "authorized",
  "partial",
  "not-required",
  "not-found",
  "late",
  "expired",
  "denied",
  "mismatch",
] as const;
export const claimFields = ["npi", "modifiers", "placeOfService", "serviceDate"] as const;
/** The grounds on which the plan evaluates a request. */
export const grounds = ["medicalNecessity", "medicalAppropriateness", "benefitLimits"] as const;
export const findings = ["met", "not-met", "not-applicable"] as const;
/** X12 886 values that an adverse decision may give: what each says stands beside it. */
export const adverseReasons = {
  "09": "out of network",
  "0F": "not medically necessary",
  "0G": "level of care not appropriate",
  "0L": "exceeds plan maximums",
  "0M": "non-covered service",
  "0P": "requested information not received",
  "0T": "experimental service or procedure",
} as const;
export const adverseReasonCodes = ["09", "0F", "0G", "0L", "0M", "0P", "0T"] as const satisfies (keyof typeof adverseReasons)[];
/** Letters about a request, and to whom they are addressed. */
export const noticeKinds = ["approval", "adverse", "deemed-approval", "extension", "missed-clock", "appeal", "reduction"] as const;
export const noticeAudiences = ["provider", "member"] as const;
/** Why a request is closed without a decision. */
export const closeReasons = ["duplicate", "ineligible"] as const;
/** How a reduction of what was authorized stands. Suspended: care goes on while the appeal against it is open. */
export const reductionStandings = ["announced", "in-effect", "suspended", "overturned"] as const;
export const appealOutcomes = ["upheld", "overturned", "partly-overturned"] as const;
/** What follows by law when a decision is not made in time. */
export const missedClocks = ["adverse-notice", "plan-liable", "deemed-approved"] as const;
export const admissionTypes = ["elective", "urgent", "emergency"] as const;
export const levelsOfCare = [
  "acute",
  "intensive",
  "psychiatric",
  "detoxification",
  "rehabilitation",
  "subacute",
  "skilled-nursing",
  "long-term",
  "respite",
] as const;
export const certificationTypes = ["initial", "renewal", "revised"] as const;
/** The steps of the plan's order of decision; the answer names the one that settled a line. */
export const decisionRules = [
  "inpatient",
  "outpatient-emergency",
  "post-stabilization",
  "advanced-imaging",
  "out-of-network",
  "category",
  "no-authorization",
  "unlisted",
] as const;

export type LineOfBusiness = (typeof linesOfBusiness)[number];
export type Priority = (typeof priorities)[number];
export type Channel = (typeof channels)[number];
export type Setting = (typeof settings)[number];
export type Unit = (typeof units)[number];
export type RequestStatus = (typeof requestStatuses)[number];
export type ReminderKind = (typeof reminderKinds)[number];
export type DocumentStatus = (typeof documentStatuses)[number];
export type DocumentKind = (typeof documentKinds)[number];
export type ReferralStatus = (typeof referralStatuses)[number];
export type MissingItem = (typeof missingItems)[number];
export type Queue = (typeof queues)[number];
export type Requirement = (typeof requirements)[number];
export type Route = (typeof routes)[number];
export type Outcome = (typeof outcomes)[number];
export type ExpediteRequester = (typeof expediteRequesters)[number];
export type AuthorizationAnswer = (typeof authorizationAnswers)[number];
export type ClaimField = (typeof claimFields)[number];
export type Ground = (typeof grounds)[number];
export type Finding = (typeof findings)[number];
export type AdverseReason = keyof typeof adverseReasons;
export type NoticeKind = (typeof noticeKinds)[number];
export type NoticeAudience = (typeof noticeAudiences)[number];
export type CloseReason = (typeof closeReasons)[number];
export type ReductionStanding = (typeof reductionStandings)[number];
export type AppealOutcome = (typeof appealOutcomes)[number];
export type WhenMissed = (typeof missedClocks)[number];
export type LevelOfCare = (typeof levelsOfCare)[number];
export type DecisionRule = (typeof decisionRules)[number];

/** Hospital and institutional stays: every service in them is asked for as inpatient care. */
export const inpatientFamily: readonly Setting[] = [
  "inpatient",
  "skilled-nursing",
  "inpatient-rehabilitation",
  "long-term-care",
  "inpatient-respite",
];
/** Statuses in which the desk or the vendor still owes an answer. */
export const openStatuses = ["awaiting-information", "in-review", "medical-director-review", "referred-to-vendor"] as const;
