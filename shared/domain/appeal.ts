import type { AppealRow, Policy } from "../policy/policy.ts";
import { addDays, dayOf, earlier, type Instant, isOver, later } from "./calendar.ts";
import { type Decision, type Grounds, isAdverse, type Reason } from "./decision.ts";
import type { Reduction } from "./reduction.ts";
import type { Line, Request } from "./request.ts";
import { type AppealOutcome, openStatuses, type RequestStatus } from "./vocabulary.ts";

/** The provider's word against adverse decisions, and what another clinician makes of it. */
export type Appeal = {
  /** Within its request: `appeal-1`, `appeal-2`, … */
  readonly id: string;
  readonly filedAt: Instant;
  readonly filedBy: string;
  readonly reason: string;
  readonly expedited: boolean;
  /** The reduction of an authorization that it is against; `null`: decisions of lines. */
  readonly reductionId: string | null;
  /** Whose decisions it is against, or which were reduced. */
  readonly lines: readonly number[];
  readonly dueAt: Instant;
  /** The row of the plan's data that set the time. */
  readonly rule: string;
  readonly cite: string;
  readonly decision: AppealDecision | null;
};

export type AppealDecision = {
  readonly outcome: AppealOutcome;
  readonly decidedAt: Instant;
  readonly decidedBy: { readonly name: string; readonly credential: string; readonly subject: string };
  /** As found again; `null` where all was overturned and none was named. */
  readonly grounds: Grounds | null;
  /** Of whatever was upheld. */
  readonly reason: Reason | null;
  readonly criterion: string | null;
  /** Decisions that the appeal has replaced, as they were. */
  readonly replaced: readonly { readonly lineNumber: number; readonly decision: Decision }[];
  /** What was overturned is in effect with the decision; `null` where nothing was. */
  readonly effectiveAt: Instant | null;
  /** Until when what was overturned must have taken effect; `null` where the law sets no time, or nothing was overturned. */
  readonly effectiveBy: Instant | null;
  readonly effectiveCite: string | null;
};

/** Statuses in which a line may have been decided against what was asked, or reduced. */
export const appealable = [...openStatuses, "approved", "partially-approved", "denied"] as const satisfies readonly RequestStatus[];

export const openAppeals = ({ appeals, status }: Pick<Request, "appeals" | "status">): readonly Appeal[] =>
  status === "withdrawn" || status === "closed" ? [] : appeals.filter(({ decision }) => decision === null);

/** Past its time and undecided. */
export const isOverdue = (request: Pick<Request, "appeals" | "status">, appeal: Appeal, now: Instant): boolean =>
  isOver(appeal.dueAt, now) && openAppeals(request).includes(appeal);

/** When the first open appeal is due; `null` without one. */
export const appealDueAt = (request: Pick<Request, "appeals" | "status">): Instant | null => {
  const times = openAppeals(request).map(({ dueAt }) => dueAt);
  return times.length > 0 ? times.reduce(earlier) : null;
};

export const adverseLines = (request: Request): readonly Line[] =>
  request.lines.filter(({ decision }) => decision !== null && isAdverse(decision.outcome));

/** An adverse decision that no appeal was against yet, or whose appeal is open; what was upheld goes to the State or the plan's next level. */
export const appealOf = ({ appeals }: Request, lineNumber: number): Appeal | undefined =>
  appeals.findLast(({ lines, reductionId }) => reductionId === null && lines.includes(lineNumber));

export const appealRowOf = ({ submission }: Request, policy: Policy): AppealRow | undefined =>
  policy.plan.appeals.find(({ lineOfBusiness }) => lineOfBusiness === submission.lineOfBusiness);

/** ISO: the window is counted in the plan's calendar days from that of the notice, the last one included. Letters print this day. */
export const lastDayToAppeal = (noticedAt: Instant, row: AppealRow, { plan: { timeZone } }: Policy): string =>
  addDays(dayOf(noticedAt, timeZone), row.fileWithinDays);

/** The date of the letter that told of a line's decision, or that of the decision while there is none. A vendor's word is older than its letter. */
export const decisionToldAt = ({ notices }: Pick<Request, "notices">, lineNumber: number, { decidedAt }: Decision): Instant =>
  notices
    .filter(({ kind, at, lines }) => kind === "adverse" && at >= decidedAt && (lines?.includes(lineNumber) ?? true))
    .reduce((told, { at }) => later(told, at), decidedAt);

/** The law's time for an appeal runs from the date on the notice (42 CFR 438.402(c)(2)(ii), 422.582(b)), or its receipt (29 CFR 2560.503-1(h)(3)(i)). */
export const isWithinWindow = (noticedAt: Instant, row: AppealRow, now: Instant, policy: Policy): boolean =>
  dayOf(now, policy.plan.timeZone) <= lastDayToAppeal(noticedAt, row, policy);

/** The one appeal that a reduction may have. */
export const appealOfReduction = ({ appeals }: Pick<Request, "appeals">, { id }: Pick<Reduction, "id">): Appeal | undefined =>
  appeals.find(({ reductionId }) => reductionId === id);
