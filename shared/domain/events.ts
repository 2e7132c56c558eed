import { hash } from "node:crypto";
import type { Instant } from "./calendar.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { RequestId } from "./identifiers.ts";

/** Who did it. `id` is the token's subject, the vendor's name or the job's: never a person's name. */
export type Actor = { readonly type: "provider" | "clerk" | "reviewer" | "vendor" | "system"; readonly id: string };

/** What happened, without personal data: numbers, codes and references only. */
export type EventDraft = {
  readonly type: EventType;
  readonly lines?: readonly number[];
  readonly documentId?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly fields?: readonly string[];
  readonly caseId?: string;
  readonly noticeId?: string;
  readonly appealId?: string;
  readonly reductionId?: string;
  /** Of what stands in its place. */
  readonly authorizationNumber?: string;
  /** The request revises an authorization, or is revised: something may have to give way. */
  readonly revision?: true;
  /** To which moment the table was restored. */
  readonly restoredTo?: Instant;
};

export const eventTypes = [
  "request.submitted",
  "request.withdrawn",
  "request.closed",
  "request.completed",
  "document.registered",
  "document.reopened",
  "document.available",
  "document.rejected",
  "document.expired",
  "information.requested",
  "information.received",
  "referral.released",
  "referral.sent",
  "referral.failed",
  "referral.acknowledged",
  "referral.returned",
  "referral.recalled",
  "information.lapsed",
  "request.extended",
  "request.expedited",
  "expedite.asked",
  "expedite.refused",
  "peer-to-peer.held",
  "clock.missed",
  "reminder.due",
  "line.decided",
  "line.escalated",
  "stay.continued",
  "appeal.filed",
  "appeal.decided",
  "authorization.reduced",
  "authorization.superseded",
  "notice.written",
  "vendor.contradicted",
  "exception.resolved",
  "history.restored",
] as const;
export type EventType = (typeof eventTypes)[number];

/** Final and immutable once written. `hash` is SHA-256 over the canonical JSON of all else, so each event vouches for all before it. */
export type RequestEvent = EventDraft & {
  readonly schemaVersion: 1;
  readonly requestId: RequestId;
  /** From 1, without gaps. */
  readonly sequence: number;
  /**
   * Of the last restore before it, absent when there was none. What was recorded after the moment of a restore is lost with its
   * numbers: they are used again, and only the epoch tells the two apart.
   */
  readonly epoch?: number;
  readonly at: Instant;
  readonly actor: Actor;
  readonly previousHash: string;
  readonly hash: string;
};

export const genesisHash = "0".repeat(64);

type Chain = { readonly id: RequestId; readonly epoch: number; readonly lastSequence: number; readonly lastHash: string };

/** The drafts as final events that continue the request's chain. */
export function chained(chain: Chain, drafts: readonly EventDraft[], at: Instant, actor: Actor): readonly RequestEvent[] {
  const events: RequestEvent[] = [];
  const epoch = chain.epoch > 0 ? { epoch: chain.epoch } : {};
  let { lastSequence: sequence, lastHash: previousHash } = chain;
  for (const draft of drafts) {
    sequence += 1;
    const content = { schemaVersion: 1 as const, requestId: chain.id, sequence, ...epoch, at, actor, ...draft, previousHash };
    const hash = hashOf(content);
    events.push({ ...content, hash });
    previousHash = hash;
  }
  return events;
}

export function hashOf(event: Omit<RequestEvent, "hash">): string {
  return hash("sha256", canonicalJson(event), "hex");
}

/** Is this the whole history, in order, unaltered? */
export function isIntact(events: readonly RequestEvent[]): boolean {
  return events.every(({ hash, ...content }, index) => {
    const previous = events[index - 1];
    return content.sequence === index + 1 && content.previousHash === (previous?.hash ?? genesisHash) && hash === hashOf(content);
  });
}
