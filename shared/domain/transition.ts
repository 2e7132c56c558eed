import type { Policy } from "../policy/policy.ts";
import type { Instant } from "./calendar.ts";
import { type Actor, chained, type EventDraft, type EventType, type RequestEvent } from "./events.ts";
import { missingFrom } from "./missing.ts";
import { awaitsRelease, isOpen, type Request, statusOf } from "./request.ts";
import { ok, type Refusal, type Result, refuse } from "./result.ts";
import { isRetrospective } from "./retrospective.ts";
import type { RequestStatus } from "./vocabulary.ts";

/** Where and when a transition happens. The domain has no clock of its own. */
export type Context = { readonly now: Instant; readonly actor: Actor; readonly policy: Policy };

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
  if (!change.from.includes(request.status))
    return refuse(
      "not-possible-now",
      `The request is ${request.status}: "${change.name}" is possible only while it is ${change.from.join(", ")}.`,
    );
  const refusal = change.refuses?.(request, command, context);
  if (refusal) return { ok: false, refusal };
  const decided = change.decide(request, command, context);
  return ok(sealed(request, decided, change.events(request, command, decided), context));
}

/** What may follow from any change. */
export const consequences = ["request.completed", "referral.released"] as const satisfies readonly EventType[];

/**
 * Derives what follows from a change (missing, retrospective, referral's release, status, authorization) and continues the chain of
 * events.
 */
export function sealed(before: Request, changed: Request, drafts: readonly EventDraft[], context: Context): Change {
  const { request: settled, drafts: consequences } = settle(changed, context);
  const events = chained({ ...before, epoch: changed.epoch }, [...drafts, ...consequences], context.now, context.actor);
  const last = events.at(-1);
  return {
    request: {
      ...settled,
      version: changed.version + 1,
      updatedAt: context.now,
      lastSequence: last?.sequence ?? before.lastSequence,
      lastHash: last?.hash ?? before.lastHash,
    },
    events,
  };
}

function settle(changed: Request, { now, policy }: Context): { request: Request; drafts: readonly EventDraft[] } {
  const drafts: EventDraft[] = [];
  const missing = missingFrom(changed, policy);
  let request: Request = { ...changed, missing, retrospective: isRetrospective(changed, policy.plan.timeZone) };
  request = { ...request, status: statusOf(request) };
  if (request.completeAt === null && missing.length === 0 && isOpen(request)) {
    request = { ...request, completeAt: now };
    drafts.push({ type: "request.completed" });
  }
  const { referral } = request;
  if (referral && awaitsRelease(referral) && isOpen(request)) {
    const ready = (missing.length === 0 && request.informationRequest === null) || referral.dueAt <= now;
    if (ready) {
      request = { ...request, referral: { ...referral, releasedAt: now } };
      drafts.push({ type: "referral.released", lines: vendorLines(request) });
    }
  }
  return { request: { ...request, authorization: authorizationOf(request) }, drafts };
}

export const vendorLines = (request: Request): readonly number[] =>
  request.lines.filter((line) => line.route === "vendor").map((line) => line.lineNumber);

/** An approval states its dates (42 CFR 422.138(c)); its number is the request's own, so that it needs no index. */
function authorizationOf(request: Request): Request["authorization"] {
  if (isOpen(request)) return request.authorization;
  const granted = request.lines.flatMap((line) => (line.decision && line.decision.outcome !== "denied" ? [line.decision] : []));
  if (granted.length === 0) return null;
  const from = granted.flatMap((decision) => decision.from ?? []).sort();
  const to = granted.flatMap((decision) => decision.to ?? []).sort();
  return { number: request.id.replace(/^PA-/, "AU-"), from: from[0] ?? null, to: to.at(-1) ?? null };
}
