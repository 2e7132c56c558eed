import { type Authorized, requestIdOf, unitsLeft } from "./authorization.ts";
import { dayOf, earlier, type Instant, later } from "./calendar.ts";
import type { Decision } from "./decision.ts";
import { isSameService } from "./duplicates.ts";
import type { EventType } from "./events.ts";
import { isRequestId, type RequestId } from "./identifiers.ts";
import { decisionOn, lastDayOf } from "./reduction.ts";
import type { Line, Request } from "./request.ts";
import { dayAfter, isHandedOver, type SupersededLine, supersessionOf } from "./supersession.ts";

/**
 * After these a revision may be authorized. What is left open may turn out to need no decision; and what came of a decision may be lost
 * with a restore.
 */
export const revisionEvents = [
  "line.decided",
  "information.received",
  "appeal.decided",
  "history.restored",
] as const satisfies readonly EventType[];

/** The request whose authorization this one asks to revise (X12 278 certification type S); `undefined`: none. */
export function revisedBy({ submission: { certification } }: Pick<Request, "submission">): RequestId | undefined {
  if (certification?.type !== "revised" || certification.previousAuthorization === undefined) return undefined;
  const id = requestIdOf(certification.previousAuthorization);
  return isRequestId(id) ? id : undefined;
}

/**
 * Lines of an authorization in whose place a revision stands once it is authorized. A line that runs ends on the day before the revision's
 * own first day; one that had not begun by its decision never does, unless it was not heard of in time. Where the revision grants the same service it takes its place. A line
 * of which the revision does not speak goes with the rest when all that was asked was granted, and stands when it was not.
 */
export function replacedLines(previous: Request, revision: Request, now: Instant, timeZone: string): readonly SupersededLine[] {
  if (!revision.authorization) return [];
  const tomorrow = dayAfter(now, timeZone);
  const decidedAt = grantedOf(revision).reduce((last, { decision }) => later(last, decision.decidedAt), "");
  const decidedOn = dayOf(decidedAt || now, timeZone);
  return grantedOf(previous).flatMap(({ lineNumber, decision }) => {
    const heirs = heirsOf(previous, lineNumber, revision);
    if (heirs.length === 0) return [];
    const begins = heirs.map((heir) => heir.decision.from ?? tomorrow).reduce(earlier);
    const from = later(decision.from !== null && decision.from > decidedOn ? decision.from : begins, tomorrow);
    return from < (supersessionOf(previous, lineNumber)?.from ?? never) ? [{ lineNumber, from }] : [];
  });
}

/** The lines of a revision that stand in the place of one. */
function heirsOf(previous: Request, lineNumber: number, revision: Request): readonly GrantedLine[] {
  const isNamed = revision.lines.some((line) => isSame(previous, lineNumber, revision, line));
  if (!isNamed && !isWhole(revision)) return [];
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

/** Does it stand in the place of any line, or would, had no other been before it? Otherwise it is no rival of those that do. */
export const replacesAny = (previous: Request, revision: Request): boolean =>
  grantedOf(previous).some(({ lineNumber }) => heirsOf(previous, lineNumber, revision).length > 0);

/** Of those, the lines of which nothing runs on for a while. */
export const handedOver = (previous: Request, revision: Request, now: Instant, timeZone: string): readonly number[] =>
  replacedLines(previous, revision, now, timeZone).flatMap((line) =>
    isHandedOver(previous.lines[line.lineNumber - 1]?.decision ?? { from: null }, line, now, timeZone) ? [line.lineNumber] : [],
  );

/**
 * The first line of a revision on which less is granted than the authorization that it revises has left: that would be a reduction
 * without its notice (42 CFR 438.404(c)(1)). `undefined`: none.
 */
export function lineWithLess(previous: Authorized, revision: Request, now: Instant, timeZone: string): number | undefined {
  const today = dayOf(now, timeZone);
  return grantedOf(revision).find((line) =>
    grantedOf(previous.request).some(
      ({ lineNumber }) =>
        isSame(previous.request, lineNumber, revision, line) &&
        !supersessionOf(previous.request, lineNumber) &&
        (lastDayOf(previous.request, lineNumber) ?? today) >= today &&
        givesLess(line.decision, previous, lineNumber, today),
    ),
  )?.lineNumber;
}

/** The vendor does not know what is authorized already: what it grants for less takes nothing away. */
const isLessByVendor = ({ route, decision }: GrantedLine): boolean => route === "vendor" && decision.outcome === "approved-less";

/** Behind every day. */
const never = "~";

type GrantedLine = Line & { readonly decision: Decision };

const grantedOf = ({ lines }: Request): readonly GrantedLine[] =>
  lines.filter((line): line is GrantedLine => line.decision !== null && line.decision.outcome !== "denied");

function isSame(previous: Request, lineNumber: number, revision: Request, line: Line): boolean {
  const before = previous.submission.lines[lineNumber - 1];
  const asked = revision.submission.lines[line.lineNumber - 1];
  return before !== undefined && asked !== undefined && isSameService(before, asked);
}

/** What is granted as it was asked for is no less, whatever was authorized before. */
function givesLess(
  { outcome, quantity, unit, to }: Decision,
  { request, use }: Authorized,
  lineNumber: number,
  today: string,
): boolean {
  if (outcome === "approved") return false;
  const left = unitsLeft(request, use, lineNumber, today);
  const last = lastDayOf(request, lineNumber);
  const isFewer =
    quantity !== null && (left === null || unit !== (decisionOn(request, lineNumber, today)?.unit ?? null) || quantity < left);
  return isFewer || (to !== null && (last === null || to < last));
}
