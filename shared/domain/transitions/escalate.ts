import type { Line } from "../request.ts";
import type { Refusal } from "../result.ts";
import { transition } from "../transition.ts";
import type { Reviewer } from "./determine.ts";

/** A nurse hands what she may not deny to the medical director: every line of the plan's that is undecided. */
export const escalate = transition<{ reason: string; reviewer: Reviewer }>({
  name: "escalate",
  from: ["awaiting-information", "in-review", "medical-director-review"],
  to: { "in-review": ["medical-director-review"] },
  emits: ["line.escalated"],
  // That nothing waits is no proof of it: a request that has ended has nothing that waits either.
  already: (request, { reason, reviewer: { subject } }) =>
    !request.lines.some(waits) &&
    request.lines.some(({ escalated }) => escalated) &&
    request.notes.some((note) => note.by.subject === subject && note.text === reason),
  refuses: (request) => (request.lines.some(waits) ? undefined : nothingWaits),
  decide: (request, { reason, reviewer: { subject, name } }, { now }) => ({
    ...request,
    lines: request.lines.map((line) => (waits(line) ? { ...line, escalated: true } : line)),
    notes: [...request.notes, { at: now, by: { subject, name }, text: reason }],
    assignment: null,
  }),
  events: (before) => before.lines.filter(waits).map(({ lineNumber }) => ({ type: "line.escalated", lines: [lineNumber] })),
});

const nothingWaits: Refusal = {
  problem: "not-possible-now",
  detail: "There is nothing to hand on: whatever the plan still has to decide is with the medical director already.",
};

const waits = (line: Line): boolean =>
  line.requirement !== "not-required" && line.route === "plan" && line.decision === null && !line.escalated;
