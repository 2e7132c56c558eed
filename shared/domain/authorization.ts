import { dayOf, type Instant } from "./calendar.ts";
import type { Decision } from "./decision.ts";
import type { RequestId } from "./identifiers.ts";
import { decisionOn } from "./reduction.ts";
import type { Request } from "./request.ts";
import { ok, type Result, refuse, refused, validationFailed } from "./result.ts";

/** What claims have taken of an authorization. An aggregate of its own: a claim never waits for a reviewer. */
export type AuthorizationUse = {
  readonly requestId: RequestId;
  /** Counts its changes; 0: nothing was ever taken. */
  readonly version: number;
  readonly usages: readonly Usage[];
};

/** A request with what claims have taken of its authorization. */
export type Authorized = { readonly request: Request; readonly use: AuthorizationUse };

export type Usage = {
  /** Names the claim's line: the same one is counted once. */
  readonly claimLineId: string;
  /** The authorized line that it counts against. */
  readonly lineNumber: number;
  readonly units: number;
  /** ISO. */
  readonly serviceDate: string;
  readonly at: Instant;
};

export type Claim = Pick<Usage, "claimLineId" | "units" | "serviceDate"> & { readonly lineNumber?: number };

/** An authorization's number is its request's id under another name, so that no index is needed. */
export const authorizationNumberOf = (id: RequestId): string => id.replace(/^PA-/, "AU-");
/** Of an authorization, or of a request that needed none. */
export const requestIdOf = (number: string): string => number.replace(/^(AU|NR)-/, "PA-");

export const unused = (requestId: RequestId): AuthorizationUse => ({ requestId, version: 0, usages: [] });

/** Lines whose approval stands, with what is granted for a day of service. */
export const grantedLines = (
  request: Request,
  serviceDate: string,
): readonly { readonly lineNumber: number; readonly decision: Decision }[] =>
  request.status === "withdrawn" || request.status === "closed"
    ? []
    : request.lines.flatMap(({ lineNumber }) => {
        const decision = decisionOn(request, lineNumber, serviceDate);
        return decision && decision.outcome !== "denied" ? [{ lineNumber, decision }] : [];
      });

/** What claims have taken of a line. */
export const unitsUsed = ({ usages }: AuthorizationUse, lineNumber: number): number =>
  usages.filter((usage) => usage.lineNumber === lineNumber).reduce((sum, { units }) => sum + units, 0);

/** Units that are left of a line for a day of service; `null` where none were counted when it was granted. */
export function unitsLeft(request: Request, use: AuthorizationUse, lineNumber: number, serviceDate: string): number | null {
  const granted = decisionOn(request, lineNumber, serviceDate)?.quantity ?? null;
  // Claims for days before a reduction may have taken more than it leaves.
  return granted === null ? null : Math.max(0, granted - unitsUsed(use, lineNumber));
}

export const covers = ({ from, to }: Pick<Decision, "from" | "to">, serviceDate: string): boolean =>
  (from === null || serviceDate >= from) && (to === null || serviceDate <= to);

/** More would make the item heavy: 1,000 visits are years of therapy. */
const mostUsages = 1_000;

/**
 * Counts a claim's units against the line that it names, or the only one that covers its date. A repeat of the same claim line changes
 * nothing; never more is taken than was granted.
 *
 * @param timeZone the plan's: no service is used before the day of its delivery
 * @returns the same `use` for a repeat. Refuses `claim-line-reused`, `validation-failed`, `not-authorized`, `units-exceeded`
 */
export function taken(
  request: Request,
  use: AuthorizationUse,
  claim: Claim,
  now: Instant,
  timeZone: string,
): Result<AuthorizationUse> {
  const before = use.usages.find(({ claimLineId }) => claimLineId === claim.claimLineId);
  if (before) {
    const same =
      before.units === claim.units &&
      before.serviceDate === claim.serviceDate &&
      (claim.lineNumber === undefined || claim.lineNumber === before.lineNumber);
    return same
      ? ok(use)
      : refuse("claim-line-reused", "This claim line was counted with other units, date or line: take it back first.");
  }
  // What has not been delivered is not used: a reduction may still take it back.
  if (claim.serviceDate > dayOf(now, timeZone)) return faulty("/serviceDate", "Must not be after today.");
  const fitting = grantedLines(request, claim.serviceDate).filter(
    ({ lineNumber, decision }) =>
      covers(decision, claim.serviceDate) && (claim.lineNumber === undefined || claim.lineNumber === lineNumber),
  );
  const [line, ...others] = fitting;
  if (!line) return refuse("not-authorized", "The authorization covers no such line on this date of service.");
  if (others.length > 0) return faulty("/lineNumber", "Required: several lines are authorized on this date of service.");
  const left = unitsLeft(request, use, line.lineNumber, claim.serviceDate);
  if (left !== null && claim.units > left)
    return refuse("units-exceeded", `The authorization has ${left} units left for this line.`);
  if (use.usages.length >= mostUsages)
    return refuse("request-too-large", "The authorization has taken as many claim lines as it can: ask the plan for another.");
  const { claimLineId, units, serviceDate } = claim;
  const usage: Usage = { claimLineId, lineNumber: line.lineNumber, units, serviceDate, at: now };
  return ok({ ...use, version: use.version + 1, usages: [...use.usages, usage] });
}

const faulty = (pointer: string, detail: string): Result<never> => refused(validationFailed([{ pointer, detail }]));

/** The claim line is taken back, and its units are free again. @returns the same `use` when it was never counted */
export function givenBack(use: AuthorizationUse, claimLineId: string): AuthorizationUse {
  const usages = use.usages.filter((usage) => usage.claimLineId !== claimLineId);
  return usages.length === use.usages.length ? use : { ...use, version: use.version + 1, usages };
}

/**
 * Was a line approved only after the service had been delivered? The day is the plan's. The first approval that covered it counts: what
 * an appeal grants beyond that makes nothing late that was authorized in time.
 */
export const isLate = (request: Request, lineNumber: number, serviceDate: string, timeZone: string): boolean =>
  approvalsOf(request, lineNumber)
    .filter((decision) => covers(decision, serviceDate))
    .every(({ decidedAt }) => dayOf(decidedAt, timeZone) > serviceDate);

/** The one that stands, and those that appeals have replaced. */
const approvalsOf = ({ lines, appeals }: Request, lineNumber: number): readonly Decision[] => {
  const replaced = appeals.flatMap(({ decision }) => decision?.replaced ?? []).filter((one) => one.lineNumber === lineNumber);
  const decisions = [lines[lineNumber - 1]?.decision, ...replaced.map(({ decision }) => decision)];
  return decisions.filter((decision): decision is Decision => !!decision && decision.outcome !== "denied");
};
