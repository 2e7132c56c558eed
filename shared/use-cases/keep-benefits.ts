import type { AuthorizationUse } from "../domain/authorization.ts";
import {
  agreed,
  type Benefit,
  type BenefitKey,
  type BenefitStanding,
  bindsBeyondLimit,
  dueRequests,
  giverOf,
  type HandedOver,
  type Holder,
  held,
  type LimitedLine,
  limitedLines,
  standingOf,
  unitsTaken,
  type Want,
} from "../domain/benefit.ts";
import { addHours, type Instant } from "../domain/calendar.ts";
import type { EventType } from "../domain/events.ts";
import type { RequestId } from "../domain/identifiers.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import { handedOver } from "../domain/revision.ts";
import type { Change } from "../domain/transition.ts";
import type { Policy } from "../policy/policy.ts";
import type { Authorizations, Benefits, Clock, Requests } from "../ports.ts";
import { afterJitter } from "./change.ts";
import { metBy } from "./revision-chain.ts";

/**
 * Benefits across aggregates: reserve → decide → confirm or release. Units are reserved on the benefit first, for a decision that goes
 * out from one version of its request; then the decision is written, on that version only; then the benefit is made to agree with what
 * stands. Whatever stops in between leaves a share that the sweep looks into, and nothing is freed that could still be decided.
 */

export type BenefitDeps = {
  readonly benefits: Benefits;
  readonly authorizations: Authorizations;
  readonly requests: Pick<Requests, "find" | "save">;
  readonly clock: Clock;
  /** For the benefits, which do not vary by version. */
  readonly policy: Policy;
};

/** Many decisions for one member may meet in one item. */
const attempts = 60;
/** What is not agreed by then is the sweep's. */
const agreeAttempts = 12;

/** Keeps units for what is decided. Refuses `benefit-exhausted`; a vendor's approval and the law's are kept beyond the limit too. */
export async function reserve(deps: BenefitDeps, { request, events }: Change, expectedVersion: number): Promise<Result<void>> {
  const takes = events.some(({ type }) => taking.has(type));
  const wantOf = ({ lineNumber }: LimitedLine): Want => {
    const decision = request.lines[lineNumber - 1]?.decision;
    return {
      lineNumber,
      // Where a benefit counts, a person of the plan says how many; what binds uncounted is kept as claims take it.
      units: takes ? (unitsTaken(request, lineNumber, deps.clock.now(), deps.policy) ?? 0) : 0,
      binding: decision ? bindsBeyondLimit(decision) : true,
    };
  };
  return hold(deps, request, { request: expectedVersion, use: null }, wantOf, takes ? await placeTaken(deps, request) : undefined);
}

/** Of what a request meets as a revision, the first whose units it has when it is written: what it takes the place of at once. */
async function placeTaken({ requests, clock, policy }: BenefitDeps, request: Request): Promise<HandedOver | undefined> {
  if (!request.authorization) return undefined;
  const at = clock.now();
  const { older } = await metBy(requests, request, policy.plan.timeZone);
  return older
    .map((other) => ({ from: other.id, lines: handedOver(other, request, at, policy.plan.timeZone), at }))
    .find(({ lines }) => lines.length > 0);
}

/** Keeps units for what claims take. Within what is approved they are kept already; refuses `benefit-exhausted` for what was freed since. */
export function reserveForClaims(deps: BenefitDeps, request: Request, use: AuthorizationUse): Promise<Result<void>> {
  return hold(deps, request, { request: null, use: use.version - 1 }, ({ lineNumber }) => {
    const decision = request.lines[lineNumber - 1]?.decision;
    const units = use.usages.filter((usage) => usage.lineNumber === lineNumber).reduce((sum, usage) => sum + usage.units, 0);
    return { lineNumber, units, binding: decision ? bindsBeyondLimit(decision) : true };
  });
}

/** Has the places looked into soon on which a request draws no longer once it is changed so: until then they stay as they are. */
async function leave(
  { benefits, clock, policy }: BenefitDeps,
  before: Request,
  after: Request,
  expectedVersion: number,
): Promise<Result<void>> {
  const kept = new Set(placesOf(benefits, after, policy).map(nameOf));
  const lookAt = addHours(clock.now(), policy.benefits.reservationMinutes / 60);
  for (const place of placesOf(benefits, before, policy).filter((one) => !kept.has(nameOf(one)))) {
    const [limited] = place.lines;
    const wants = place.lines.map(({ lineNumber }) => ({ lineNumber, units: 0, binding: true }));
    const awaits = { request: expectedVersion };
    const left = await changed(benefits, place.key, attempts, async (benefit) =>
      limited ? held(benefit, limited.limit, wants, { requestId: before.id, awaits, lookAt }) : ok(benefit),
    );
    if (!left.ok) return left;
  }
  return ok(undefined);
}

async function hold(
  { benefits, clock, policy }: BenefitDeps,
  request: Request,
  awaits: Benefit["shares"][number]["awaits"],
  wantOf: (line: LimitedLine) => Want,
  inPlaceOf?: HandedOver,
): Promise<Result<void>> {
  const places = placesOf(benefits, request, policy);
  const keep = (benefit: Benefit, lines: readonly LimitedLine[]): Result<Benefit> => {
    const limit = lines[0]?.limit;
    const lookAt = addHours(clock.now(), policy.benefits.reservationMinutes / 60);
    const terms = { requestId: request.id, awaits, lookAt, ...(inPlaceOf && { inPlaceOf }) };
    return limit ? held(benefit, limit, lines.map(wantOf), terms) : ok(benefit);
  };
  // Of several benefits none is touched when one has not enough.
  if (places.length > 1)
    for (const { key, lines } of places) {
      const enough = keep(await benefits.find(key), lines);
      if (!enough.ok) return enough;
    }
  for (const { key, lines } of places) {
    const kept = await changed(benefits, key, attempts, async (benefit) => keep(benefit, lines));
    if (!kept.ok) return kept;
  }
  return ok(undefined);
}

/** Makes the benefits of a request agree with it and its authorization. What cannot be done now is the sweep's. */
export async function agree(deps: BenefitDeps, request: Request): Promise<void> {
  try {
    for (const { key } of placesOf(deps.benefits, request, deps.policy))
      await changed(deps.benefits, key, agreeAttempts, (benefit) => agreement(deps, benefit, request.id));
  } catch {
    // The decision stands, and the benefit stands in the index of what has to be looked into.
  }
}

async function agreement(deps: BenefitDeps, benefit: Benefit, id: RequestId): Promise<Result<Benefit>> {
  // Read after the benefit, which is what `agreed` rests on.
  const from = giverOf(benefit, id);
  const [one, giver] = await Promise.all([holderOf(deps, id), from && holderOf(deps, from)]);
  return ok(agreed(benefit, one, giver, deps.clock.now(), deps.policy));
}

async function holderOf({ requests, authorizations }: BenefitDeps, requestId: RequestId): Promise<Holder> {
  const [request, use] = await Promise.all([requests.find(requestId), authorizations.useOf(requestId)]);
  return { requestId, authorized: request && { request, use } };
}

async function changed(
  benefits: Benefits,
  key: BenefitKey,
  most: number,
  decide: (benefit: Benefit) => Promise<Result<Benefit>>,
): Promise<Result<Benefit>> {
  for (let attempt = 1; attempt <= most; attempt += 1) {
    const benefit = await benefits.find(key);
    const next = await decide(benefit);
    if (!next.ok || next.value === benefit || (await benefits.save(next.value))) return next;
    await afterJitter(attempt);
  }
  return refuse("busy-try-again", "Too many decisions on this member's benefit at once: try again in a moment.");
}

type Place = { readonly key: BenefitKey; readonly lines: readonly LimitedLine[] };
const nameOf = ({ key }: Place): string => `${key.benefit}#${key.from}`;

/** The benefits that lines of a request draw on, each with its lines. */
function placesOf(benefits: Pick<Benefits, "keyOf">, request: Request, policy: Policy) {
  const places = new Map<string, { key: BenefitKey; lines: LimitedLine[] }>();
  for (const line of limitedLines(request, policy)) {
    const name = `${line.limit.id}#${line.from}`;
    const place = places.get(name) ?? { key: benefits.keyOf(request.submission.member.id, line.limit.id, line.from), lines: [] };
    place.lines.push(line);
    places.set(name, place);
  }
  return [...places.values()];
}

/** What may take of a benefit. */
const taking: ReadonlySet<EventType> = new Set(["line.decided", "appeal.decided"]);
/** And what gives back. */
const decisive: ReadonlySet<EventType> = new Set([
  ...taking,
  "request.withdrawn",
  "request.closed",
  "authorization.reduced",
  "authorization.superseded",
]);

/**
 * The requests, with every decision and withdrawal kept in step with the member's benefits, whoever makes it. A change for which the
 * benefit has not enough left is not saved, as if somebody else had been first: who decides anew is told.
 */
export function keepingBenefits<Saved extends Pick<Requests, "find" | "save">>(
  requests: Saved,
  deps: Omit<BenefitDeps, "requests">,
): Saved {
  const all = { ...deps, requests };
  return {
    ...requests,
    async save(change: Change, expectedVersion: number) {
      if (!change.events.some(({ type }) => decisive.has(type))) return requests.save(change, expectedVersion);
      // On appeal a line's first day may change, and with it the period on which it draws.
      const isAppeal = change.events.some(({ type }) => type === "appeal.decided");
      const before = isAppeal ? await requests.find(change.request.id) : undefined;
      const reserved = await reserve(all, change, expectedVersion);
      if (!reserved.ok || (before && !(await leave(all, before, change.request, expectedVersion)).ok)) return false;
      const saved = await requests.save(change, expectedVersion);
      await agree(all, change.request);
      if (before) await agree(all, before);
      return saved;
    },
  };
}

/**
 * The benefits by which lines of a request that may become complete can be approved without a person. Nothing is read while no rule
 * approves anything, nor once the request was complete.
 *
 * @param policy by which the request is judged
 */
export async function benefitsAtHand(
  { benefits }: Pick<BenefitDeps, "benefits">,
  request: Request,
  policy: Policy,
): Promise<readonly Benefit[]> {
  if (policy.plan.automaticApprovals.length === 0 || request.completeAt !== null) return [];
  return Promise.all(placesOf(benefits, request, policy).map(({ key }) => benefits.find(key)));
}

/** How the member's benefits stand that lines of the request draw on. */
export async function benefitsOf(
  { benefits, policy }: Pick<BenefitDeps, "benefits" | "policy">,
  request: Request,
): Promise<readonly BenefitStanding[]> {
  const standing = await Promise.all(
    placesOf(benefits, request, policy).map(async ({ key, lines }) => standingOf(request, await benefits.find(key), lines)),
  );
  return standing.flatMap((one) => one ?? []);
}

/** Per shard and run; what is left over is still due at the next run. */
const limitPerShard = 25;

/**
 * Looks into what has not been heard of, and frees what is over. A decision that may still be on its way is overtaken first: the
 * request goes on to a version from which it was not decided, and only then its units are free.
 *
 * @returns how many benefits were looked into
 */
export async function sweepBenefits(deps: BenefitDeps, onFailure: (error: unknown) => void): Promise<number> {
  const now = deps.clock.now();
  const due = await deps.benefits.due(now, limitPerShard);
  for (const key of due) {
    try {
      await lookInto(deps, key, now);
    } catch (error) {
      // It must not stand before others for ever.
      await deps.benefits.putOff(key, addHours(now, 1 / 12)).catch(() => undefined);
      onFailure(error);
    }
  }
  return due.length;
}

async function lookInto(deps: BenefitDeps, key: BenefitKey, now: Instant): Promise<void> {
  for (const id of dueRequests(await deps.benefits.find(key), now)) {
    await overtake(deps, key, id, now);
    const looked = await changed(deps.benefits, key, attempts, (benefit) => agreement(deps, benefit, id));
    if (!looked.ok) throw new Error(looked.refusal.problem);
  }
}

async function overtake({ benefits, requests, authorizations }: BenefitDeps, key: BenefitKey, id: RequestId, now: Instant) {
  const { shares } = await benefits.find(key);
  for (const { awaits } of shares.filter(({ requestId, lookAt }) => requestId === id && lookAt !== null && lookAt <= now)) {
    const request = awaits.request === null ? undefined : await requests.find(id);
    if (request && request.version === awaits.request)
      await requests.save({ request: { ...request, version: request.version + 1 }, events: [] }, request.version);
    const use = awaits.use === null ? undefined : await authorizations.useOf(id);
    if (use && use.version === awaits.use) await authorizations.save({ ...use, version: use.version + 1 });
  }
}
