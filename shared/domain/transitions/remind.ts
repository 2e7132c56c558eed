import { remindersDue } from "../reminders.ts";
import { transition } from "../transition.ts";
import { requestStatuses } from "../vocabulary.ts";

/** Time has passed, and somebody has to be told of it: marked here, once, and sent by whoever hears of it. */
export const remind = transition<Record<never, never>>({
  name: "remind",
  from: requestStatuses,
  to: {},
  emits: ["reminder.due"],
  already: (request, _command, { now, policy }) => remindersDue(request, policy.plan.reminders, now).length === 0,
  decide: (request, _command, { now, policy }) => {
    const due = remindersDue(request, policy.plan.reminders, now).map(({ kind, at }) => [kind, at]);
    return { ...request, reminded: { ...request.reminded, ...Object.fromEntries(due) } };
  },
  events: ({ reminded: before }, _command, { reminded }) =>
    Object.entries(reminded)
      .filter(([kind, at]) => at !== before[kind as keyof typeof before])
      .map(([reason]) => ({ type: "reminder.due", reason })),
});

/** Claims have taken most of an authorization's units: said once, whatever they give back later. */
export const remindOfUnits = transition<Record<never, never>>({
  name: "remind of the units",
  // A claim never fails for it, whatever has become of the request.
  from: requestStatuses,
  to: {},
  emits: ["reminder.due"],
  already: ({ reminded }) => reminded["units-used"] !== undefined,
  decide: (request, _command, { now }) => ({ ...request, reminded: { ...request.reminded, "units-used": now } }),
  events: () => [{ type: "reminder.due", reason: "units-used" }],
});
