import type { Request } from "../request.ts";
import { transition } from "../transition.ts";
import { requestStatuses } from "../vocabulary.ts";
import type { Reviewer } from "./determine.ts";

/**
 * Somebody has judged what the vendor contradicted, or seen to what it could not be told, and says what came of it. What was decided
 * stays decided: a decision that has to change is appealed.
 */
export const resolveException = transition<{ note: string; reviewer: Reviewer }>({
  name: "resolve an exception",
  from: requestStatuses,
  to: {},
  emits: ["exception.resolved"],
  already: ({ exception, notes }, { note, reviewer }) =>
    exception === null && notes.some(({ by, text }) => by.subject === reviewer.subject && text === note),
  refuses: ({ exception }) =>
    exception === null
      ? { problem: "not-possible-now", detail: "Nothing of the vendor's waits for a person on this request." }
      : undefined,
  decide: (request, { note, reviewer: { subject, name } }, { now }): Request => ({
    ...request,
    exception: null,
    notes: [...request.notes, { at: now, by: { subject, name }, text: note }],
    assignment: null,
  }),
  events: () => [{ type: "exception.resolved" }],
});
