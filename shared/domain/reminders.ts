import type { Policy } from "../policy/policy.ts";
import { openAppeals } from "./appeal.ts";
import { endsOf } from "./authorization-ends.ts";
import { addDays, addHours, earlier, type Instant, later, shareOf } from "./calendar.ts";
import { awaitsRelease, clockStartOf, dueAt, isOpen, linesToDecide, nextToMiss, type Request } from "./request.ts";
import type { ReminderKind } from "./vocabulary.ts";

/**
 * What happens by itself as time passes, and when. A reminder has its moments; the mark that the request keeps of its kind is the
 * latest moment of which somebody was told. So each takes effect once however often a timer fires, and after an outage only the
 * latest moment of a kind goes out: the ones before it have been overtaken.
 */

export type Reminders = Policy["plan"]["reminders"];
export type Moment = { readonly kind: ReminderKind; readonly at: Instant };

/** Moments that have come and were not told of yet: of each kind the latest. */
export function remindersDue(request: Request, reminders: Reminders, now: Instant): readonly Moment[] {
  const latest = new Map<ReminderKind, Instant>();
  for (const { kind, at } of untold(request, reminders)) if (at <= now && at > (latest.get(kind) ?? "")) latest.set(kind, at);
  return [...latest].map(([kind, at]) => ({ kind, at }));
}

/** When the request has to be looked at again though nobody touches it; `null`: never. */
export function nextWakeOf(request: Request, reminders: Reminders): Instant | null {
  const { referral, informationRequest } = request;
  const open = isOpen(request);
  const times = [
    open && referral && awaitsRelease(referral) ? referral.dueAt : null,
    open ? (informationRequest?.dueAt ?? null) : null,
    recallAt(request, reminders),
    nextToMiss(request)?.dueAt ?? null,
    ...untold(request, reminders).map(({ at }) => at),
  ].filter((time) => time !== null);
  return times.length > 0 ? times.reduce(earlier) : null;
}

/**
 * When the plan takes its lines back from a vendor that has not decided: at a share of what was left of the clock when the referral
 * went out. Where nothing was left, the vendor has the time of its acknowledgement.
 */
export function recallAt(request: Request, { recallAtShareOfRemainingClock, acknowledgementHours }: Reminders): Instant | null {
  const { referral } = request;
  const due = dueAt(request);
  if (due === null || !referral || referral.releasedAt === null) return null;
  if (referral.status === "returned" || referral.status === "decided" || !withVendor(request)) return null;
  return due > referral.releasedAt
    ? shareOf(referral.releasedAt, due, recallAtShareOfRemainingClock)
    : addHours(referral.releasedAt, acknowledgementHours[request.priority]);
}

const withVendor = (request: Request) => request.lines.some(({ route, decision }) => route === "vendor" && decision === null);

const untold = (request: Request, reminders: Reminders): readonly Moment[] =>
  momentsOf(request, reminders).filter(({ kind, at }) => at > (request.reminded[kind] ?? ""));

function momentsOf(request: Request, reminders: Reminders): readonly Moment[] {
  const own = isOpen(request)
    ? [
        ...informationMissing(request, reminders),
        ...decisionDue(request, reminders),
        ...vendorSilent(request),
        ...serviceNear(request, reminders),
      ]
    : authorizationEnding(request, reminders);
  return [...own, ...appealsDue(request, reminders)];
}

/** At the shares of an appeal's own clock, and at its end: whoever decides it hears of the same warnings as of a request. */
const appealsDue = (request: Request, { decisionDueShares }: Reminders): readonly Moment[] =>
  openAppeals(request).flatMap(({ filedAt, dueAt: due }): readonly Moment[] => [
    ...decisionDueShares.map((share) => ({ kind: "appeal-due" as const, at: shareOf(filedAt, due, share) })),
    { kind: "appeal-overdue", at: due },
  ]);

/** So long after the question; while nobody has asked one, after the receipt. */
function informationMissing(request: Request, { informationMissingHours }: Reminders): readonly Moment[] {
  if (request.status !== "awaiting-information") return [];
  const since = request.informationRequest?.at ?? request.receivedAt;
  return informationMissingHours.map((hours) => ({ kind: "information-missing", at: addHours(since, hours) }));
}

/** Overtaken by the end of the clock, of which its own event tells. */
function decisionDue(request: Request, { decisionDueShares }: Reminders): readonly Moment[] {
  const due = dueAt(request);
  const start = clockStartOf(request);
  if (due === null || due === request.missedAt || due <= start) return [];
  return decisionDueShares.map((share) => ({ kind: "decision-due", at: shareOf(start, due, share) }));
}

const vendorSilent = ({ vendorSilentFrom: at }: Request): readonly Moment[] => (at === null ? [] : [{ kind: "vendor-silent", at }]);

/** So many days before each day of a service that waits for its decision; what was nearer at the receipt is told of at once. */
function serviceNear(request: Request, { serviceNearDays, timeOfDay }: Reminders): readonly Moment[] {
  const { submission, receivedAt } = request;
  const days = linesToDecide(request)
    .filter(({ decision }) => decision === null)
    .flatMap(({ lineNumber }) => submission.lines[lineNumber - 1]?.serviceDate ?? submission.admission?.date ?? [])
    .filter((day) => day >= receivedAt.slice(0, 10));
  return [...new Set(days)].map((day) => ({
    kind: "service-near",
    at: later(`${addDays(day, -serviceNearDays)}T${timeOfDay}`, receivedAt),
  }));
}

/** So many days before each end. Whose line is granted for less than that knows of its end from the decision itself. */
function authorizationEnding(request: Request, { authorizationEndingDays, timeOfDay }: Reminders): readonly Moment[] {
  const moments = endsOf(request).map(({ day, lines }) => ({
    lines,
    at: `${addDays(day, -authorizationEndingDays)}T${timeOfDay}`,
  }));
  return moments
    .filter(({ lines, at }) => lines.some((lineNumber) => (request.lines[lineNumber - 1]?.decision?.decidedAt ?? at) < at))
    .map(({ at }) => ({ kind: "authorization-ending", at }));
}
