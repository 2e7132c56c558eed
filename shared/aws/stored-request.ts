import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { appealDueAt } from "../domain/appeal.ts";
import { earlier, type Instant } from "../domain/calendar.ts";
import type { Decision } from "../domain/decision.ts";
import type { EventType, RequestEvent } from "../domain/events.ts";
import type { RequestId } from "../domain/identifiers.ts";
import { dueAt, type Membership, queueOf, type Request } from "../domain/request.ts";
import { itemKey, shardOf, type TimeLine, timeLines } from "./keys.ts";
import { timeKey } from "./time-key.ts";

/** How a request stands in the table: its content as one JSON text, beside what conditions, indexes and the relay need. */

export const schemaVersion = 5;

/** Item size: requests stay far below DynamoDB's 400 KB, and cheap to write. */
const maxContentBytes = 100 * 1024;
/** Kept free of what clients add, so that documents can be settled, lines decided and the request taken back however full it is. */
const reservedBytes = 16 * 1024;
const adding: ReadonlySet<EventType> = new Set([
  "request.submitted",
  "information.received",
  "document.registered",
  "appeal.filed",
]);

/** How large a request's content may be after a change that records these events. */
export const contentLimit = (events: readonly RequestEvent[]): number =>
  events.some(({ type }) => adding.has(type)) ? maxContentBytes - reservedBytes : maxContentBytes;

export type IndexAttributes = Readonly<Record<string, string | undefined>>;

/** Index attributes follow from the request; `undefined` takes it out of that index. The member's never change, and are written once. */
export function indexAttributes(request: Request): IndexAttributes {
  const shard = shardOf(request.id);
  const queue = queueOf(request);
  const time = placeInTime(request);
  const due = dueAt(request) ?? appealDueAt(request);
  return {
    organizationKey: request.organization ?? undefined,
    organizationSort: request.organization === null ? undefined : `${request.updatedAt}#${request.id}`,
    worklistKey: queue ? `${queue}#${shard}` : undefined,
    worklistSort: queue ? `${due ?? noDueTime + request.updatedAt}#${request.id}` : undefined,
    timersKey: time && `${time.line}#${shard}`,
    timersSort: time?.sort,
  };
}

/** Before the time since when something waits that has no due time any more. It sorts behind every time: such places come last. */
export const noDueTime = "~";

/** Later than everything: where a request stands that is only counted. */
const never: Instant = "9999-12-31T00:00:00.000Z";

/**
 * Where a request stands in the index of times: by its next wake-up, and in a line of its own once it or an appeal is overdue or the
 * vendor is silent, so that those are counted by keys alone. Behind the wake-up stand the end of the clock (the request's or an
 * appeal's, whichever is first) and the vendor's time, by which what is late is counted even before it has been woken.
 */
function placeInTime(request: Request): { line: TimeLine; sort: string } | undefined {
  const { wakesAt, missedAt, vendorSilentFrom, reminded } = request;
  const due = dueAt(request);
  const appealDue = appealDueAt(request);
  const isAppealOverdue = appealDue !== null && (reminded["appeal-overdue"] ?? "") >= appealDue;
  const overdue = (due !== null && missedAt === due) || isAppealOverdue;
  const silent = vendorSilentFrom !== null && (reminded["vendor-silent"] ?? "") >= vendorSilentFrom;
  if (wakesAt === null && !overdue && !silent) return undefined;
  const line = overdue ? timeLines.clock : silent ? timeLines.silence : timeLines.fires;
  return {
    line,
    sort: timeKey({ at: wakesAt ?? never, requestId: request.id, dueAt: first(due, appealDue), silentFrom: vendorSilentFrom }),
  };
}

const first = (one: Instant | null, other: Instant | null): Instant | null =>
  one === null || other === null ? (one ?? other) : earlier(one, other);

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

type Content = Record<string, unknown>;
const asRequest = (content: Content) => content as unknown as Request;

/** From each older schema to the present one. Records live ten years (42 CFR 438.3(u)); none is rewritten for its shape's sake. */
const upcasts: Readonly<Record<number, (content: Content) => Request>> = {
  /** From before a table was ever restored. */
  1: (content) => fromBeforeReviews({ ...content, epoch: 0, retrospective: false, membership: notAsked }),
  /** From before a past date of service was marked, and eligibility asked about. */
  2: (content) => fromBeforeReviews({ ...content, retrospective: false, membership: notAsked }),
  3: (content) => fromBeforeReviews(content),
  4: withoutRevisions,
  5: asRequest,
};

/** From before a revision took the place of what it revises. */
function withoutRevisions(content: Content): Request {
  return asRequest({ ...content, supersessions: [] });
}

/** From before people reviewed here: the vendor alone decided. */
function fromBeforeReviews(content: Content): Request {
  const request = asRequest(content);
  return {
    ...request,
    priority: request.submission.priority,
    expedites: [],
    extensions: [],
    missedAt: null,
    missed: [],
    questions: [],
    assignment: null,
    notes: [],
    peerToPeer: [],
    // Its place in the index of times stands as it was written; its next change finds out about the rest.
    reminded: {},
    wakesAt: null,
    vendorSilentFrom: null,
    notices: [],
    closure: null,
    appeals: [],
    reductions: [],
    supersessions: [],
    continuations: [],
    informationRequest: request.informationRequest && { ...request.informationRequest, dueAt: null },
    clock: request.clock.map((row) => ({
      ...row,
      meaning: row.cite,
      whenMissed: row.rule === "post-stabilization" ? "plan-liable" : "adverse-notice",
    })),
    lines: request.lines.map((line) => (line.decision ? { ...line, decision: withCodes(line.decision) } : line)),
  };
}

const actions = { approved: "A1", "approved-less": "A6", denied: "A3" } as const;
const withCodes = (decision: Decision): Decision =>
  ({
    ...decision,
    grounds: null,
    decidedBy: { ...decision.decidedBy, subject: null },
    x12: { action: actions[decision.outcome], reason: decision.outcome === "approved" ? null : (decision.reason?.code ?? null) },
  }) as Decision;

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
