import type { DimensionsOf, MetricName } from "../../shared/api/operational-metrics.ts";
import type { Instant } from "../../shared/domain/calendar.ts";
import type { RequestEvent } from "../../shared/domain/events.ts";
import { isOpen, type Request } from "../../shared/domain/request.ts";
import type { Change } from "../../shared/domain/transition.ts";
import type { Requests } from "../../shared/ports.ts";
import type { OrganizationId } from "./log-catalogue.ts";
import { measure } from "./telemetry.ts";

type Measure = <Name extends MetricName>(name: Name, value: number, dimensions: DimensionsOf<Name>) => void;

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

function tell({ request, events }: Change): void {
  const organization = request.organization as OrganizationId | null;
  const about = { requestId: request.id, ...(organization === null ? {} : { organization }) };
  measureChange({ request, events }, (name, value, dimensions) => measure(name, value, dimensions, about));
}

/** What a change of a request means in numbers. */
export function measureChange({ request, events }: Change, write: Measure): void {
  for (const event of events) measureEvent(request, event, write);
  const decided = events.find(({ type }) => type === "line.decided");
  const { lineOfBusiness, priority } = request.submission;
  if (decided && !isOpen(request) && request.status !== "withdrawn")
    write("DecisionTime", seconds(request.receivedAt, decided.at), { lineOfBusiness, priority });
}

function measureEvent({ submission, referral, lines }: Request, event: RequestEvent, write: Measure): void {
  const { lineOfBusiness, priority, channel } = submission;
  const sinceRelease = referral?.releasedAt ? seconds(referral.releasedAt, event.at) : undefined;
  switch (event.type) {
    case "request.submitted":
      return write("RequestsSubmitted", 1, { lineOfBusiness, channel });
    case "request.withdrawn":
      return write("RequestsWithdrawn", 1, { lineOfBusiness });
    case "line.decided": {
      const outcome = lines[(event.lines?.[0] ?? 0) - 1]?.decision?.outcome;
      return outcome && write("LinesDecided", 1, { lineOfBusiness, outcome });
    }
    case "document.registered":
    case "document.reopened":
      return write("DocumentsRegistered", 1, {});
    case "document.available":
      return write("DocumentsSettled", 1, { result: "available" });
    case "document.rejected":
      return write("DocumentsSettled", 1, { result: "rejected" });
    case "document.expired":
      return write("DocumentsSettled", 1, { result: "expired" });
    case "referral.sent":
      return sinceRelease === undefined ? undefined : write("ReferralLatency", sinceRelease, { priority });
    case "referral.acknowledged":
      return sinceRelease === undefined ? undefined : write("AcknowledgementTime", sinceRelease, { priority });
    case "referral.failed":
      return write("ReferralsFailed", 1, {});
    case "vendor.contradicted":
      return write("VendorContradictions", 1, {});
  }
}

const seconds = (from: Instant, to: Instant): number => (Date.parse(to) - Date.parse(from)) / 1000;
