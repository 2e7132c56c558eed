import type { Line } from "../request.ts";
import { transition } from "../transition.ts";
import type { Reviewer } from "./determine.ts";

/** A nurse hands what she may not deny to the medical director: every line of the plan's that is undecided. */
export const escalate = transition<{ reason: string; reviewer: Reviewer }>({
  name: "escalate",
  from: ["awaiting-information", "in-review", "medical-director-review"],
  to: { "in-review": ["medical-director-review"] },
  emits: ["line.escalated"],
  already: (request) => !request.lines.some(waits),
  decide: (request, { reason, reviewer: { subject, name } }, { now }) => ({
    ...request,
    lines: request.lines.map((line) => (waits(line) ? { ...line, escalated: true } : line)),
    notes: [...request.notes, { at: now, by: { subject, name }, text: reason }],
    assignment: null,
  }),
  events: (before) => before.lines.filter(waits).map(({ lineNumber }) => ({ type: "line.escalated", lines: [lineNumber] })),
});

const waits = (line: Line): boolean =>
  line.requirement !== "not-required" && line.route === "plan" && line.decision === null && !line.escalated;
