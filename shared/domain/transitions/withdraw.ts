import { transition } from "../transition.ts";
import { openStatuses } from "../vocabulary.ts";

/** The provider takes the request back. 42 CFR 438.210 does not apply to withdrawn requests. */
export const withdraw = transition<{ reason: string }>({
  name: "withdraw",
  from: openStatuses,
  to: {
    "awaiting-information": ["withdrawn"],
    "in-review": ["withdrawn"],
    "medical-director-review": ["withdrawn"],
    "referred-to-vendor": ["withdrawn"],
  },
  emits: ["request.withdrawn"],
  already: (request, { reason }, { actor }) => request.withdrawal?.by === actor.id && request.withdrawal.reason === reason,
  // An approval may be under claims already, and a denial keeps its appeal: neither is taken back with what stands beside it.
  refuses: ({ lines }) =>
    lines.some(({ decision }) => decision !== null)
      ? { problem: "not-possible-now", detail: "A line is decided already: that stands, and the others are decided too." }
      : undefined,
  decide: (request, { reason }, { now, actor }) => ({
    ...request,
    withdrawal: { reason, at: now, by: actor.id },
    informationRequest: null,
    // What the vendor left undone needs nobody any more; what it says from now on will.
    exception: null,
  }),
  events: (request) => [{ type: "request.withdrawn", lines: request.lines.map((line) => line.lineNumber) }],
});
