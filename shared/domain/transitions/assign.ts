import { openAppeals } from "../appeal.ts";
import { addHours } from "../calendar.ts";
import { isOpen } from "../request.ts";
import { transition } from "../transition.ts";
import { requestStatuses } from "../vocabulary.ts";

export type Assign = {
  /** Who takes it up; `null` gives it back to the queue. */
  readonly to: { readonly subject: string; readonly name: string } | null;
  /** A supervisor may take it from somebody who still has it. */
  readonly supervising: boolean;
};

/** One person works on a case at a time: it is theirs until they give it back, decide, or let the time run out. */
export const assign = transition<Assign>({
  name: "assign",
  from: requestStatuses,
  to: {},
  emits: [],
  already: ({ assignment }, { to }, { now }) =>
    to === null ? assignment === null : assignment !== null && assignment.to === to.subject && assignment.until > now,
  refuses: (request, { to, supervising }, { now, actor }) => {
    const { assignment } = request;
    if (!isOpen(request) && openAppeals(request).length === 0 && request.exception === null)
      return {
        problem: "not-possible-now",
        detail:
          "The request has ended, and neither an appeal nor a contradiction of the vendor's is open: there is nothing to work on.",
      };
    if (supervising) return undefined;
    if (to !== null && to.subject !== actor.id)
      return { problem: "not-allowed", detail: "Only a supervisor gives a request to somebody else." };
    return assignment !== null && assignment.until > now && assignment.to !== actor.id
      ? { problem: "assigned-to-another", detail: "Somebody else works on this request until their time is up." }
      : undefined;
  },
  decide: (request, { to }, { now, policy }) => ({
    ...request,
    assignment: to && { to: to.subject, name: to.name, at: now, until: addHours(now, policy.plan.assignmentHours) },
  }),
  events: () => [],
});
