import type { Policy } from "../../policy/policy.ts";
import { addHours, type Instant, shareOf } from "../calendar.ts";
import { rowsFor } from "../clock.ts";
import { clockFactsOf, clockOf } from "../evaluate.ts";
import { dueAt, type Request } from "../request.ts";
import { validationFailed } from "../result.ts";
import { transition } from "../transition.ts";

export type Ask = {
  readonly items: readonly { readonly code: string; readonly text: string }[];
  /** Until when the answer is awaited; absent: the plan's usual time. */
  readonly dueAt?: Instant;
};

/**
 * The plan asks the provider for what the decision needs. Only a recorded question stops the Marketplace's clock, and only until
 * its own end (29 CFR 2560.503-1(f)(4)); everywhere else the clock runs on.
 */
export const ask = transition<Ask>({
  name: "ask for information",
  from: ["awaiting-information", "in-review", "medical-director-review"],
  to: { "in-review": ["awaiting-information"], "medical-director-review": ["awaiting-information"] },
  emits: ["information.requested"],
  already: (request, { items }) =>
    request.informationRequest?.askedBy === "plan" && JSON.stringify(request.informationRequest.items) === JSON.stringify(items),
  refuses: (request, command, { now, policy }) => {
    if (request.informationRequest)
      return { problem: "not-possible-now", detail: "A question is open already: wait for its answer, or for its end." };
    const earliest = shortest(request, now, policy);
    if (command.dueAt !== undefined && command.dueAt < earliest)
      return validationFailed([{ pointer: "/dueAt", detail: "Must leave the provider the time that the law gives." }]);
    return undefined;
  },
  decide: (request, command, { now, policy }) => {
    const answerBy = command.dueAt ?? usual(request, now, policy);
    const questions = [...request.questions, { askedAt: now, answerBy, answeredAt: null }];
    return {
      ...request,
      informationRequest: { askedBy: "plan", items: command.items, at: now, dueAt: answerBy },
      questions,
      clock: clockOf({ ...request, questions }, policy),
      assignment: null,
    };
  },
  events: () => [{ type: "information.requested" }],
});

/**
 * Where the clock waits for the answer, the law gives a least time for it. A request that was expedited later keeps its standard row,
 * but not that row's long time (29 CFR 2560.503-1(f)(2)(i)).
 */
function shortest(request: Request, now: Instant, policy: Policy): Instant {
  const facts = clockFactsOf(request);
  const rows = rowsFor(facts, policy).filter(({ priority }) => priority === undefined || priority === facts.priority);
  const hours = Math.max(0, ...rows.map(({ answerHours }) => answerHours ?? 0));
  return hours > 0 ? addHours(now, hours) : now;
}

/** That time, or half of what is left of a clock that does not wait. */
function usual(request: Request, now: Instant, policy: Policy): Instant {
  const least = shortest(request, now, policy);
  const due = dueAt(request);
  return least > now || due === null || due <= now ? (least > now ? least : addHours(now, 24)) : shareOf(now, due, 0.5);
}

/** The time for the answer is over: the plan decides by what it has. */
export const closeQuestion = transition<Record<never, never>>({
  name: "close the question",
  from: ["awaiting-information"],
  to: { "awaiting-information": ["in-review", "medical-director-review", "referred-to-vendor"] },
  emits: ["information.lapsed"],
  already: ({ informationRequest }, _command, { now }) =>
    informationRequest?.askedBy !== "plan" || informationRequest.dueAt === null || informationRequest.dueAt > now,
  decide: (request) => ({ ...request, informationRequest: null }),
  events: () => [{ type: "information.lapsed" }],
});
