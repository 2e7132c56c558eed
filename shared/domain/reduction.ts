import type { Policy, ReductionRow } from "../policy/policy.ts";
import { openAppeals } from "./appeal.ts";
import { addDays, earlier, later } from "./calendar.ts";
import type { Clinician } from "./clinician.ts";
import type { Decision, Grounds, Reason } from "./decision.ts";
import type { Request } from "./request.ts";
import { supersessionOf } from "./supersession.ts";
import type { ReductionStanding } from "./vocabulary.ts";

/**
 * Less than was authorized, while services run: an adverse decision of its own. The decision that it takes from stays as it is, and
 * binds for every day of service before.
 */
export type Reduction = {
  /** Within its request: `reduction-1`, `reduction-2`, … */
  readonly id: string;
  /** The date of the notice. */
  readonly noticedAt: string;
  readonly grounds: Grounds;
  readonly reason: Reason;
  readonly criterion: string;
  /** Only a clinician reduces: it cannot be written down without one. */
  readonly decidedBy: Clinician & { readonly subject: string };
  readonly lines: readonly ReducedLine[];
  /** ISO: the first day of which the member was told. */
  readonly effectiveFrom: string;
  /** ISO: the first day of service for which it holds; `null` while care goes on during an appeal, and once it was overturned. */
  readonly holdsFrom: string | null;
  /** Of the time between notice and effect. */
  readonly cite: string;
};

/** @param holdsFrom `null`: it does not hold (for now) */
export const holding = (request: Request, { id }: Reduction, holdsFrom: string | null): Request => ({
  ...request,
  reductions: request.reductions.map((one) => (one.id === id ? { ...one, holdsFrom } : one)),
});

type Extent = Pick<Decision, "quantity" | "to">;

/** `quantity`: units in all, those used before included; `to`: ISO, the last day. Of what is `null` nothing is taken. */
export type ReducedLine = Extent & { readonly lineNumber: number; readonly before: Extent };

type Reduced = Pick<Request, "lines" | "reductions" | "supersessions">;

/** By the line of business; `undefined`: there the plan does not reduce what it has authorized (42 CFR 422.138(c)). */
export const reductionRowOf = ({ submission }: Request, { plan }: Policy): ReductionRow | undefined =>
  plan.reductionNotice.find(({ lineOfBusiness }) => lineOfBusiness === submission.lineOfBusiness);

/** What a line's decision grants for a day of service, by whatever has reduced it or stands in its place on that day. */
export function decisionOn(request: Reduced, lineNumber: number, serviceDate: string): Decision | null {
  const decision = reducedOn(request, lineNumber, serviceDate);
  const superseded = supersessionOf(request, lineNumber);
  if (!decision || !superseded || serviceDate < superseded.from) return decision;
  const last = addDays(superseded.from, -1);
  return { ...decision, to: decision.to === null ? last : earlier(decision.to, last) };
}

function reducedOn({ lines, reductions }: Reduced, lineNumber: number, serviceDate: string): Decision | null {
  const decision = lines[lineNumber - 1]?.decision ?? null;
  const held = reductions
    .filter(({ holdsFrom }) => holdsFrom !== null && holdsFrom <= serviceDate)
    .flatMap((reduction) => reduction.lines.filter((line) => line.lineNumber === lineNumber));
  if (!decision || held.length === 0) return decision;
  const quantity = held.findLast((line) => line.quantity !== null)?.quantity ?? decision.quantity;
  const to = held.findLast((line) => line.to !== null)?.to ?? decision.to;
  return { ...decision, quantity, to };
}

/** ISO: the last day that it leaves of a line; `null`: it leaves the end as it was. It never reaches back before the day from which it holds. */
export const lastDayLeft = ({ holdsFrom, effectiveFrom }: Reduction, { to }: ReducedLine): string | null =>
  to === null ? null : later(to, addDays(holdsFrom ?? effectiveFrom, -1));

/** ISO: the last day for which a line is authorized. */
export function lastDayOf(request: Reduced, lineNumber: number): string | null {
  const { lines, reductions } = request;
  const granted = lines[lineNumber - 1]?.decision?.to ?? null;
  const superseded = supersessionOf(request, lineNumber);
  const ends = reductions.flatMap((reduction) => {
    const reduced = reduction.lines.find((line) => line.lineNumber === lineNumber);
    return reduced && reduction.holdsFrom !== null ? (lastDayLeft(reduction, reduced) ?? []) : [];
  });
  const all = [...(granted === null ? [] : [granted]), ...(superseded ? [addDays(superseded.from, -1)] : []), ...ends];
  return all.length > 0 ? all.reduce(earlier) : null;
}

/** One that the member was told of and that does not hold yet: a line has one such at a time. */
export const awaitedReduction = (request: Request, lineNumber: number, today: string): Reduction | undefined =>
  request.reductions.find(
    (reduction) =>
      reduction.lines.some((line) => line.lineNumber === lineNumber) &&
      ["announced", "suspended"].includes(standingOfReduction(request, reduction, today)),
  );

/** @param today in the plan's time zone */
export function standingOfReduction(request: Request, { id, holdsFrom }: Reduction, today: string): ReductionStanding {
  if (holdsFrom !== null) return holdsFrom > today ? "announced" : "in-effect";
  return openAppeals(request).some(({ reductionId }) => reductionId === id) ? "suspended" : "overturned";
}
