import type { BenefitLimit, Policy } from "../policy/policy.ts";
import { askedOn } from "./asked.ts";
import { type AuthorizationUse, type Authorized, unitsUsed } from "./authorization.ts";
import { addDays, dayOf, earlier, type Instant, startOfDay } from "./calendar.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Decision } from "./decision.ts";
import type { RequestId } from "./identifiers.ts";
import { decisionOn, lastDayOf } from "./reduction.ts";
import type { Request } from "./request.ts";
import { ok, type Result, refuse } from "./result.ts";
import { handedOver, revisedBy } from "./revision.ts";
import { serviceDaysOf } from "./service-days.ts";
import { isHandedOver, supersessionOf } from "./supersession.ts";
import type { Unit } from "./vocabulary.ts";

/**
 * A member's benefit in one period: an aggregate of its own, because requests of several providers draw on it. Units are reserved
 * before a decision is written, stay reserved while it stands, are consumed by claims, and what no claim has taken is free again when
 * the authorization is over.
 */
export type Benefit = BenefitKey & {
  /** Counts its changes; 0: nothing of it was ever reserved. */
  readonly version: number;
  readonly shares: readonly Share[];
};

export type BenefitKey = {
  /** The member's id, sealed. */
  readonly member: string;
  readonly benefit: string;
  /** The period's first day, ISO. */
  readonly from: string;
};

/** What one line of a request has of it. */
export type Share = {
  readonly requestId: RequestId;
  readonly lineNumber: number;
  /** Kept for it, what claims have taken included. */
  readonly units: number;
  readonly consumed: number;
  /** Of what is being written meanwhile elsewhere: it can only be written while that is still the version there. */
  readonly awaits: Awaited;
  /** When somebody has to look into it; `null`: never again. */
  readonly lookAt: Instant | null;
  /** On one of a revision's shares: from where unused units have come over to it. There no more is kept than was claimed. */
  readonly given?: Given;
};

/** Lines of what a revision takes the place of, as that was judged at a moment, and how many units they had to give. */
export type Given = HandedOver & { readonly units: number };
export type HandedOver = { readonly from: RequestId; readonly lines: readonly number[]; readonly at: Instant };

/** A decision on the request, or a claim on its authorization, that goes out from this version of it. */
export type Awaited = { readonly request: number | null; readonly use: number | null };

export const untouched = (key: BenefitKey): Benefit => ({ ...key, version: 0, shares: [] });

const unitsIn = ({ shares }: Benefit): number => shares.reduce((sum, { units }) => sum + units, 0);
export const usedOf = ({ shares }: Benefit): number => shares.reduce((sum, { consumed }) => sum + consumed, 0);
export const reservedOf = ({ shares }: Benefit): number => shares.reduce((sum, { units, consumed }) => sum + units - consumed, 0);
/** Below 0 where a binding approval went beyond the limit. */
export const leftOf = (benefit: Benefit, { amount }: BenefitLimit): number => amount - usedOf(benefit) - reservedOf(benefit);

/** When the benefit has to be looked into next. */
export const lookAtOf = ({ shares }: Benefit): Instant | undefined =>
  shares
    .flatMap(({ lookAt }) => lookAt ?? [])
    .reduce<Instant | undefined>((first, at) => (first && first < at ? first : at), undefined);

/** First and last day of the period in which a day falls. */
export function periodOf({ period }: BenefitLimit, day: string): { readonly from: string; readonly to: string } {
  const starts = period.kind === "calendar-year" ? "01-01" : period.startsOn;
  const year = Number(day.slice(0, 4)) - (day.slice(5) < starts ? 1 : 0);
  const first = (of: number) => `${String(of).padStart(4, "0")}-${starts}`;
  return { from: first(year), to: addDays(first(year + 1), -1) };
}

/** A line that draws on a benefit, and in which of its periods: that of the first day granted, else of the day asked for. */
export type LimitedLine = {
  readonly lineNumber: number;
  readonly limit: BenefitLimit;
  readonly from: string;
  readonly to: string;
};

export function limitedLines(request: Request, policy: Policy): readonly LimitedLine[] {
  const { submission, lines, receivedAt } = request;
  let days: readonly string[] | undefined;
  return lines.flatMap(({ lineNumber, decision }) =>
    limitsOn(request, lineNumber, policy).map((limit) => {
      days ??= serviceDaysOf(submission, receivedAt, policy.plan.timeZone);
      return { lineNumber, limit, ...periodOf(limit, decision?.from ?? days[lineNumber - 1] ?? receivedAt.slice(0, 10)) };
    }),
  );
}

/** The benefits that a line draws on: by its line of business, its category or code, and its setting. */
export function limitsOn({ submission, lines }: Request, lineNumber: number, { benefits }: Policy): readonly BenefitLimit[] {
  const line = lines[lineNumber - 1];
  if (!line || line.requirement === "not-required") return [];
  const code = submission.lines[lineNumber - 1]?.code ?? "";
  return benefits.limits.filter(
    ({ linesOfBusiness, categories, settings, holdsCode }) =>
      linesOfBusiness.includes(submission.lineOfBusiness) &&
      (settings?.includes(submission.setting) ?? true) &&
      ((line.category !== null && categories?.includes(line.category)) || holdsCode(code)),
  );
}

/**
 * Units that a decision takes of a benefit; `null` where nobody has counted them: neither the provider, nor the vendor or the law, whose
 * word binds all the same. Then claims count them. Withdrawn and closed requests take none, nor does what a revision has taken the place
 * of. What a reduction takes away is free once claims for the days before it have had their time.
 */
export function unitsTaken(request: Request, lineNumber: number, now: Instant, policy: Policy): number | null {
  const { status, lines } = request;
  const decision = lines[lineNumber - 1]?.decision;
  if (!decision || decision.outcome === "denied" || status === "withdrawn" || status === "closed") return 0;
  const superseded = supersessionOf(request, lineNumber);
  if (superseded && isHandedOver(decision, superseded, superseded.at, policy.plan.timeZone)) return 0;
  return decisionOn(request, lineNumber, claimableSince(now, policy))?.quantity ?? null;
}

/** The first day of service for which claims still have time. */
const claimableSince = (now: Instant, { benefits, plan }: Policy): string =>
  addDays(dayOf(now, plan.timeZone), -benefits.claimsDays);

/** When the next reduction frees units. */
const nextFreed = ({ reductions }: Request, now: Instant, { benefits, plan }: Policy): Instant | null =>
  reductions
    .flatMap(({ holdsFrom }) => (holdsFrom === null ? [] : startOfDay(addDays(holdsFrom, benefits.claimsDays), plan.timeZone)))
    .filter((at) => at > now)
    .reduce<Instant | null>((first, at) => (first === null ? at : earlier(first, at)), null);

/**
 * The vendor's word and the law's bind the plan whatever is left (42 CFR 422.138(c)): they are recorded, and seen to be beyond. Neither
 * is a person of the plan, who has a subject, nor names grounds, as the plan's own rules do.
 */
export const bindsBeyondLimit = ({ decidedBy, grounds }: Decision): boolean => decidedBy.subject === null && grounds === null;

export type Want = { readonly lineNumber: number; readonly units: number; readonly binding: boolean };
export type Hold = {
  readonly requestId: RequestId;
  readonly awaits: Partial<Awaited>;
  readonly lookAt: Instant;
  /** What the revision that is about to be written takes the place of at once. */
  readonly inPlaceOf?: HandedOver;
};

/**
 * Keeps units for what is about to be written elsewhere. What was kept before stays kept: it is made exact once that is written or
 * can no longer be. A revision is kept the unused units of what it takes the place of, unless something is being written on those.
 *
 * @returns the same benefit when all of it is kept already. Refuses `benefit-exhausted`
 */
export function held(benefit: Benefit, limit: BenefitLimit, wants: readonly Want[], hold: Hold): Result<Benefit> {
  const takes = wants.some(({ units }) => units > 0);
  const emptied = takes ? emptiedShares(benefit, hold) : [];
  let owed = takes ? owedBy(benefit, hold) : 0;
  let credit = hold.awaits.request == null ? 0 : undecidedGifts(benefit, hold.requestId);
  let next = emptied.reduce(withShare, benefit);
  for (const { lineNumber, units: wanted, binding } of wants) {
    const before = shareOf(next, hold.requestId, lineNumber);
    const given = hold.awaits.request != null && hasGiven(next, hold.requestId, lineNumber);
    // What has gone over to a revision no decision takes back, and what still may comes back by itself; claims take what is left.
    const units = given ? (credit > 0 ? Math.max(0, wanted - credit) : 0) : wanted;
    credit = given ? Math.max(0, credit - wanted) : credit;
    if (!before && units === 0) continue;
    const share = keeping(before, lineNumber, units + owed, hold);
    if (share === before) continue;
    const more = share.units - (before?.units ?? 0);
    const left = leftOf(next, limit);
    if (more > 0 && more > left && !binding) return exhausted(Math.max(0, left + (before?.units ?? 0) - owed), limit.unit);
    owed = 0;
    next = withShare(next, share);
  }
  if (hold.inPlaceOf && emptied.length > 0) next = withGiven(next, benefit, emptied, hold.inPlaceOf, hold.requestId);
  return ok(next === benefit ? benefit : { ...next, version: benefit.version + 1 });
}

/** Of what a revision takes the place of: with nothing but what was claimed. What is being written on them keeps its units. */
function emptiedShares(benefit: Benefit, { requestId, inPlaceOf }: Hold): readonly Share[] {
  const before = givenShare(benefit, requestId)?.given;
  // It remembers one authorization whose units it has.
  if (!inPlaceOf || (before && before.from !== inPlaceOf.from)) return [];
  return benefit.shares.flatMap((share) => {
    const isTheirs = share.requestId === inPlaceOf.from && inPlaceOf.lines.includes(share.lineNumber);
    const isAwaited = share.awaits.request !== null || share.awaits.use !== null;
    return isTheirs && !isAwaited && share.units > share.consumed ? [{ ...share, units: share.consumed }] : [];
  });
}

/**
 * Units that go back if another decision, which was to take the place of something and may still be written, is not: one that does not
 * take the same place needs its own besides.
 */
function owedBy(benefit: Benefit, { requestId, awaits, inPlaceOf }: Hold): number {
  const { given, awaits: awaited } = givenShare(benefit, requestId) ?? {};
  if (!given || awaits.request == null || awaited?.request === null) return 0;
  const isTheSame = inPlaceOf?.from === given.from && given.lines.every((lineNumber) => inPlaceOf.lines.includes(lineNumber));
  return isTheSame ? 0 : given.units;
}

/** What a request has given over to a revision that may still turn out not to be written. */
const undecidedGifts = ({ shares }: Benefit, requestId: RequestId): number =>
  shares.reduce((sum, { given, awaits }) => sum + (given?.from === requestId && awaits.request !== null ? given.units : 0), 0);

/** Until it is written a revision keeps all that it was given, needed or not: otherwise it could not give it back. */
function withGiven(
  next: Benefit,
  before: Benefit,
  emptied: readonly Share[],
  inPlaceOf: HandedOver,
  requestId: RequestId,
): Benefit {
  const share = givenShare(next, requestId) ?? next.shares.find((one) => one.requestId === requestId);
  if (!share) return next;
  const units = unitsIn(before) - unitsIn(emptied.reduce(withShare, before));
  const lines = [...new Set([...(share.given?.lines ?? []), ...emptied.map(({ lineNumber }) => lineNumber)])];
  const given = { ...inPlaceOf, lines, units: units + (share.given?.units ?? 0) };
  const spare = Math.max(0, unitsIn(before) - unitsIn(next));
  return withShare(next, { ...share, units: share.units + spare, given });
}

const exhausted = (left: number, unit: Unit): Result<never> =>
  refuse(
    "benefit-exhausted",
    `The benefit has ${left} left in its period, counted by the ${unit}: approve so many, or deny on its limit.`,
  );

function keeping(before: Share | undefined, lineNumber: number, units: number, { requestId, awaits, lookAt }: Hold): Share {
  if (!before) {
    const awaited = { request: awaits.request ?? null, use: awaits.use ?? null };
    return { requestId, lineNumber, units, consumed: 0, awaits: awaited, lookAt };
  }
  const later = (one: number | null, other: number | null | undefined) => (other == null || (one ?? -1) >= other ? one : other);
  const merged = { request: later(before.awaits.request, awaits.request), use: later(before.awaits.use, awaits.use) };
  const isKept = units <= before.units && merged.request === before.awaits.request && merged.use === before.awaits.use;
  return isKept ? before : { ...before, units: Math.max(units, before.units), awaits: merged, lookAt };
}

/** A request as it was read after the benefit; `authorized` is `undefined` where it is gone, and nothing can be written on it any more. */
export type Holder = Pick<AuthorizationUse, "requestId"> & { readonly authorized: Authorized | undefined };

/**
 * Makes a request's shares what they ought to be by the request and its authorization as they stand. Both must have been read after
 * the benefit: then nothing newer is ever overwritten, because the benefit is saved by its version.
 *
 * @param giver who has given it units, where somebody has: they go back in the same write when it is not granted after all
 * @returns the same benefit when it is right already
 */
export function agreed(benefit: Benefit, one: Holder, giver: Holder | undefined, now: Instant, policy: Policy): Benefit {
  const own = righted(benefit, one, (given) => stillGiven(given, one, giver, policy), now, policy);
  const next = giver ? righted(own, giver, (given) => given, now, policy) : own;
  return next === benefit ? benefit : { ...next, version: benefit.version + 1 };
}

/** Whose unused units a request was given. */
export const giverOf = (benefit: Benefit, requestId: RequestId): RequestId | undefined =>
  givenShare(benefit, requestId)?.given?.from;

const givenShare = ({ shares }: Benefit, requestId: RequestId): Share | undefined =>
  shares.find((share) => share.requestId === requestId && share.given);

const hasGiven = ({ shares }: Benefit, requestId: RequestId, lineNumber: number): boolean =>
  shares.some(({ given }) => given?.from === requestId && given.lines.includes(lineNumber));

type Judge = (given: Given) => Given | undefined;

/** Judged as at the moment of the gift, so that time alone gives nothing back. */
function stillGiven(given: Given, { authorized }: Holder, giver: Holder | undefined, { plan }: Policy): Given | undefined {
  if (!authorized || !giver?.authorized) return undefined;
  const over = handedOver(giver.authorized.request, authorized.request, given.at, plan.timeZone);
  const lines = given.lines.filter((lineNumber) => over.includes(lineNumber));
  return lines.length > 0 ? { ...given, lines } : undefined;
}

function righted(benefit: Benefit, { requestId, authorized }: Holder, judge: Judge, now: Instant, policy: Policy): Benefit {
  if (!authorized) {
    const shares = benefit.shares.filter((share) => share.requestId !== requestId);
    return shares.length === benefit.shares.length ? benefit : { ...benefit, shares };
  }
  const { request } = authorized;
  const here = new Set(
    limitedLines(request, policy)
      .filter(({ limit, from }) => limit.id === benefit.benefit && from === benefit.from)
      .map(({ lineNumber }) => lineNumber),
  );
  let next = benefit;
  for (const { lineNumber } of request.lines) {
    const before = shareOf(benefit, request.id, lineNumber);
    const isGiven = hasGiven(benefit, requestId, lineNumber);
    // What is released meanwhile would be gone when the rest comes back.
    const isKept = isGiven && undecidedGifts(benefit, requestId) > 0;
    const place = { isHere: here.has(lineNumber), isGiven, isKept, judge };
    const share = rightShare(before, place, lineNumber, authorized, now, policy);
    if (!isSame(before, share)) next = share ? withShare(next, share) : withoutShare(next, request.id, lineNumber);
  }
  return next;
}

type Place = { readonly isHere: boolean; readonly isGiven: boolean; readonly isKept: boolean; readonly judge: Judge };

function rightShare(
  before: Share | undefined,
  { isHere, isGiven, isKept, judge }: Place,
  lineNumber: number,
  { request, use }: Authorized,
  now: Instant,
  policy: Policy,
): Share | undefined {
  // What went out from another version can no longer be written.
  const awaits: Awaited = {
    request: before?.awaits.request === request.version ? request.version : null,
    use: before?.awaits.use === use.version ? use.version : null,
  };
  const isAwaited = awaits.request !== null || awaits.use !== null;
  const consumed = isHere ? unitsUsed(use, lineNumber) : 0;
  const endsAt = isHere ? freeFrom(request, lineNumber, policy) : null;
  const isOver = isGiven || (endsAt !== null && endsAt <= now);
  const granted = isHere && !isOver ? (unitsTaken(request, lineNumber, now, policy) ?? 0) : 0;
  const units = Math.max(granted, consumed, isAwaited || isKept ? (before?.units ?? 0) : 0);
  const given = before?.given && (awaits.request !== null ? before.given : judge(before.given));
  if (units === 0 && !isAwaited && !given) return undefined;
  const freedAt = isHere ? nextFreed(request, now, policy) : null;
  const next = endsAt !== null && freedAt !== null ? earlier(endsAt, freedAt) : (endsAt ?? freedAt);
  const lookAt = isAwaited ? (before?.lookAt ?? now) : units > consumed ? next : null;
  return { requestId: request.id, lineNumber, units, consumed, awaits, lookAt, ...(given && { given }) };
}

/** From when on what no claim has taken is free again: after the authorization's end, or its decision if that was later, and the time that claims have. */
export function freeFrom(request: Request, lineNumber: number, { benefits, plan }: Policy): Instant | null {
  const { decidedAt = "" } = request.lines[lineNumber - 1]?.decision ?? {};
  const to = lastDayOf(request, lineNumber);
  if (to === null) return null;
  const decidedOn = dayOf(decidedAt, plan.timeZone);
  const last = earlier(decidedOn, to) === to ? decidedOn : to;
  return startOfDay(addDays(last, benefits.claimsDays + 1), plan.timeZone);
}

/** Of requests whose share has to be looked into now, each once. */
export const dueRequests = ({ shares }: Benefit, now: Instant): readonly RequestId[] => [
  ...new Set(shares.flatMap(({ requestId, lookAt }) => (lookAt !== null && lookAt <= now ? [requestId] : []))),
];

const shareOf = ({ shares }: Benefit, requestId: RequestId, lineNumber: number) =>
  shares.find((share) => share.requestId === requestId && share.lineNumber === lineNumber);

const withoutShare = (benefit: Benefit, requestId: RequestId, lineNumber: number): Benefit => ({
  ...benefit,
  shares: benefit.shares.filter((share) => share.requestId !== requestId || share.lineNumber !== lineNumber),
});

const withShare = (benefit: Benefit, share: Share): Benefit => ({
  ...benefit,
  shares: [...withoutShare(benefit, share.requestId, share.lineNumber).shares, share],
});

const isSame = (one: Share | undefined, other: Share | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    one.units === other.units &&
    one.consumed === other.consumed &&
    one.lookAt === other.lookAt &&
    one.awaits.request === other.awaits.request &&
    one.awaits.use === other.awaits.use &&
    canonicalJson(one.given ?? null) === canonicalJson(other.given ?? null));

/** A benefit as reviewers see it. */
export type BenefitStanding = {
  readonly benefit: string;
  readonly name: string;
  readonly period: { readonly from: string; readonly to: string };
  readonly unit: Unit;
  readonly limit: number;
  /** By claims. */
  readonly used: number;
  /** By what is approved, or is being approved, and not claimed yet. */
  readonly reserved: number;
  readonly left: number;
  /** Of the authorization that this request asks to revise: not claimed yet, and its own once it stands in the place of that. */
  readonly ofRevised: number;
  /** The lines of this request that draw on it, and what those without a decision ask for. */
  readonly lines: readonly number[];
  readonly asked: number;
  /** More is asked for than is left, or more was approved than there is: for a person to see to. */
  readonly beyond: boolean;
};

export function standingOf(request: Request, benefit: Benefit, drawing: readonly LimitedLine[]): BenefitStanding | undefined {
  const [{ limit, from, to } = { limit: undefined, from: "", to: "" }] = drawing;
  if (!limit) return undefined;
  const left = leftOf(benefit, limit);
  const asked = drawing.reduce((sum, { lineNumber }) => {
    const isOpen = request.lines[lineNumber - 1]?.decision === null && !request.withdrawal && !request.closure;
    return sum + (isOpen ? (askedOn(request.submission, lineNumber).quantity ?? 0) : 0);
  }, 0);
  const revised = asked > 0 ? revisedBy(request) : undefined;
  const ofRevised = reservedOf({ ...benefit, shares: benefit.shares.filter(({ requestId }) => requestId === revised) });
  return {
    benefit: limit.id,
    name: limit.name,
    period: { from, to },
    unit: limit.unit,
    limit: limit.amount,
    used: usedOf(benefit),
    reserved: reservedOf(benefit),
    left: Math.max(0, left),
    ofRevised,
    lines: drawing.map(({ lineNumber }) => lineNumber),
    asked,
    beyond: asked > left + ofRevised || left < 0,
  };
}
