import { isDeepStrictEqual } from "node:util";
import { unitsLeft } from "../../shared/domain/authorization.ts";
import { freeFrom, limitedLines } from "../../shared/domain/benefit.ts";
import { addDays, dayOf } from "../../shared/domain/calendar.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import { decisionOn, lastDayOf } from "../../shared/domain/reduction.ts";
import type { Line, Request } from "../../shared/domain/request.ts";
import type { Result } from "../../shared/domain/result.ts";
import type { SupersededLine, Supersession } from "../../shared/domain/supersession.ts";
import type { ModelDesk, Saved } from "./desk.ts";
import { holds } from "./holds.ts";
import type { Step } from "./steps.ts";

/** What holds of an authorization, of those that revise it, and of the member's benefits between them. */

const requestOf = ({ requests }: ModelDesk, number: string | undefined): Request | undefined =>
  requests.get((number ?? "").replace(/^AU-/, "PA-") as RequestId);

const isGranted = ({ decision }: Line): boolean => decision !== null && decision.outcome !== "denied";

/** From what a request revises back to what was authorized first; without it, when it revises nothing. */
function revisedOnTheWay(desk: ModelDesk, { id, submission: { certification } }: Request): readonly Request[] {
  const older = certification?.type === "revised" ? requestOf(desk, certification.previousAuthorization) : undefined;
  return older && older.id !== id ? [older, ...revisedOnTheWay(desk, older)] : [];
}

/** What stands in the place of a line, and from when on: the first of all that were said to. */
function standsInPlaceOf({ supersessions }: Request, lineNumber: number): SupersededLine | undefined {
  const all = supersessions.flatMap(({ lines }) => lines).filter((line) => line.lineNumber === lineNumber);
  return all.toSorted((one, other) => (one.from < other.from ? -1 : 1))[0];
}

/** Nothing but the provider's own revision stands in the place of what was authorized, and never of days that are past. */
export function supersededRightly(change: Saved, step: Step, desk: ModelDesk): void {
  const { before, after, events } = change;
  const known = before?.supersessions ?? [];
  holds(
    known.every((one, index) => after.supersessions[index] === one),
    "what was superseded stays so, as it was written",
  );
  const [supersession, ...others] = after.supersessions.slice(known.length);
  if (!supersession) return;
  holds(others.length === 0 && step.kind === "job" && step.job === "revisions", "nobody supersedes by the way");
  holds(before !== undefined && before.lines === after.lines && before.reductions === after.reductions, "no decision is touched");
  holds(before?.status === after.status && before.withdrawal === after.withdrawal, "nor what has become of the request");
  const told = events.filter(({ type }) => type === "authorization.superseded");
  holds(told.length === 1 && told[0]?.authorizationNumber === supersession.by, "and it is told once, by whom");
  const { by, at, lines } = supersession;
  holds(at === after.updatedAt && lines.length > 0, "it has its time and its lines");
  holds(new Set(lines.map(({ lineNumber }) => lineNumber)).size === lines.length, "each line once");
  const revision = leadsTo(desk, after, by);
  for (const line of lines) endsRightly(before as Request, after, line, revision, supersession, desk);
}

/** Its certification leads there, directly or by what it revises; or both revise the same. */
function leadsTo(desk: ModelDesk, superseded: Request, by: string): Request {
  const revision = requestOf(desk, by);
  if (!revision) throw new Error(`${by} is nobody's`);
  // Or it was, until another took its place before its first day.
  holds(revision.authorization !== null || revision.supersessions.length > 0, "what supersedes is authorized");
  holds(revision.submission.member.id === superseded.submission.member.id, "for the same member");
  const way = revisedOnTheWay(desk, revision);
  holds(way.length > 0 && revision.id !== superseded.id, "by a revision, and of another");
  const isOnTheWay = way.some(({ id }) => id === superseded.id);
  const itsOwn = revisedOnTheWay(desk, superseded);
  holds(isOnTheWay || itsOwn.some(({ id }) => way.some((one) => one.id === id)), "which leads to it, or to the same");
  holds(
    itsOwn.every(({ id }) => id !== revision.id),
    "and not the other way round",
  );
  return revision;
}

/** In another's place for the days that are left, and for no day before. */
function endsRightly(
  before: Request,
  after: Request,
  { lineNumber, from }: SupersededLine,
  revision: Request,
  { at }: Supersession,
  { policy }: ModelDesk,
): void {
  const { timeZone } = policy.plan;
  const today = dayOf(at, timeZone);
  const line = after.lines[lineNumber - 1];
  holds(line !== undefined && isGranted(line), "what was granted is superseded, and nothing else");
  const begins = line?.decision?.from ?? null;
  const granted = revision.lines.filter(isGranted);
  const decidedOn = granted.map(({ decision }) => dayOf(decision?.decidedAt ?? at, timeZone)).toSorted();
  const neverBegins = begins !== null && from === begins && begins > (decidedOn[0] ?? "");
  holds(from > today, "from a day that is still to come");
  const own = before.supersessions.filter(({ by }) => by === revision.id.replace(/^PA-/, "AU-"));
  const was = standsInPlaceOf({ ...before, supersessions: own }, lineNumber);
  holds(was === undefined || from < was.from, "and from none later than the same said before");
  const firsts = granted.flatMap(({ decision }) => decision?.from ?? []).toSorted();
  holds(neverBegins || from === addDays(today, 1) || firsts.includes(from), "what runs, runs on until the other begins");

  const days = [begins, after.receivedAt.slice(0, 10), today, addDays(from, -30), addDays(from, -1)];
  for (const day of days) {
    if (day === null || day >= from) continue;
    const granted = [before, after].map((one) => decisionOn(one, lineNumber, day));
    holds(isDeepStrictEqual(granted[0], granted[1]), "until then it is what it was");
  }
  for (const day of [from, addDays(from, 1), addDays(from, 365)])
    holds((decisionOn(after, lineNumber, day)?.to ?? "9") < from, "and from then on it is no more");
  holds((lastDayOf(after, lineNumber) ?? "9") < from, "which is after its last day");
}

/** Of two lines for the same service at most one stands in the place of the other, or the member would be left with neither. */
export function oneStands(desk: ModelDesk): void {
  const linesOf = (one: Request, other: Request) => {
    const by = other.id.replace(/^PA-/, "AU-");
    const numbers = one.supersessions.flatMap((all) => (all.by === by ? all.lines.map(({ lineNumber }) => lineNumber) : []));
    return numbers.map((number) => [one.submission.lines[number - 1]?.code, one.submission.lines[number - 1]?.revenueCode].join());
  };
  for (const request of desk.requests.values())
    for (const { by } of request.supersessions) {
      const other = requestOf(desk, by);
      if (!other) continue;
      const back = linesOf(other, request);
      holds(!linesOf(request, other).some((service) => back.includes(service)), "two do not stand in each other's place");
    }
}

/** A person grants no less of a service than the authorization has left that is revised: that would be a reduction without its notice. */
export function revisedForNoLess({ before, after }: Saved, desk: ModelDesk): void {
  const [older] = revisedOnTheWay(desk, after);
  if (!older?.authorization) return;
  for (const { lineNumber, decision } of after.lines) {
    if (!decision || decision === before?.lines[lineNumber - 1]?.decision) continue;
    if (decision.outcome === "approved-less" && decision.decidedBy.subject !== null)
      isNoLess(desk, older, after, serviceOf(after, lineNumber));
  }
}

const serviceOf = ({ submission }: Request, lineNumber: number): string => {
  const { code, revenueCode, modifiers = [] } = submission.lines[lineNumber - 1] ?? {};
  return [code, revenueCode, ...[...modifiers].sort()].join();
};

function isNoLess({ uses, now, policy }: ModelDesk, older: Request, revision: Request, service: string): void {
  const today = dayOf(now(), policy.plan.timeZone);
  const use = uses.get(older.id) ?? { requestId: older.id, version: 0, usages: [] };
  const isOf = (request: Request, line: Line) => isGranted(line) && serviceOf(request, line.lineNumber) === service;
  // It takes the place of days that are still to come, from its own first on.
  const tomorrow = addDays(today, 1);
  const coming = revision.lines.filter((line) => isOf(revision, line) && (line.decision?.to ?? "9") >= tomorrow);
  const begins = coming.map(({ decision }) => decision?.from ?? tomorrow).toSorted()[0];
  if (begins === undefined) return;
  const stands = older.lines.filter((line) => {
    const last = lastDayOf(older, line.lineNumber);
    const isLeft = last === null || [begins, tomorrow].every((day) => last >= day);
    return isOf(older, line) && isLeft && (standsInPlaceOf(older, line.lineNumber)?.from ?? "9") > today;
  });
  if (stands.length === 0) return;
  const sum = (all: readonly (number | null)[]) => all.reduce<number>((units, one) => units + (one ?? Infinity), 0);
  const last = (all: readonly (string | null | undefined)[]) =>
    all
      .map((day) => day ?? "9")
      .toSorted()
      .at(-1) ?? "";
  const granted = revision.lines.filter((line) => isOf(revision, line));
  holds(
    sum(granted.map(({ decision }) => decision?.quantity ?? null)) >=
      sum(stands.map(({ lineNumber }) => unitsLeft(older, use, lineNumber, today))),
    "a revision is granted the units that are left",
  );
  holds(
    last(granted.map(({ decision }) => decision?.to)) >= last(stands.map(({ lineNumber }) => lastDayOf(older, lineNumber))),
    "and the days",
  );
}

/** Who decides is told of what they decide themselves, and may always deny. */
export function refusedRightly(step: Step, result: Result<unknown>): void {
  if (result.ok || step.kind !== "call" || result.refusal.problem !== "reduction-not-possible") return;
  if (step.operation === "determineRequest")
    holds(
      step.body.lines.some(({ outcome }: { outcome: string }) => outcome === "approved-less"),
      "only who grants less would reduce",
    );
  else if (step.operation === "decideAppeal")
    holds(step.body.outcome === "partly-overturned", "only who overturns in part would reduce");
}

/** What claims have taken of each authorization, as it was last looked at. */
export type Claimed = Map<RequestId, ModelDesk["uses"] extends ReadonlyMap<RequestId, infer Use> ? Use : never>;

/** Nothing but claims takes units, and none of what stands no more; what was taken stays taken. */
export function claimsStand(desk: ModelDesk, step: Step, claimed: Claimed): void {
  for (const [id, use] of desk.uses) {
    const was = claimed.get(id);
    if (was === use) continue;
    const usages = was?.usages ?? [];
    const said = step.kind === "call" ? step.operation : "";
    holds(said === "releaseUsage" || usages.every((usage) => use.usages.includes(usage)), "what was claimed stays claimed");
    const request = desk.requests.get(id);
    for (const { lineNumber, serviceDate } of use.usages.filter((usage) => !usages.includes(usage))) {
      holds(said === "useAuthorization", "only claims take units");
      const other = request && standsInPlaceOf(request, lineNumber);
      holds(other === undefined || serviceDate < other.from, "and none that are another's by then");
    }
    claimed.set(id, use);
  }
}

const claimedOf = ({ uses }: ModelDesk, id: RequestId, lineNumber: number): number =>
  (uses.get(id)?.usages ?? []).filter((one) => one.lineNumber === lineNumber).reduce((sum, { units }) => sum + units, 0);

/** Once all has been heard and looked into, a benefit keeps for each line what may still be claimed of it, and no more. */
export function benefitsAgree(desk: ModelDesk): void {
  const { benefits, policy } = desk;
  const left = new Map([...benefits.values()].flatMap((benefit) => benefit.shares.map((share) => [share, benefit] as const)));
  for (const request of desk.requests.values())
    for (const { lineNumber, limit, from } of limitedLines(request, policy)) {
      const [share] =
        [...left].find(
          ([one, benefit]) =>
            one.requestId === request.id &&
            one.lineNumber === lineNumber &&
            benefit.benefit === limit.id &&
            benefit.from === from &&
            benefit.member.endsWith(request.submission.member.id),
        ) ?? [];
      const ought = stillKept(desk, request, lineNumber);
      const { units = 0, awaits } = share ?? {};
      holds(units === ought, `${request.id}/${lineNumber} is kept ${ought} of ${limit.id}, and not ${units}`);
      holds(!awaits || (awaits.request === null && awaits.use === null), "nothing is awaited any more");
      if (share) left.delete(share);
    }
  holds(left.size === 0, "nobody else is kept anything");
}

/** Units of a line that are granted and may still be claimed, or were. */
function stillKept(desk: ModelDesk, request: Request, lineNumber: number): number {
  const { policy } = desk;
  const { timeZone } = policy.plan;
  const claimed = claimedOf(desk, request.id, lineNumber);
  const line = request.lines[lineNumber - 1];
  if (!line || !isGranted(line) || request.withdrawal || request.closure) return claimed;
  const now = desk.now();
  const over = freeFrom(request, lineNumber, policy);
  if (over !== null && over <= now) return claimed;
  const begins = line.decision?.from ?? null;
  const isAllGone = request.supersessions.some(({ at, lines }) =>
    lines.some(
      (one) =>
        one.lineNumber === lineNumber && (one.from <= addDays(dayOf(at, timeZone), 1) || (begins !== null && one.from <= begins)),
    ),
  );
  // Given over to a revision of which nobody heard until it was over as well: it stays where it is, and claims still find what is left.
  const isGiven = [...desk.benefits.values()].some(({ shares }) =>
    shares.some(({ given }) => given?.from === request.id && given.lines.includes(lineNumber)),
  );
  if (isAllGone || isGiven) return claimed;
  const claimable = addDays(dayOf(now, timeZone), -policy.benefits.claimsDays);
  return Math.max(claimed, decisionOn(request, lineNumber, claimable)?.quantity ?? 0);
}
