import type { Instant } from "../../shared/domain/calendar.ts";
import type { RequestEvent } from "../../shared/domain/events.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import { isOpen, type Request } from "../../shared/domain/request.ts";
import type { Change } from "../../shared/domain/transition.ts";
import type { Requests } from "../../shared/ports.ts";
import type { OrganizationId } from "./log-catalogue.ts";
import { type Measurement, measure } from "./telemetry.ts";

/** The requests, with every change that was saved measured: each once, by whoever saved it. */
export const measured = (requests: Requests): Requests => ({
  ...requests,
  async create(change, fingerprint) {
    const before = await requests.create(change, fingerprint);
    if (!before) tell(change);
    return before;
  },
  async save(change, expectedVersion) {
    const saved = await requests.save(change, expectedVersion);
    if (saved) tell(change);
    return saved;
  },
});

function tell(change: Change): void {
  const { id: requestId, organization } = change.request;
  const about = { requestId, ...named(organization) };
  for (const measurement of measurementsOf(change)) measure(measurement, about);
}

/** An organization has sent as much as it may within an hour. */
export const uploadRefused = ({ organization }: Principal): void =>
  measure({ metric: "UploadsRefused", value: 1, dimensions: {} }, named(organization));

const named = (organization: string | null) => (organization === null ? {} : { organization: organization as OrganizationId });

/** What a change of a request comes to in numbers. */
export function measurementsOf({ request, events }: Change): readonly Measurement[] {
  const measurements = events.flatMap((event) => measurementOf(request, event) ?? []);
  const decided = events.find(({ type }) => type === "line.decided");
  if (!decided || isOpen(request) || request.withdrawal) return measurements;
  const { lineOfBusiness, priority } = request.submission;
  const more = request.continuations.find(({ lineNumber }) => decided.lines?.includes(lineNumber));
  const value = seconds(more?.askedAt ?? request.receivedAt, decided.at);
  return [...measurements, { metric: "DecisionTime", value, dimensions: { lineOfBusiness, priority } }];
}

function measurementOf({ submission, referral, lines }: Request, event: RequestEvent): Measurement | undefined {
  const { lineOfBusiness, priority, channel } = submission;
  const sinceRelease = seconds(referral?.releasedAt ?? event.at, event.at);
  switch (event.type) {
    case "request.submitted":
      return { metric: "RequestsSubmitted", value: 1, dimensions: { lineOfBusiness, channel } };
    case "request.withdrawn":
      return { metric: "RequestsWithdrawn", value: 1, dimensions: { lineOfBusiness } };
    case "line.decided": {
      const outcome = lines[(event.lines?.[0] ?? 0) - 1]?.decision?.outcome;
      return outcome && { metric: "LinesDecided", value: 1, dimensions: { lineOfBusiness, outcome } };
    }
    case "document.registered":
    case "document.reopened":
      return { metric: "DocumentsRegistered", value: 1, dimensions: {} };
    case "document.available":
      return { metric: "DocumentsSettled", value: 1, dimensions: { result: "available" } };
    case "document.rejected":
      return { metric: "DocumentsSettled", value: 1, dimensions: { result: "rejected" } };
    case "document.expired":
      return { metric: "DocumentsSettled", value: 1, dimensions: { result: "expired" } };
    case "referral.sent":
      return { metric: "ReferralLatency", value: sinceRelease, dimensions: { priority } };
    case "referral.acknowledged":
      return { metric: "AcknowledgementTime", value: sinceRelease, dimensions: { priority } };
    case "referral.failed":
      return { metric: "ReferralsFailed", value: 1, dimensions: {} };
    case "vendor.contradicted":
      return { metric: "VendorContradictions", value: 1, dimensions: {} };
    default:
      return undefined;
  }
}

const seconds = (from: Instant, to: Instant): number => (Date.parse(to) - Date.parse(from)) / 1000;
