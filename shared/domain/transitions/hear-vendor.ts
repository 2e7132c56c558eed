import { askedOn } from "../asked.ts";
import { addHours, earlier, type Instant, later } from "../calendar.ts";
import { clinicianFor } from "../clinician.ts";
import { adverseDecision, approval, type Decision, type Grant, isAdverse, isLess, nothingGranted } from "../decision.ts";
import type { EventDraft } from "../events.ts";
import { type HeardEvent, isOpen, type Line, type Referral, type Request } from "../request.ts";
import { type Context, transition } from "../transition.ts";
import { clockTolerance, fingerprintOf, type VendorEvent, type VendorLine } from "../vendor-event.ts";
import { requestStatuses } from "../vocabulary.ts";

/** Has the vendor said exactly this before? */
export function isReplay(request: Request, event: VendorEvent): boolean {
  const fingerprint = fingerprintOf(event);
  return (request.referral?.heard ?? []).some(
    (heard) => heard.fingerprint === fingerprint && (heard.eventId === event.eventId || heard.version === event.version),
  );
}

/**
 * Why a person must judge what the vendor says; `undefined` when it can be taken as it stands.
 *
 * @param now when it arrived: the vendor dates its own words, and whether a decision is late is not for it to say
 */
export function contradictionIn(request: Request, event: VendorEvent, now: Instant): string | undefined {
  const { referral } = request;
  if (!referral) return "The vendor speaks of a request that was never referred to it.";
  if (referral.caseId !== null && referral.caseId !== event.caseId) return "The vendor names another case than the one it opened.";
  const ofCase = referral.heard.filter((heard) => heard.caseId === event.caseId);
  if (referral.heard.some((heard) => heard.eventId === event.eventId)) return "The vendor gave one event two meanings.";
  if (ofCase.some((heard) => heard.version === event.version)) return "The vendor gave one version of its case two meanings.";
  const misdated = misdatedBy(request, event, now);
  if (misdated) return misdated;
  if (event.type === "not-delegated" && request.lines.some((line) => line.route === "vendor" && line.decision !== null))
    return "The vendor gives back what it has decided.";
  if (event.type === "information-requested" && referral.status === "returned" && event.version > latestOf(ofCase))
    return "The vendor asks about what had gone back to the plan.";
  if (event.type === "decided") {
    if (request.status === "withdrawn" || request.status === "closed") return "The vendor decided after the request had ended.";
    if (referral.status === "returned") return "The vendor decided what had gone back to the plan.";
    const due = request.clock[0]?.dueAt;
    if (due && now > due && request.lines.some((line) => line.route === "vendor" && line.decision === null))
      return "The vendor's decision arrived after it was due.";
    const numbers = (event.lines ?? []).map((line) => line.lineNumber);
    if (new Set(numbers).size < numbers.length) return "The vendor decided one line twice at once.";
    for (const said of event.lines ?? []) {
      const line = request.lines[said.lineNumber - 1];
      if (!line || (line.route !== "vendor" && !line.escalated)) return "The vendor decided a line that it was not asked about.";
      if (line.decision && !saysTheSame(line.decision, grantOf(request, said))) return "The vendor contradicts its own decision.";
      if (line.escalated && !line.decision) return "The vendor decided a line that waits for the medical director.";
    }
  }
  return undefined;
}

/**
 * What cannot have happened when the vendor says it did. A case that it opened is its own to date: that is the receipt. What it tells
 * again after a restore may be older than what the request has come back with, its very receipt.
 */
function misdatedBy(request: Request, event: VendorEvent, now: Instant): string | undefined {
  if (event.type === "opened") return undefined;
  const tolerance = clockTolerance / 3600;
  if (event.occurredAt > addHours(now, tolerance)) return "The vendor dates its word in the future.";
  if (isForgotten(request, event)) return undefined;
  const said = addHours(event.occurredAt, tolerance);
  if (said < request.receivedAt) return "The vendor dates its word before the request was received.";
  return said < askedFrom(request, event) ? "The vendor dates its word before the referral was sent." : undefined;
}

/** It happened before a restore, of which the request has come back older, or was submitted anew. */
const isForgotten = ({ epoch }: Request, { occurredAt }: VendorEvent): boolean => Date.parse(occurredAt) <= epoch * 1000;

/**
 * From when on the vendor can have spoken of the request: from the release of its referral. Not so for a case that a provider opened at
 * the vendor's own site, nor for what happened before a restore: the release that it answers may be forgotten.
 */
function askedFrom(request: Request, event: VendorEvent): Instant {
  const { receivedAt, referral } = request;
  const byItself = referral?.heard.some(({ type }) => type === "opened");
  return byItself || isForgotten(request, event) ? receivedAt : (referral?.releasedAt ?? receivedAt);
}

/** The vendor's word is taken; news that arrive after a later version of the case are kept and change nothing. */
export const hearVendor = transition<VendorEvent>({
  name: "hear the vendor",
  from: requestStatuses,
  to: {
    "awaiting-information": [
      "in-review",
      "medical-director-review",
      "referred-to-vendor",
      "approved",
      "partially-approved",
      "denied",
    ],
    "in-review": ["awaiting-information", "medical-director-review"],
    "medical-director-review": ["awaiting-information"],
    "referred-to-vendor": [
      "awaiting-information",
      "in-review",
      "medical-director-review",
      "approved",
      "partially-approved",
      "denied",
    ],
  },
  emits: ["referral.acknowledged", "information.requested", "referral.returned", "line.decided", "line.escalated"],
  already: isReplay,
  decide: (request, event, context) => {
    if (!request.referral) return request;
    const latest = latestOf(request.referral.heard.filter((heard) => heard.caseId === event.caseId));
    const referral: Referral = {
      ...request.referral,
      caseId: event.caseId,
      heard: [...request.referral.heard, heardOf(event)],
    };
    const noted = { ...request, referral };
    if (event.type === "decided") return decided(noted, event, context);
    const settled = noted.referral.status === "decided" || noted.referral.status === "returned" || !isOpen(request);
    if (event.version < latest || settled) return noted;
    if (event.type === "acknowledged" || event.type === "opened") return acknowledged(noted);
    if (event.type === "information-requested") return informationRequested(noted, event, context);
    return returned(noted);
  },
  events: (before, event, after) => eventsOf(before, event, after),
});

/** What cannot be true together with what stands is kept for a person, and changes no decision. */
export const recordContradiction = transition<{ event: VendorEvent; reason: string }>({
  name: "put the vendor's contradiction before a person",
  from: requestStatuses,
  to: {},
  emits: ["vendor.contradicted"],
  already: (request, { event }) => isReplay(request, event),
  decide: (request, { event, reason }, { now }) => ({
    ...request,
    exception: { reason, at: now },
    referral: request.referral && { ...request.referral, heard: [...request.referral.heard, heardOf(event)] },
  }),
  events: (_before, { event }) => [{ type: "vendor.contradicted", caseId: event.caseId }],
});

const latestOf = (heard: readonly HeardEvent[]) => Math.max(0, ...heard.map(({ version }) => version));

const heardOf = (event: VendorEvent): HeardEvent => ({
  caseId: event.caseId,
  version: event.version,
  eventId: event.eventId,
  type: event.type,
  fingerprint: fingerprintOf(event),
});

type Referred = Request & { readonly referral: Referral };

function acknowledged(request: Referred): Request {
  const early = request.referral.status === "waiting" || request.referral.status === "sent" || request.referral.status === "failed";
  return early ? { ...request, referral: { ...request.referral, status: "acknowledged" } } : request;
}

function informationRequested(request: Referred, event: VendorEvent, { now }: Context): Request {
  return {
    ...request,
    referral: { ...request.referral, status: "information-requested" },
    informationRequest: {
      askedBy: "vendor",
      items: event.items ?? event.lines?.flatMap((line) => line.reason ?? []) ?? [],
      at: now,
      dueAt: null,
    },
  };
}

/** The vendor does not decide this service after all: the plan does, on the clock that started at receipt. */
function returned(request: Referred): Request {
  return {
    ...request,
    referral: { ...request.referral, status: "returned" },
    informationRequest: withoutVendors(request.informationRequest),
    lines: request.lines.map((line) =>
      line.route === "vendor"
        ? { ...line, route: "plan", because: "The imaging vendor does not decide this service: the plan does." }
        : line,
    ),
  };
}

function decided(request: Referred, event: VendorEvent, context: Context): Request {
  const lines = request.lines.map((line) => {
    const said = event.lines?.find((one) => one.lineNumber === line.lineNumber);
    return said && line.decision === null ? decidedLine(request, line, said, event, context) : line;
  });
  const open = lines.some((line) => line.route === "vendor" && line.decision === null);
  const asking = request.referral.status === "information-requested";
  return {
    ...request,
    lines,
    informationRequest: open ? request.informationRequest : withoutVendors(request.informationRequest),
    referral: { ...request.referral, status: !open ? "decided" : asking ? "information-requested" : "acknowledged" },
  };
}

/** The vendor's question falls with its case; one that the plan has asked stays open. */
const withoutVendors = (asked: Request["informationRequest"]) => (asked?.askedBy === "vendor" ? null : asked);

/**
 * An adverse line stands only on a clinician who may deny (42 CFR 438.210(b)(3), 422.566(d)); without one it waits for the
 * plan's medical director.
 */
function decidedLine(request: Request, line: Line, said: VendorLine, event: VendorEvent, { now, policy }: Context): Line {
  const { outcome, ...grant } = grantOf(request, said);
  // When the vendor made it, by a clock that may be a little off ours.
  const decidedAt = earlier(later(event.occurredAt, askedFrom(request, event)), now);
  const basis = { criterion: said.criterion ?? null, grounds: null, decidedAt };
  const clinician = clinicianFor(line.category, said.clinician, policy);
  if (!isAdverse(outcome)) {
    const decidedBy = {
      name: said.clinician?.name ?? request.referral?.vendor ?? "vendor",
      credential: said.clinician?.credential ?? null,
      subject: null,
    };
    return { ...line, decision: approval(grant, { ...basis, reason: said.reason, decidedBy }) };
  }
  if (!clinician || !said.reason)
    return { ...line, route: "plan", escalated: true, because: "The vendor's adverse answer names no clinician who may deny." };
  return { ...line, decision: adverseDecision(outcome, grant, { ...basis, reason: said.reason, clinician, subject: null }) };
}

type Granted = Grant & Pick<Decision, "outcome">;

/** What the vendor's answer on a line comes to, what it leaves unsaid being as asked. */
function grantOf(request: Request, said: VendorLine): Granted {
  const asked = askedOn(request.submission, said.lineNumber);
  if (said.outcome === "denied") return { outcome: "denied", ...nothingGranted };
  return {
    outcome: isLess(request.submission, said.lineNumber, said) ? "approved-less" : said.outcome,
    quantity: said.quantity ?? asked.quantity ?? null,
    unit: asked.unit ?? null,
    from: said.from ?? asked.from ?? null,
    to: said.to ?? asked.to ?? null,
  };
}

const saysTheSame = (one: Granted, other: Granted) =>
  one.outcome === other.outcome && one.quantity === other.quantity && one.from === other.from && one.to === other.to;

function eventsOf(before: Request, event: VendorEvent, after: Request): readonly EventDraft[] {
  const { caseId } = event;
  const drafts: EventDraft[] = [];
  if (before.referral?.caseId !== caseId) drafts.push({ type: "referral.acknowledged", caseId });
  if (after.informationRequest && after.informationRequest !== before.informationRequest)
    drafts.push({ type: "information.requested", caseId });
  if (after.referral?.status === "returned" && before.referral?.status !== "returned")
    drafts.push({ type: "referral.returned", caseId });
  for (const line of after.lines) {
    const was = before.lines[line.lineNumber - 1];
    if (line.decision && !was?.decision)
      drafts.push({ type: "line.decided", lines: [line.lineNumber], outcome: line.decision.outcome });
    if (line.escalated && !was?.escalated) drafts.push({ type: "line.escalated", lines: [line.lineNumber] });
  }
  return drafts;
}
