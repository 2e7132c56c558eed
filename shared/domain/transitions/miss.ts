import { askedGrant } from "../asked-grant.ts";
import { isOver } from "../calendar.ts";
import { approval, operationOfLaw } from "../decision.ts";
import { dueAt, linesToDecide, nextToMiss, type Request } from "../request.ts";
import { type Context, transition } from "../transition.ts";
import { openStatuses } from "../vocabulary.ts";

/**
 * The time is up without a decision, and the rule that set it says what follows. A deemed approval is recorded as the law's own
 * (A.C.A. 23-99-1116): nobody has judged the case. Everything else stays open and overdue: a notice is a person's to write, and the
 * rows that end later take their own effect then, each once.
 */
export const missClock = transition<Record<never, never>>({
  name: "miss the clock",
  from: openStatuses,
  to: {
    "awaiting-information": ["approved", "partially-approved"],
    "in-review": ["approved", "partially-approved"],
    "medical-director-review": ["approved", "partially-approved"],
    "referred-to-vendor": ["approved", "partially-approved"],
  },
  emits: ["clock.missed", "line.decided"],
  already: (request, _command, { now }) => !isOver(nextToMiss(request)?.dueAt ?? null, now),
  decide: (request, _command, context) => {
    const row = nextToMiss(request);
    if (!row) return request;
    const missed = { ...request, missedAt: dueAt(request), missed: [...request.missed, row] };
    const { whenMissed, cite } = request.clock.find(({ rule }) => rule === row.rule) ?? {};
    return whenMissed === "deemed-approved" ? deemedApproved(missed, cite ?? "", context) : missed;
  },
  events: (before, _command, after) => [
    { type: "clock.missed", reason: nextToMiss(before)?.rule ?? "" },
    ...linesToDecide(after)
      .filter(({ lineNumber, decision }) => decision && !before.lines[lineNumber - 1]?.decision)
      .map(({ lineNumber }) => ({ type: "line.decided" as const, lines: [lineNumber], outcome: "approved" })),
  ],
});

function deemedApproved(request: Request, cite: string, { now, policy }: Context): Request {
  return {
    ...request,
    lines: request.lines.map((line) => {
      if (line.requirement === "not-required" || line.decision) return line;
      const grant = askedGrant(request, line.lineNumber, now, policy);
      return { ...line, decision: approval(grant, { grounds: null, criterion: cite, decidedAt: now, decidedBy: operationOfLaw }) };
    }),
  };
}
