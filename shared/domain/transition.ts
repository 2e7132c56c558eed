import type { Policy } from "../policy/policy.ts";
import { authorizationNumberOf } from "./authorization.ts";
import { automaticallyApproved } from "./automatic-approval.ts";
import type { Benefit } from "./benefit.ts";
import { type Instant, shareOf } from "./calendar.ts";
import type { Decision } from "./decision.ts";
import { clockOf } from "./evaluate.ts";
import { type Actor, chained, type EventDraft, type EventType, type RequestEvent } from "./events.ts";
import { missingFrom } from "./missing.ts";
import { lastDayOf } from "./reduction.ts";
import { nextWakeOf } from "./reminders.ts";
import { awaitsRelease, clockStartOf, dueAt, isOpen, type Request, statusOf } from "./request.ts";
import { ok, type Refusal, type Result, refuse } from "./result.ts";
import { isRetrospective } from "./retrospective.ts";
import { bearsOnRevision } from "./revision.ts";
import { supersessionOf } from "./supersession.ts";
import type { RequestStatus } from "./vocabulary.ts";
import { vendorSilentFrom } from "./watch.ts";

/** Where and when a transition happens. The domain has no clock of its own. */
export type Context = {
  readonly now: Instant;
  readonly actor: Actor;
  readonly policy: Policy;
  /** The member's, where somebody has read them: without them nothing that a benefit limits is approved without a person. */
  readonly benefits?: readonly Benefit[];
};

/** One way in which a request may change: a value that can be read aloud, listed, and tested without a mock. */
export type Transition<Command> = {
  readonly name: string;
  readonly from: readonly RequestStatus[];
  /** Where each status may lead, beside staying as it is: for the reader and the diagram. */
  readonly to: Partial<Record<RequestStatus, readonly RequestStatus[]>>;
  /** Events that it may record, for the reader; `consequences` may follow any. Tests hold both true. */
  readonly emits: readonly EventType[];
  /** Has this very effect been recorded before? Then a repeat changes nothing and is no error. */
  readonly already?: (request: Request, command: Command, context: Context) => boolean;
  readonly refuses?: (request: Request, command: Command, context: Context) => Refusal | undefined;
  readonly decide: (request: Request, command: Command, context: Context) => Request;
  readonly events: (before: Request, command: Command, after: Request) => readonly EventDraft[];
};

export const transition = <Command>(definition: Transition<Command>): Transition<Command> => definition;

/** The changed request and the events to be saved with it; no events: nothing changed. */
export type Change = { readonly request: Request; readonly events: readonly RequestEvent[] };

/**
 * Applies a transition. Refuses `version-conflict` when `expectedVersion` is stale and `not-possible-now` outside the transition's
 * statuses; a repeat of a recorded effect is recognised before either.
 */
export function apply<Command>(
  change: Transition<Command>,
  request: Request,
  command: Command,
  context: Context,
  expectedVersion?: number,
): Result<Change> {
  if (change.already?.(request, command, context)) return ok({ request, events: [] });
  if (expectedVersion !== undefined && expectedVersion !== request.version)
    return refuse("version-conflict", "The request has changed since you read it: read it again and decide anew.");
  const refusal = change.from.includes(request.status)
    ? change.refuses?.(request, command, context)
    : notWhile(request.status, change.from, change.name);
  if (refusal) return { ok: false, refusal: withStatus(refusal, request) };
  const decided = change.decide(request, command, context);
  return ok(sealed(request, decided, change.events(request, command, decided), context));
}

const notWhile = (status: RequestStatus, from: readonly RequestStatus[], name: string): Refusal => ({
  problem: "not-possible-now",
  detail: `The request is ${status}: "${name}" is possible only while it is ${from.join(", ")}.`,
});

/** Where the state stands in the way, the edge tells it, and what is possible in it. */
export const withStatus = (refusal: Refusal, { status }: Pick<Request, "status">): Refusal => ({
  ...refusal,
  requestStatus: status,
});

/** What may follow from any change. */
export const consequences = ["request.completed", "line.decided", "referral.released"] as const satisfies readonly EventType[];

/**
 * Derives what follows from a change (missing, retrospective, referral's release, status, authorization, the next wake-up) and
 * continues the chain of events.
 */
export function sealed(before: Request, changed: Request, drafts: readonly EventDraft[], context: Context): Change {
  const { request: settled, drafts: consequences } = settle(changed, context);
  const all = [...drafts, ...consequences].map((draft) =>
    bearsOnRevision(settled, draft) ? { ...draft, revision: true as const } : draft,
  );
  const events = chained({ ...before, epoch: changed.epoch }, all, context.now, context.actor);
  const last = events.at(-1);
  return {
    request: {
      ...settled,
      missedAt: decidedLate(before, settled, context.now) ? dueAt(before) : settled.missedAt,
      version: changed.version + 1,
      updatedAt: context.now,
      lastSequence: last?.sequence ?? before.lastSequence,
      lastHash: last?.hash ?? before.lastHash,
    },
    events,
  };
}

/** Ended after its time, before a timer had noted that this had passed. */
const decidedLate = (before: Request, settled: Request, now: Instant): boolean =>
  isOpen(before) && !isOpen(settled) && (dueAt(before) ?? now) < now;

function settle(changed: Request, context: Context): { request: Request; drafts: readonly EventDraft[] } {
  const { now, policy } = context;
  const drafts: EventDraft[] = [];
  const missing = missingFrom(changed, policy);
  let request: Request = { ...changed, missing, retrospective: isRetrospective(changed, policy.plan.timeZone) };
  request = { ...request, status: statusOf(request) };
  // Nobody waits for an answer once all is decided.
  if (!isOpen(request)) request = { ...request, informationRequest: null };
  // A provider who owes the plan an answer has not sent all that it needs.
  const isAsked = request.informationRequest?.askedBy === "plan";
  if (request.completeAt === null && missing.length === 0 && !isAsked && isOpen(request)) {
    // What the law counts from the completion begins to run.
    const complete = { ...request, completeAt: now };
    request = { ...complete, clock: clockOf(complete, policy) };
    drafts.push({ type: "request.completed" });
    // What a person has asked in vain, a person judges.
    const isKnown = request.informationRequest === null && request.questions.every(({ answeredAt }) => answeredAt !== null);
    const approved = isKnown ? automaticallyApproved(request, context) : request;
    for (const { lineNumber, decision } of approved.lines)
      if (decision && !request.lines[lineNumber - 1]?.decision)
        drafts.push({ type: "line.decided", lines: [lineNumber], outcome: decision.outcome });
    request = { ...approved, status: statusOf(approved) };
  }
  const waiting = request.referral;
  if (waiting && awaitsRelease(waiting) && isOpen(request)) {
    // At its share of the clock as it runs now: haste or an extension moves it.
    const due = dueAt(request);
    const share = policy.plan.referralDueAtShareOfClock;
    const referral = due === null ? waiting : { ...waiting, dueAt: shareOf(clockStartOf(request), due, share) };
    const ready = (missing.length === 0 && request.informationRequest === null) || referral.dueAt <= now;
    request = { ...request, referral: { ...referral, releasedAt: ready ? now : null } };
    if (ready) {
      drafts.push({ type: "referral.released", lines: vendorLines(request) });
    }
  }
  const { reminders } = policy.plan;
  request = { ...request, authorization: authorizationOf(request) };
  request = { ...request, vendorSilentFrom: vendorSilentFrom(request, reminders) };
  return { request: { ...request, wakesAt: nextWakeOf(request, reminders) }, drafts };
}

export const vendorLines = (request: Request): readonly number[] =>
  request.lines.filter((line) => line.route === "vendor").map((line) => line.lineNumber);

/**
 * An approval states its dates (42 CFR 422.138(c)); its number is the request's own, so that it needs no index. It follows on the last
 * of the request's decisions; what an appeal has overturned waits for no other line (42 CFR 438.424(a)). Of lines that a revision has
 * replaced before their first day it has the number and no dates.
 */
function authorizationOf(request: Request): Request["authorization"] {
  const isOverturned = request.appeals.some(({ decision }) => decision !== null && decision.replaced.length > 0);
  const isSuperseded = request.authorization !== null && request.supersessions.length > 0;
  if (isOpen(request) && !isOverturned && !isSuperseded) return request.authorization;
  if (request.closure || request.withdrawal) return null;
  const granted = request.lines.filter(({ decision }) => decision !== null && decision.outcome !== "denied");
  if (granted.length === 0) return null;
  const ever = granted.filter(({ lineNumber, decision }) => !neverBegins(request, lineNumber, decision));
  const from = ever.flatMap(({ decision }) => decision?.from ?? []).sort();
  const to = ever.flatMap(({ lineNumber }) => lastDayOf(request, lineNumber) ?? []).sort();
  return { number: authorizationNumberOf(request.id), from: from[0] ?? null, to: to.at(-1) ?? null };
}

const neverBegins = (request: Request, lineNumber: number, decision: Decision | null): boolean =>
  (supersessionOf(request, lineNumber)?.from ?? "~") <= (decision?.from ?? "");
