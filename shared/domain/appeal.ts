import type { AppealRow, Policy } from "../policy/policy.ts";
import { addDays, dayOf, earlier, type Instant } from "./calendar.ts";
import { type Decision, isAdverse, type Reason } from "./decision.ts";
import type { Line, Request } from "./request.ts";
import type { AppealOutcome } from "./vocabulary.ts";

/** The provider's word against adverse decisions, and what another clinician makes of it. */
export type Appeal = {
  /** Within its request: `appeal-1`, `appeal-2`, … */
  readonly id: string;
  readonly filedAt: Instant;
  readonly filedBy: string;
  readonly reason: string;
  readonly expedited: boolean;
  /** Whose decisions it is against. */
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
  /** Of whatever was upheld. */
  readonly reason: Reason | null;
  readonly criterion: string | null;
  /** Decisions that the appeal has replaced, as they were. */
  readonly replaced: readonly { readonly lineNumber: number; readonly decision: Decision }[];
  /** Until when what was overturned must have taken effect; `null` where the law sets no time, or nothing was overturned. */
  readonly effectiveBy: Instant | null;
  readonly effectiveCite: string | null;
};

export const openAppeals = ({ appeals, status }: Pick<Request, "appeals" | "status">): readonly Appeal[] =>
  status === "withdrawn" || status === "closed" ? [] : appeals.filter(({ decision }) => decision === null);

/** When the first open appeal is due; `null` without one. */
export const appealDueAt = (request: Pick<Request, "appeals" | "status">): Instant | null => {
  const times = openAppeals(request).map(({ dueAt }) => dueAt);
  return times.length > 0 ? times.reduce(earlier) : null;
};

export const adverseLines = (request: Request): readonly Line[] =>
  request.lines.filter(({ decision }) => decision !== null && isAdverse(decision.outcome));

/** An adverse decision that no appeal was against yet, or whose appeal is open; what was upheld goes to the State or the plan's next level. */
export const appealOf = ({ appeals }: Request, lineNumber: number): Appeal | undefined =>
  appeals.findLast(({ lines }) => lines.includes(lineNumber));

export const appealRowOf = ({ submission }: Request, policy: Policy): AppealRow | undefined =>
  policy.plan.appeals.find(({ lineOfBusiness }) => lineOfBusiness === submission.lineOfBusiness);

/** The window is counted in the plan's calendar days from that of the decision, the last one included. */
export const isWithinWindow = ({ decidedAt }: Decision, row: AppealRow, now: Instant, { plan: { timeZone } }: Policy): boolean =>
  dayOf(now, timeZone) <= addDays(dayOf(decidedAt, timeZone), row.fileWithinDays);
