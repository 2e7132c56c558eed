import type { Policy } from "../../policy/policy.ts";
import {
  type Appeal,
  adverseLines,
  appealable,
  appealOf,
  appealOfReduction,
  appealRowOf,
  decisionToldAt,
  isWithinWindow,
} from "../appeal.ts";
import { addHours, dayOf, type Instant } from "../calendar.ts";
import { holding, type Reduction } from "../reduction.ts";
import type { Line, Request } from "../request.ts";
import { type Refusal, validationFailed } from "../result.ts";
import { transition } from "../transition.ts";

export type Filing = {
  readonly reason: string;
  readonly expedited: boolean;
  /** Without them: every adverse decision that can be appealed. */
  readonly lines?: readonly number[];
  /** Instead of decisions: the reduction that it is against, all of it. */
  readonly reductionId?: string;
  /** Of a letter, which counts from its receipt and not from when it was keyed in. */
  readonly receivedAt?: Instant;
};

/**
 * The provider appeals adverse decisions within the law's window (42 CFR 438.402(c)(2), 422.582(b), 45 CFR 147.136). What was
 * decided stands until the appeal is; services that were to be reduced go on until then (42 CFR 438.420).
 */
export const fileAppeal = transition<Filing>({
  name: "file an appeal",
  from: appealable,
  to: {},
  emits: ["appeal.filed"],
  already: (request, { reason, expedited, lines, reductionId = null, receivedAt }, { actor }) =>
    request.appeals.some(
      (appeal) =>
        appeal.decision === null &&
        appeal.filedBy === actor.id &&
        appeal.reason === reason &&
        appeal.expedited === expedited &&
        appeal.reductionId === reductionId &&
        (receivedAt === undefined || appeal.filedAt === receivedAt) &&
        (lines === undefined || sameNumbers(lines, appeal.lines)),
    ),
  refuses: (request, filing, { now, policy }) => {
    const { lines, reductionId } = filing;
    if (reductionId !== undefined) return whyNotAgainst(request, { ...filing, reductionId }, now, policy);
    const unknown = (lines ?? []).flatMap((number, index) =>
      request.lines[number - 1] ? [] : [{ pointer: `/lines/${index}`, detail: "The request has no such line." }],
    );
    if (unknown.length > 0) return validationFailed(unknown);
    const asked = lines?.flatMap((number) => request.lines[number - 1] ?? []) ?? adverseLines(request);
    const refused = asked.map((line) => whyNotAppealable(request, line, filing, now, policy));
    // Without a choice of lines, what cannot be appealed is passed over as long as something can.
    if (lines === undefined && refused.some((refusal) => refusal === undefined)) return undefined;
    return refused.find((refusal) => refusal !== undefined) ?? (asked.length === 0 ? nothingAdverse(request) : undefined);
  },
  decide: (request, filing, { now, actor, policy }) => {
    const row = appealRowOf(request, policy);
    const time = filing.expedited ? row?.expedited : row?.standard;
    // Refused before: without its row no appeal has a time.
    if (!time) return request;
    const against = request.reductions.find(({ id }) => id === filing.reductionId);
    const filedAt = filing.receivedAt ?? now;
    const appeal: Appeal = {
      id: `appeal-${request.appeals.length + 1}`,
      filedAt,
      filedBy: actor.id,
      reason: filing.reason,
      expedited: filing.expedited,
      reductionId: against?.id ?? null,
      lines: against ? against.lines.map(({ lineNumber }) => lineNumber) : linesOf(request, filing, now, policy),
      dueAt: addHours(filedAt, time.hours),
      rule: time.rule,
      cite: time.cite,
      decision: null,
    };
    const filed = { ...request, appeals: [...request.appeals, appeal] };
    return against && isInTime(against, filedAt, policy) ? holding(filed, against, null) : filed;
  },
  events: (_before, _filing, after) => {
    const filed = after.appeals.at(-1);
    return filed ? [{ type: "appeal.filed" as const, appealId: filed.id, lines: filed.lines }] : [];
  },
});

const nothingAdverse = ({ status, reductions }: Request): Refusal =>
  status === "approved"
    ? {
        problem: "not-possible-now",
        detail: `The request is approved: ${reductions.length > 0 ? "say which reduction the appeal is against." : "there is nothing to appeal."}`,
      }
    : { problem: "line-not-appealable", detail: "No line was decided against what was asked." };

/** Care goes on when the appeal is filed on or before the day on which it was to be reduced (42 CFR 438.420(a)). */
const isInTime = ({ effectiveFrom }: Reduction, filedAt: Instant, { plan }: Policy): boolean =>
  dayOf(filedAt, plan.timeZone) <= effectiveFrom;

function whyNotAgainst(
  request: Request,
  { reductionId, lines, receivedAt }: Pick<Filing, "lines" | "receivedAt"> & { readonly reductionId: string },
  now: Instant,
  policy: Policy,
): Refusal | undefined {
  const reduction = request.reductions.find(({ id }) => id === reductionId);
  if (!reduction) return validationFailed([{ pointer: "/reductionId", detail: "The request has no such reduction." }]);
  if (lines) return validationFailed([{ pointer: "/lines", detail: "An appeal of a reduction is against all of it." }]);
  const before = appealOfReduction(request, reduction);
  if (before?.decision === null)
    return { problem: "appeal-open", detail: "An appeal of this reduction is open: wait for its decision." };
  if (before) return { problem: "line-not-appealable", detail: "This reduction has been decided on appeal." };
  if (receivedAt !== undefined && receivedAt < reduction.noticedAt) return receivedBefore;
  const row = appealRowOf(request, policy);
  if (!row || !isWithinWindow(reduction.noticedAt, row, receivedAt ?? now, policy))
    return { problem: "appeal-window-over", detail: "The time for an appeal of this reduction is over." };
  return undefined;
}

const sameNumbers = (some: readonly number[], others: readonly number[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

const linesOf = (request: Request, filing: Filing, now: Instant, policy: Policy): readonly number[] =>
  (
    filing.lines ??
    adverseLines(request)
      .filter((line) => whyNotAppealable(request, line, filing, now, policy) === undefined)
      .map(({ lineNumber }) => lineNumber)
  ).toSorted((a, b) => a - b);

/** What is older than the decision is no appeal of it. */
const receivedBefore = validationFailed([{ pointer: "/receivedAt", detail: "Must not lie before what the appeal is against." }]);

function whyNotAppealable(request: Request, line: Line, { receivedAt }: Filing, now: Instant, policy: Policy): Refusal | undefined {
  const { lineNumber, decision } = line;
  if (!decision || decision.outcome === "approved")
    return { problem: "line-not-appealable", detail: `Line ${lineNumber} was not decided against what was asked.` };
  const before = appealOf(request, lineNumber);
  if (before && before.decision === null)
    return { problem: "appeal-open", detail: `An appeal of line ${lineNumber} is open: wait for its decision.` };
  if (before) return { problem: "line-not-appealable", detail: `Line ${lineNumber} has been decided on appeal.` };
  if (receivedAt !== undefined && receivedAt < decision.decidedAt) return receivedBefore;
  const row = appealRowOf(request, policy);
  if (!row || !isWithinWindow(decisionToldAt(request, lineNumber, decision), row, receivedAt ?? now, policy))
    return { problem: "appeal-window-over", detail: `The time for an appeal of line ${lineNumber} is over.` };
  return undefined;
}
