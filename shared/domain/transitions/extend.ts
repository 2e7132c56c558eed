import { rowsFor } from "../clock.ts";
import { clockFactsOf, clockOf } from "../evaluate.ts";
import { dueAt, extensionOf } from "../request.ts";
import { transition } from "../transition.ts";
import { openStatuses } from "../vocabulary.ts";

/**
 * The plan takes more time, once, and says so before the time was up (42 CFR 438.210(d), 422.568(b)(2), 29 CFR 2560.503-1(f)).
 * More days of a stay are an ask with a clock of its own, which is extended by itself. A row of the law that allows no extension goes
 * on ruling.
 */
export const extend = transition<{ reason: string }>({
  name: "extend",
  from: openStatuses,
  to: {},
  emits: ["request.extended"],
  already: (request, { reason }, { actor }) => {
    const extension = extensionOf(request);
    return extension?.by === actor.id && extension.reason === reason;
  },
  refuses: (request, _command, { now, policy }) => {
    if (extensionOf(request))
      return { problem: "extension-not-possible", detail: "The request has been extended already: once is all." };
    const due = dueAt(request);
    if (due !== null && due <= now)
      return { problem: "extension-not-possible", detail: "The decision was due already: an extension is told before that." };
    const ruling = rowsFor(clockFactsOf(request), policy).find(({ rule }) => rule === request.clock[0]?.rule);
    return ruling?.extensionHours === undefined
      ? { problem: "extension-not-possible", detail: "The rule of law that sets this due time allows no extension." }
      : undefined;
  },
  decide: (request, { reason }, { now, actor, policy }) => {
    const extension = { at: now, reason, by: actor.id, dueBefore: dueAt(request) ?? now };
    const extended = { ...request, extensions: [...request.extensions, extension] };
    return { ...extended, clock: clockOf(extended, policy) };
  },
  events: () => [{ type: "request.extended" }],
});
