import { type Authorized, requestIdOf, unitsLeft } from "./authorization.ts";
import { dayOf, earlier, type Instant, later } from "./calendar.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Decision } from "./decision.ts";
import type { EventDraft, EventType } from "./events.ts";
import { isRequestId, type RequestId } from "./identifiers.ts";
import { decisionOn, lastDayOf } from "./reduction.ts";
import type { Line, Request } from "./request.ts";
import { dayAfter, isHandedOver, type SupersededLine, supersessionOf } from "./supersession.ts";
import { inpatientFamily } from "./vocabulary.ts";

/**
 * After these a revision may be authorized, or something be granted on what it has taken the place of. What is left open may turn out to
 * need no decision; and what came of a decision may be lost with a restore.
 */
export const revisionEvents = [
  "line.decided",
  "information.received",
  "appeal.decided",
  "history.restored",
] as const satisfies readonly EventType[];

/** Only of these few does whoever has revisions take their place need to hear. */
export const bearsOnRevision = (request: Request, { type }: EventDraft): boolean =>
  revisionEvents.some((one) => one === type) && (revisedBy(request) !== undefined || request.supersessions.length > 0);

/** The request whose authorization this one asks to revise (X12 278 certification type S); `undefined`: none. */
export function revisedBy({ submission: { certification } }: Pick<Request, "submission">): RequestId | undefined {
  if (certification?.type !== "revised" || certification.previousAuthorization === undefined) return undefined;
  const id = requestIdOf(certification.previousAuthorization);
  return isRequestId(id) ? id : undefined;
}

/** Of two revisions of the same the one that was decided later stands: by its own last decision, and not by an appeal. */
export function isBefore(one: Request, other: Request): boolean {
  const [first, second] = [decidedAt(one), decidedAt(other)];
  return first === second ? one.id < other.id : first < second;
}

const decidedAt = ({ lines, appeals, continuations }: Request): Instant => {
  const replaced = appeals.flatMap(({ decision }) => decision?.replaced ?? []);
  return lines
    .filter(({ lineNumber }) => !continuations.some((more) => more.lineNumber === lineNumber))
    .flatMap((line) => (replaced.find(({ lineNumber }) => lineNumber === line.lineNumber) ?? line).decision?.decidedAt ?? [])
    .reduce(later, "");
};

/**
 * Lines of an authorization in whose place a revision stands once it is authorized, each up to the day before the revision's own first.
 * What is delivered once, and was to be after the decision, has been moved: it stands no more at all. Where the revision grants the same
 * service it takes its place. A line of which it does not speak goes with the rest of the authorization that it names, when all that was
 * asked was granted; else it stands.
 */
export function replacedLines(previous: Request, revision: Request, now: Instant, timeZone: string): readonly SupersededLine[] {
  if (!revision.authorization) return [];
  const { number } = revision.authorization;
  // Noted though something else begins before it: so others that revise the same find it.
  const own = previous.supersessions.filter(({ by }) => by === number);
  return takenFrom(previous, revision, now, timeZone, standsOn(revision)).filter(
    ({ lineNumber, from }) => from < (supersessionOf({ supersessions: own }, lineNumber)?.from ?? never),
  );
}

/** What is superseded itself by the day on which it would begin takes no place any more. */
const standsOn =
  (revision: Request) =>
  ({ lineNumber }: Line, day: string): boolean =>
    (supersessionOf(revision, lineNumber)?.from ?? never) > day;

/** Does it stand in the place of any line, or would, had no other been before it? Otherwise it is no rival of those that do. */
export const replacesAny = (previous: Request, revision: Request, timeZone: string): boolean =>
  grantedOf(revision).length > 0 && takenFrom(previous, revision, decidedAt(revision), timeZone).length > 0;

/** Whether or not something else has taken their place before. */
function takenFrom(
  previous: Request,
  revision: Request,
  now: Instant,
  timeZone: string,
  stands: (heir: Line, day: string) => boolean = () => true,
): readonly SupersededLine[] {
  const tomorrow = dayAfter(now, timeZone);
  return grantedOf(previous).flatMap((line) => {
    const { lineNumber, decision } = line;
    const heirs = heirsOf(previous, lineNumber, revision).filter(
      (heir) => (heir.decision.to ?? never) >= tomorrow && stands(heir, later(heir.decision.from ?? tomorrow, tomorrow)),
    );
    if (heirs.length === 0) return [];
    const begins = heirs.map((heir) => heir.decision.from ?? tomorrow).reduce(earlier);
    const isMoved =
      isOnce(previous, decision) && decision.from !== null && decision.from > dayOf(decidedAt(revision) || now, timeZone);
    const from = later(isMoved ? (decision.from ?? begins) : begins, tomorrow);
    return from <= (lastGranted(previous, lineNumber) ?? never) ? [{ lineNumber, from }] : [];
  });
}

/** A stay, one unit, or one day. */
const isOnce = ({ submission }: Request, { quantity, from, to }: Decision): boolean =>
  inpatientFamily.includes(submission.setting) || quantity === 1 || (from !== null && from === to);

/** Without what stands in its place. */
const lastGranted = (request: Request, lineNumber: number): string | null =>
  lastDayOf({ ...request, supersessions: [] }, lineNumber);

/** Lines of which nothing runs on beside the revision, and that nothing else has taken the place of so early. */
export const handedOver = (previous: Request, revision: Request, now: Instant, timeZone: string): readonly number[] =>
  revision.authorization
    ? takenFrom(previous, revision, now, timeZone).flatMap((line) => {
        const { lineNumber, from } = line;
        const isFirst = from < (supersessionOf(previous, lineNumber)?.from ?? never);
        const decision = previous.lines[lineNumber - 1]?.decision ?? { from: null };
        return isFirst && isHandedOver(decision, line, now, timeZone) ? [lineNumber] : [];
      })
    : [];

/** The lines of a revision that stand in the place of one. */
function heirsOf(previous: Request, lineNumber: number, revision: Request): readonly GrantedLine[] {
  const isNamed = revision.lines.some((line) => isSame(previous, lineNumber, revision, line));
  if (!isNamed && !(revisedBy(revision) === previous.id && isWhole(revision))) return [];
  return grantedOf(revision).filter((line) => !isLessByVendor(line) && (!isNamed || isSame(previous, lineNumber, revision, line)));
}

/** More days of its stay are asked for later, and are no part of what it revises. */
const isWhole = ({ lines, continuations }: Request): boolean =>
  lines.every(
    ({ lineNumber, requirement, decision }) =>
      requirement === "not-required" ||
      decision?.outcome === "approved" ||
      continuations.some((more) => more.lineNumber === lineNumber),
  );

/** The vendor, who has no subject, does not know what is authorized already: what it grants for less takes nothing away. */
const isLessByVendor = ({ decision }: GrantedLine): boolean =>
  decision.outcome === "approved-less" && decision.decidedBy.subject === null;

/** Does it stand in the place of something, as far as its own decisions tell? */
export const takesPlace = (revision: Request): boolean =>
  revisedBy(revision) !== undefined && grantedOf(revision).some((line) => !isLessByVendor(line));

/**
 * The first line of a revision on which less is granted now than has been authorized of the same service and is left: that would be a
 * reduction without its notice (42 CFR 438.404(c)(1)). `undefined`: none.
 *
 * @param standing what it is to take the place of
 * @param lines those that are decided now
 */
export function lineWithLess(
  standing: readonly Authorized[],
  revision: Request,
  lines: readonly number[],
  now: Instant,
  timeZone: string,
): number | undefined {
  return grantedOf(revision).find((line) => {
    if (!lines.includes(line.lineNumber) || line.decision.outcome !== "approved-less") return false;
    const left = standing.flatMap((authorized) => leftOf(authorized, revision, line, now, timeZone));
    const given = grantedOf(revision)
      .filter((other) => isSame(revision, other.lineNumber, revision, line))
      .map(({ decision: { quantity, unit, to } }) => ({ quantity, unit, last: to }));
    return left.length > 0 && isLess(given, left);
  })?.lineNumber;
}

type Extent = { readonly quantity: number | null; readonly unit: string | null; readonly last: string | null };

/** What still stands of a service, and would give way. */
function leftOf({ request, use }: Authorized, revision: Request, line: Line, now: Instant, timeZone: string): readonly Extent[] {
  const today = dayOf(now, timeZone);
  return takenFrom(request, revision, now, timeZone).flatMap(({ lineNumber }) => {
    const stands = (supersessionOf(request, lineNumber)?.from ?? never) > today;
    if (!stands || !isSame(request, lineNumber, revision, line)) return [];
    const { unit = null } = decisionOn(request, lineNumber, today) ?? {};
    return [{ quantity: unitsLeft(request, use, lineNumber, today), unit, last: lastDayOf(request, lineNumber) }];
  });
}

/** Units of another kind cannot be held against each other: they count as less. */
function isLess(given: readonly Extent[], left: readonly Extent[]): boolean {
  const isCounted = given.every(({ quantity }) => quantity !== null);
  const isComparable = new Set([...given, ...left].map(({ unit }) => unit)).size === 1;
  const sum = (extents: readonly Extent[]) => extents.reduce((units, { quantity }) => units + (quantity ?? Infinity), 0);
  const last = (extents: readonly Extent[]) => extents.map((extent) => extent.last ?? never).reduce(later, "");
  return (isCounted && (!isComparable || sum(given) < sum(left))) || last(given) < last(left);
}

/** Behind every day. */
const never = "~";

type GrantedLine = Line & { readonly decision: Decision };

const grantedOf = ({ lines }: Request): readonly GrantedLine[] =>
  lines.filter((line): line is GrantedLine => line.decision !== null && line.decision.outcome !== "denied");

/** By code, revenue code and modifiers; or the stay itself. */
function isSame(previous: Request, lineNumber: number, revision: Request, line: Line): boolean {
  const serviceOf = ({ submission }: Request, number: number) => {
    const { code, revenueCode, modifiers = [] } = submission.lines[number - 1] ?? {};
    return canonicalJson([code ?? null, revenueCode ?? null, [...modifiers].sort()]);
  };
  return serviceOf(previous, lineNumber) === serviceOf(revision, line.lineNumber);
}
