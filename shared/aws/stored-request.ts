import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { earlier, type Instant } from "../domain/calendar.ts";
import type { EventType, RequestEvent } from "../domain/events.ts";
import type { RequestId } from "../domain/identifiers.ts";
import { awaitsRelease, dueAt, isOpen, type Membership, queueOf, type Request } from "../domain/request.ts";
import { vendorSilentFrom } from "../domain/watch.ts";
import { itemKey, shardOf, type TimeLine, timeLines } from "./keys.ts";

/** How a request stands in the table: its content as one JSON text, beside what conditions, indexes and the relay need. */

export const schemaVersion = 3;

/** Item size: requests stay far below DynamoDB's 400 KB, and cheap to write. */
const maxContentBytes = 100 * 1024;
/** Kept free of what clients add, so that documents can be settled, lines decided and the request taken back however full it is. */
const reservedBytes = 16 * 1024;
const adding: ReadonlySet<EventType> = new Set(["request.submitted", "information.received", "document.registered"]);

/** How large a request's content may be after a change that records these events. */
export const contentLimit = (events: readonly RequestEvent[]): number =>
  events.some(({ type }) => adding.has(type)) ? maxContentBytes - reservedBytes : maxContentBytes;

export type IndexAttributes = Readonly<Record<string, string | undefined>>;

/** Index attributes follow from the request; `undefined` takes it out of that index. The member's never change, and are written once. */
export function indexAttributes(request: Request): IndexAttributes {
  const shard = shardOf(request.id);
  const queue = queueOf(request);
  const time = placeInTime(request);
  const due = dueAt(request) ?? request.updatedAt;
  return {
    organizationKey: request.organization ?? undefined,
    organizationSort: request.organization === null ? undefined : `${request.updatedAt}#${request.id}`,
    worklistKey: queue ? `${queue}#${shard}` : undefined,
    worklistSort: queue ? `${due}#${request.id}` : undefined,
    timersKey: time && `${time.line}#${shard}`,
    timersSort: time && [time.at, request.id, ...(time.dueAt ? [time.dueAt] : [])].join("#"),
  };
}

/** When the request has to be looked at by itself: its referral goes out at a share of the clock. */
export function wakeAt(request: Request): Instant | undefined {
  const { referral } = request;
  return isOpen(request) && referral && awaitsRelease(referral) ? referral.dueAt : undefined;
}

/**
 * Where an open request stands in the index of times: by its wake-up, else by the vendor's silence (with its due time, by which it
 * is counted as overdue), else by the end of its clock.
 */
export function placeInTime(request: Request): { line: TimeLine; at: Instant; dueAt?: Instant | null } | undefined {
  const wake = wakeAt(request);
  if (wake) return { line: timeLines.fires, at: wake };
  const due = dueAt(request);
  const silent = vendorSilentFrom(request);
  if (silent) return { line: timeLines.silence, at: silent, dueAt: due };
  return due === null ? undefined : { line: timeLines.clock, at: due };
}

type Item = Readonly<Record<string, AttributeValue>>;

/** @throws on an item that no version of this code has written */
export function requestFrom(item: Item): Request {
  const version = Number(item.schemaVersion?.N);
  const upcast = upcasts[version];
  if (!upcast || item.content?.S === undefined) throw new Error("a request that this code cannot read");
  return upcast(JSON.parse(item.content.S) as Record<string, unknown>);
}

/** Eligibility as it was taken for granted before there were data about it. */
const notAsked: Membership = { eligible: true, checkedFor: [] };

/** From each older schema to the present one. Records live ten years (42 CFR 438.3(u)); none is rewritten for its shape's sake. */
const upcasts: Readonly<Record<number, (content: Record<string, unknown>) => Request>> = {
  /** From before a table was ever restored. */
  1: (content) => ({ ...(content as unknown as Request), epoch: 0, retrospective: false, membership: notAsked }),
  /** From before a past date of service was marked, and eligibility asked about. */
  2: (content) => ({ ...(content as unknown as Request), retrospective: false, membership: notAsked }),
  3: (content) => content as unknown as Request,
};

export function pendingEvents(item: Item): readonly RequestEvent[] {
  return Object.entries(item.outbox?.M ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, entry]) => JSON.parse(entry.S ?? "") as RequestEvent);
}

/** The oldest pending event's time decides when the sweep looks. */
export const outboxAttributes = (id: RequestId, events: readonly RequestEvent[]) => {
  const oldest = events.map((event) => event.at).reduce(earlier);
  return { outboxKey: `outbox#${shardOf(id)}`, outboxSort: `${oldest}#${id}` };
};

export const requestKey = (id: RequestId) => itemKey(`REQUEST#${id}`, "REQUEST");
