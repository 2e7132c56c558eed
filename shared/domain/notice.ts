import { hash } from "node:crypto";
import type { Instant } from "./calendar.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { ClockCandidate } from "./clock.ts";
import { type Decision, isAdverse, isDeemed } from "./decision.ts";
import type { EventType, RequestEvent } from "./events.ts";
import type { NoticeId } from "./identifiers.ts";
import { may, mayChange, type Principal } from "./principal.ts";
import { dueAt, extensionOf, isOpen, type Line, type Request } from "./request.ts";
import { type NoticeAudience, type NoticeKind, noticeAudiences } from "./vocabulary.ts";

/** A letter as it lies in the records, noted on its request. */
export type Notice = {
  readonly id: NoticeId;
  readonly audience: NoticeAudience;
  readonly kind: NoticeKind;
  /** The date of the letter: that of the event it tells of. */
  readonly at: Instant;
  /** The lines that it tells of, by number, where it was noted. */
  readonly lines?: readonly number[];
  readonly recordsVersionId: string;
};

/** A letter that has to be written. */
export type OwedNotice = Omit<Notice, "recordsVersionId" | "lines"> & {
  /** The lines that it tells of, by number. */
  readonly lines: readonly number[];
  /** The appeal whose decision it tells. */
  readonly appealId?: string;
  /** The reduction that it announces. */
  readonly reductionId?: string;
};

/** What a letter may follow from. */
export const noticedEvents = [
  "line.decided",
  "appeal.decided",
  "authorization.reduced",
  "request.extended",
  "clock.missed",
] as const satisfies readonly EventType[];

type Told = Pick<RequestEvent, "type" | "at" | "lines" | "appealId" | "reductionId" | "reason">;
type Content = Pick<OwedNotice, "kind" | "lines" | "appealId" | "reductionId">;

/**
 * The letters that an event asks for: the requesting provider is notified of each decision and the member gets it in writing
 * (42 CFR 438.210(c), 438.404, 422.568(d)). Lines that were decided at once share a letter, whichever of their events comes first. A
 * letter's name follows from whom it tells what, and when it happened, so that none is written twice.
 *
 * @returns none where the letter is on record already, or the request does no longer say what the event told
 */
export function owedNotices(request: Request, event: Told): readonly OwedNotice[] {
  const content = contentOf(request, event);
  if (!content) return [];
  return noticeAudiences
    .map((audience) => ({ ...content, id: idOf(request, event, audience), audience, at: event.at }))
    .filter(({ id }) => !request.notices.some((notice) => notice.id === id));
}

const idOf = ({ id }: Request, { type, at }: Told, audience: NoticeAudience): NoticeId =>
  hash("sha256", canonicalJson([id, type, at, audience]), "hex").slice(0, 32) as NoticeId;

function contentOf(request: Request, { type, lines = [], appealId, reductionId, reason }: Told): Content | undefined {
  switch (type) {
    case "line.decided":
      return decisionContent(request, lines);
    case "appeal.decided": {
      const appeal = request.appeals.find(({ id }) => id === appealId);
      return appeal?.decision ? { kind: "appeal", lines: appeal.lines, appealId: appeal.id } : undefined;
    }
    case "authorization.reduced": {
      const reduction = request.reductions.find(({ id }) => id === reductionId);
      return (
        reduction && { kind: "reduction", lines: reduction.lines.map(({ lineNumber }) => lineNumber), reductionId: reduction.id }
      );
    }
    case "request.extended":
      return extensionOf(request) && isOpen(request) ? { kind: "extension", lines: [] } : undefined;
    case "clock.missed":
      // A decision that came after all is told as a decision; where the plan is liable, it pays; what is begun is not begun again.
      return !isOvertaken(request, missedClock) && rowOfMissedClock(request)?.rule === reason
        ? { ...missedClock, lines: [] }
        : undefined;
    default:
      return undefined;
  }
}

/** The first of the rows that have ended whose law asks for a notice: its letter is the only one. */
export const rowOfMissedClock = ({ clock, missed }: Pick<Request, "clock" | "missed">): ClockCandidate | undefined =>
  missed
    .flatMap((row) => clock.find(({ rule, dueAt }) => rule === row.rule && dueAt === row.dueAt) ?? [])
    .find(({ whenMissed }) => whenMissed === "adverse-notice");

const missedClock = { kind: "missed-clock" } as const;

function decisionContent(request: Request, [lineNumber = 0]: readonly number[]): Content | undefined {
  const decision = request.lines[lineNumber - 1]?.decision;
  // What an appeal has put in its place is told by the appeal's own letter.
  if (!decision || request.appeals.some((appeal) => appeal.decision?.decidedAt === decision.decidedAt)) return undefined;
  const together = decided(request.lines).filter((line) => line.decision.decidedAt === decision.decidedAt);
  return { kind: kindOf(together.map((line) => line.decision)), lines: together.map((line) => line.lineNumber) };
}

export type DecidedLine = Line & { readonly decision: Decision };

export const decided = (lines: readonly Line[]): readonly DecidedLine[] =>
  lines.flatMap((line) => (line.decision ? [{ ...line, decision: line.decision }] : []));

/** Anything adverse makes it an adverse notice, with its rights, whatever was approved beside it. */
function kindOf(decisions: readonly Decision[]): NoticeKind {
  if (decisions.some(({ outcome }) => isAdverse(outcome))) return "adverse";
  return decisions.every(isDeemed) ? "deemed-approval" : "approval";
}

/** A missed clock's letter is only begun here: it stands with the plan until a person has decided what becomes of it. */
export const isDraft = ({ kind }: Pick<Notice, "kind">): boolean => kind === "missed-clock";

/** A draft says that nothing is decided. Once that is not so any more nobody may send it, and nobody gets to see it. */
export const isOvertaken = (request: Request, notice: Pick<Notice, "kind">): boolean =>
  isDraft(notice) && (request.missedAt === null || dueAt(request) !== request.missedAt);

/**
 * Of those who see the request: reviewers see every notice; drafts are theirs alone, while they hold. Whoever asked for the service has a copy of the
 * member's letter, which tells of the rights that a provider may exercise for the member (42 CFR 438.402(c)(1)(ii), 422.578); to the
 * servicing organization and the vendor it is not addressed.
 */
export function maySeeNotice(principal: Principal, request: Request, notice: Pick<Notice, "audience" | "kind">): boolean {
  if (isOvertaken(request, notice)) return false;
  if (may(principal, "reviews:read")) return true;
  if (isDraft(notice)) return false;
  return notice.audience === "provider" || isRequesters(principal, request);
}

const isRequesters = (principal: Principal, request: Request): boolean =>
  mayChange(principal, request) || (principal.organization !== null && principal.organization === request.organization);
