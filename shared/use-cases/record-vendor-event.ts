import { earlier } from "../domain/calendar.ts";
import { isRequestId, type RequestId } from "../domain/identifiers.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import { serviceDaysOf } from "../domain/service-days.ts";
import type { Submission } from "../domain/submission.ts";
import { apply } from "../domain/transition.ts";
import { contradictionIn, hearVendor, isReplay, recordContradiction } from "../domain/transitions/hear-vendor.ts";
import { submitted } from "../domain/transitions/submit.ts";
import { fingerprintOf, type VendorEvent } from "../domain/vendor-event.ts";
import type { Directory, Ids, Members, Policies, Requests, Restores } from "../ports.ts";
import { type ChangeDeps, change } from "./change.ts";
import { membershipOf } from "./membership.ts";
import { homeOfServicing, networkOf, npisOf } from "./network.ts";

export type VendorDeps = Omit<ChangeDeps, "requests"> & {
  readonly policies: Pick<Policies, "at" | "of">;
  readonly requests: Pick<Requests, "find" | "save" | "create">;
  readonly directory: Directory;
  readonly members: Members;
  readonly restores: Pick<Restores, "epoch">;
  readonly ids: Pick<Ids, "request">;
};
export type VendorCommand = {
  readonly vendor: string;
  readonly requestId?: string;
  readonly event: VendorEvent;
  readonly submission?: Submission;
};
export type Heard = { readonly requestId: RequestId; readonly replayed: boolean };

/**
 * Takes what the vendor says of one of its cases. Replays are recognised by event id, and by case and version; what cannot be true
 * together with what stands goes to the exceptions queue (`vendor-event-needs-review`) and changes no decision.
 */
export async function recordVendorEvent(
  deps: VendorDeps,
  { vendor, requestId, event, submission }: VendorCommand,
): Promise<Result<Heard>> {
  const actor = { type: "vendor", id: vendor } as const;
  // A case that the vendor opened itself is found by the case: the vendor may not know our id yet.
  const opened = deps.ids.request(`vendor·${vendor}`, "opened", event.caseId);
  const id = requestId ?? opened;
  if (!isRequestId(id)) return unknown;
  if (event.type === "opened" && requestId === undefined && submission) {
    const outcome = await open(deps, vendor, opened, event, submission);
    if (outcome !== "known") return ok({ requestId: opened, replayed: outcome === "replayed" });
  }

  let outcome: "taken" | "replayed" | "contradiction" = "taken";
  const changed = await change(
    deps,
    async () => {
      const request = await deps.requests.find(id);
      return request?.referral?.vendor === vendor ? ok(request) : unknown;
    },
    actor,
    (request, context) => {
      if (isReplay(request, event)) {
        outcome = "replayed";
        return ok({ request, events: [] });
      }
      const reason = contradictionIn(request, event, context.now);
      outcome = reason === undefined ? "taken" : "contradiction";
      return reason === undefined
        ? apply(hearVendor, request, event, context)
        : apply(recordContradiction, request, { event, reason }, context);
    },
  );
  if (!changed.ok) return changed;
  return (outcome as string) === "contradiction"
    ? refuse(
        "vendor-event-needs-review",
        "The event does not fit what stands: it went to the exceptions queue, a person will see to it.",
      )
    : ok({ requestId: id, replayed: (outcome as string) === "replayed" });
}

const unknown = refuse("vendor-event-unknown-case", "There is no referral to this vendor that the event could be about.");

/**
 * The provider went to the vendor's own site: the case becomes a request here too, received when the vendor says.
 *
 * @returns "known" when the case was opened by other words before
 */
async function open(
  deps: VendorDeps,
  vendor: string,
  id: RequestId,
  event: VendorEvent,
  submission: Submission,
): Promise<"opened" | "replayed" | "known"> {
  const now = deps.clock.now();
  // The vendor's clock may be a little ahead; receipt is never later than now.
  const receivedAt = earlier(event.occurredAt, now);
  const [directory, member, epoch, policy] = await Promise.all([
    deps.directory.lookUp(npisOf(submission)),
    deps.members.find(submission.member.id),
    deps.restores.epoch(),
    deps.policies.at(receivedAt),
  ]);
  const days = serviceDaysOf(submission, receivedAt, policy.plan.timeZone);
  const fingerprint = fingerprintOf(event, submission);
  const change = submitted(
    {
      id,
      organization: directory.get(submission.requestingProvider.npi)?.home ?? null,
      servicingOrganization: homeOfServicing(submission, directory),
      keyedBy: null,
      submission: { ...submission, channel: "vendor" },
      network: networkOf(submission, directory, days),
      membership: membershipOf(member, days),
      receivedAt,
      epoch,
      openedCase: { caseId: event.caseId, version: event.version, eventId: event.eventId, fingerprint },
    },
    { now, actor: { type: "vendor", id: vendor }, policy },
  );
  const before = await deps.requests.create(change, fingerprint);
  if (!before) return "opened";
  return before.fingerprint === fingerprint ? "replayed" : "known";
}
