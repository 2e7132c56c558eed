import type { Policy } from "../policy/policy.ts";
import { addDays, dayOf, type Instant } from "./calendar.ts";
import type { Grant } from "./decision.ts";
import type { Request } from "./request.ts";

/**
 * What a line comes to when it is approved as asked. An approval states its units and its dates (42 CFR 422.138(c)): without an end
 * in the request it is the stay's, or the plan's usual term.
 *
 * @param now when it is decided: from that day on, when no date was asked for
 */
export function askedGrant({ submission }: Request, lineNumber: number, now: Instant, policy: Policy): Grant {
  const asked = submission.lines[lineNumber - 1];
  const { admission } = submission;
  const from = asked?.serviceDate ?? admission?.date ?? dayOf(now, policy.plan.timeZone);
  return {
    quantity: asked?.quantity ?? null,
    unit: asked?.unit ?? null,
    from,
    to: asked?.endDate ?? addDays(from, stayDays(asked?.serviceDate, admission?.days) ?? policy.plan.authorizationDays),
  };
}

const stayDays = (serviceDate: string | undefined, days: number | undefined) => (serviceDate === undefined ? days : undefined);
