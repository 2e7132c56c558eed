import * as z from "zod/mini";
import { examples } from "../../../shared/api/examples.ts";
import { toDescription, toSubmission, toSupplement } from "../../../shared/api/parse.ts";
import { informationBody, submissionBody } from "../../../shared/api/schemas.ts";
import { madeAvailable, newDocument, withFinding } from "../../../shared/domain/document.ts";
import type { Actor, RequestEvent } from "../../../shared/domain/events.ts";
import type { DocumentId, RequestId } from "../../../shared/domain/identifiers.ts";
import type { Request } from "../../../shared/domain/request.ts";
import { apply, type Context, type Transition } from "../../../shared/domain/transition.ts";
import { registerDocument, settleDocument } from "../../../shared/domain/transitions/documents.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { inform } from "../../../shared/domain/transitions/inform.ts";
import { recordReferralSent } from "../../../shared/domain/transitions/refer.ts";
import { submitted } from "../../../shared/domain/transitions/submit.ts";
import { withdraw } from "../../../shared/domain/transitions/withdraw.ts";
import type { VendorEvent } from "../../../shared/domain/vendor-event.ts";
import { policy } from "../../../shared/policy/policy.ts";

/** The story that the examples tell, played by the domain itself: from submission to the vendor's approval, and another end. */

const requestId = examples.getRequest.path.requestId as RequestId;
const documentId = examples.getDocument.path.documentId as DocumentId;
const provider: Actor = { type: "provider", id: "desk-1" };
const vendor: Actor = { type: "vendor", id: "NIA" };
const system: Actor = { type: "system", id: "check-document" };
const network = { servicingProvider: true };
const membership = { eligible: true, checkedFor: ["2026-12-20"] };

export function story() {
  const events: RequestEvent[] = [];
  const at = (now: string, actor: Actor): Context => ({ now: `${now}Z`, actor, policy });
  const then = <Command>(request: Request, change: Transition<Command>, command: Command, context: Context): Request => {
    const result = apply(change, request, command, context);
    if (!result.ok) throw new Error(`${change.name}: ${result.refusal.problem}`);
    events.push(...result.value.events);
    return result.value.request;
  };

  const submission = toSubmission(z.parse(submissionBody(), examples.submitRequest.body));
  const receivedAt = "2026-12-01T15:04:05.000Z";
  const first = submitted(
    {
      id: requestId,
      organization: "org-demo",
      servicingOrganization: null,
      keyedBy: null,
      submission,
      network,
      membership,
      receivedAt,
      epoch: 0,
    },
    at("2026-12-01T15:04:05.000", provider),
  );
  events.push(...first.events);
  const asSubmitted = first.request;
  const asWithdrawn = apply(withdraw, asSubmitted, examples.withdrawRequest.body, at("2026-12-01T16:45:00.000", provider));
  if (!asWithdrawn.ok) throw new Error("cannot be withdrawn");

  const description = toDescription({ ...examples.registerDocument.body });
  const registered = newDocument({ requestId, id: documentId, description, now: "2026-12-01T15:10:00.000Z", uploadHours: 24 });
  const checked = withFinding(registered, "checked", "v1", { good: true });
  const available = madeAvailable(withFinding(checked, "scanned", "v1", { good: true }), "r1");
  const rejected = withFinding(registered, "scanned", "v1", { good: false, reason: "The file carries a threat." });

  const withDocument = then(
    asSubmitted,
    registerDocument,
    { id: documentId, kind: "clinical" },
    at("2026-12-01T15:10:00.000", provider),
  );
  const complete = then(
    withDocument,
    settleDocument,
    { id: documentId, status: "available" },
    at("2026-12-01T15:20:41.000", system),
  );
  const sent = then(
    complete,
    recordReferralSent,
    { number: 1 },
    at("2026-12-01T15:20:43.000", { type: "system", id: "refer-to-vendor" }),
  );
  const caseId = examples.recordVendorEvent.body.caseId;
  const acknowledgement: VendorEvent = {
    eventId: "evt-90208",
    type: "acknowledged",
    caseId,
    version: 1,
    occurredAt: "2026-12-01T15:20:44.000Z",
  };
  const acknowledged = then(sent, hearVendor, acknowledgement, at("2026-12-01T15:20:45.000", vendor));
  const question: VendorEvent = {
    eventId: "evt-90209",
    type: "information-requested",
    caseId,
    version: 2,
    occurredAt: "2026-12-01T17:00:00.000Z",
    items: [{ code: "conservative-therapy", text: "Which therapy was tried, and for how long?" }],
  };
  const asked = then(acknowledged, hearVendor, question, at("2026-12-01T17:00:01.000", vendor));
  const { supplement, answers } = toSupplement(z.parse(informationBody(), examples.addInformation.body));
  const informed = then(
    asked,
    inform,
    { supplement, answers, network, membership, servicingOrganization: null },
    at("2026-12-01T18:02:09.000", provider),
  );
  const { requestId: _, ...decision } = examples.recordVendorEvent.body;
  const decided = { ...decision, occurredAt: "2026-12-02T09:30:10.000Z", lines: [...decision.lines] } as VendorEvent;
  const approved = then(informed, hearVendor, decided, at("2026-12-02T09:30:12.000", vendor));

  return {
    asSubmitted,
    asWithdrawn: asWithdrawn.value.request,
    asked,
    informed,
    approved,
    events,
    documents: { registered, checked, available, rejected },
  };
}
