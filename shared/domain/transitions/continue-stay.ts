import { endOfStay } from "../asked.ts";
import { addDays, dayOf } from "../calendar.ts";
import { clockOf, evaluatedLines } from "../evaluate.ts";
import type { Line, Membership, Network, Request } from "../request.ts";
import { type Fault, type Refusal, validationFailed } from "../result.ts";
import type { Submission, SubmittedLine } from "../submission.ts";
import { replacementsOf, supersessionOf } from "../supersession.ts";
import { transition } from "../transition.ts";
import { inpatientFamily } from "../vocabulary.ts";

export type MoreDays = {
  readonly days: number;
  /** ISO; the first of the days. */
  readonly from: string;
  /** Network status and membership with the new days among those asked about. */
  readonly network: Network;
  readonly membership: Membership;
};

/** A request holds no more lines than a submission may. */
const mostLines = 50;

/**
 * More days of an inpatient stay, asked for before those that are authorized are over: a line of its own, with a clock of its own, while
 * what is authorized stands. The plan decides it beside a running stay (concurrent review).
 */
export const continueStay = transition<MoreDays>({
  name: "continue a stay",
  from: ["approved", "partially-approved"],
  to: {
    approved: ["in-review", "awaiting-information"],
    "partially-approved": ["in-review", "awaiting-information"],
  },
  emits: ["stay.continued"],
  already: (request, { days, from }, { actor }) =>
    request.continuations.some((one) => one.days === days && one.from === from && one.by === actor.id),
  refuses: (request, asked, { now, policy }) => {
    const { authorization } = request;
    const [replacement] = replacementsOf(request);
    if (replacement) return notPossible(`It was revised: ask for more days of ${replacement}, which stands in its place.`);
    if (!inpatientFamily.includes(request.submission.setting) || !stayLineOf(request) || !authorization?.to)
      return notPossible("No inpatient stay of this request is authorized.");
    if (dayOf(now, policy.plan.timeZone) > authorization.to)
      return notPossible("The authorized days are over: ask for the stay in a request of its own.");
    if (request.lines.length >= mostLines) return notPossible("The request has as many lines as it can hold.");
    const faults = faultsOf(request, asked);
    return faults.length > 0 ? validationFailed(faults) : undefined;
  },
  decide: (request, asked, { now, actor, policy }) => {
    const submission = continued(request, asked);
    const { network, membership } = asked;
    const known = { network, membership, receivedAt: request.receivedAt };
    // The other lines are as they were judged.
    const lines = [...request.lines, ...evaluatedLines(submission, known, policy).slice(-1)];
    const continuation = { lineNumber: lines.length, from: asked.from, days: asked.days, askedAt: now, by: actor.id };
    const more = { ...request, submission, lines, network, membership, continuations: [...request.continuations, continuation] };
    return { ...more, clock: clockOf(more, policy) };
  },
  events: (_before, _asked, after) => [{ type: "stay.continued", lines: [after.lines.length] }],
});

const notPossible = (detail: string): Refusal => ({ problem: "continued-stay-not-possible", detail });

/** The line under which the stay is authorized, the latest days first. What a revision stands in the place of goes on there. */
export const stayLineOf = (request: Request): Line | undefined =>
  request.lines.findLast(
    ({ lineNumber, decision, route }) =>
      decision !== null &&
      decision.outcome !== "denied" &&
      decision.to !== null &&
      route === "plan" &&
      !supersessionOf(request, lineNumber),
  );

function faultsOf({ authorization }: Request, { from, days }: MoreDays): readonly Fault[] {
  const first = authorization?.from ?? from;
  const last = authorization?.to ?? from;
  if (from < first || from > addDays(last, 1))
    return [{ pointer: "/from", detail: "Must follow on the authorized days, without a gap." }];
  return endOfStay(from, days) > last ? [] : [{ pointer: "/days", detail: "These days are authorized already." }];
}

/** The stay's own line again, for other days. */
export function continued(request: Request, { from, days }: Pick<MoreDays, "from" | "days">): Submission {
  const before = request.submission.lines[(stayLineOf(request)?.lineNumber ?? 1) - 1];
  const line: SubmittedLine = {
    modifiers: [],
    investigational: false,
    ...before,
    serviceDate: from,
    endDate: endOfStay(from, days),
    quantity: days,
    unit: "day",
  };
  return { ...request.submission, lines: [...request.submission.lines, line] };
}
