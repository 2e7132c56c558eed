import type { RequestId } from "../identifiers.ts";
import { transition } from "../transition.ts";
import { type CloseReason, openStatuses } from "../vocabulary.ts";

export type Closing = {
  readonly reason: CloseReason;
  /** The request that asks for the same; its existence has been looked up. */
  readonly duplicateOf: RequestId | null;
};

/** A reviewer ends a request without judging it: the class apart from clinical decisions (a duplicate, a member who is not eligible). */
export const close = transition<Closing>({
  name: "close",
  from: openStatuses,
  to: {
    "awaiting-information": ["closed"],
    "in-review": ["closed"],
    "medical-director-review": ["closed"],
    "referred-to-vendor": ["closed"],
  },
  emits: ["request.closed"],
  already: ({ closure }, { reason, duplicateOf }, { actor }) =>
    closure?.by === actor.id && closure.reason === reason && closure.duplicateOf === duplicateOf,
  // An approval binds the plan (42 CFR 422.138(c)), and a denial keeps its appeal: neither is ended by closing what stands beside it.
  refuses: ({ lines }) =>
    lines.some(({ decision }) => decision !== null)
      ? { problem: "not-possible-now", detail: "A line is decided already: that stands, and the others are decided too." }
      : undefined,
  decide: (request, { reason, duplicateOf }, { now, actor }) => ({
    ...request,
    closure: { reason, duplicateOf, at: now, by: actor.id },
    informationRequest: null,
    exception: null,
    assignment: null,
  }),
  events: (request, { reason }) => [{ type: "request.closed", reason, lines: request.lines.map((line) => line.lineNumber) }],
});
