import type { Policy } from "../policy/policy.ts";
import { askedOn } from "./asked.ts";
import { addDays, dayOf, type Instant } from "./calendar.ts";
import type { Grant } from "./decision.ts";
import type { Request } from "./request.ts";

/**
 * What a line comes to when it is approved as asked. An approval states its units and its dates (42 CFR 422.138(c)): without an end
 * in the request it is the stay's, or the plan's usual term.
 *
 * @param now when it is decided: from that day on, when no date was asked for
 */
export function askedGrant({ submission }: Request, lineNumber: number, now: Instant, policy: Policy): Grant & Dated {
  const { quantity = null, unit = null, from, to } = askedOn(submission, lineNumber, () => dayOf(now, policy.plan.timeZone));
  return { quantity, unit, from, to: to ?? addDays(from, policy.plan.authorizationDays) };
}

type Dated = { readonly from: string; readonly to: string };

/**
 * Does what a person of the plan says fall short of what the line would come to as asked? Whatever is left unsaid is as asked. Units
 * that nobody asked for are a limit that nobody asked for, and a unit may make less of a number that was asked for without one.
 */
export function fallsShort(request: Request, lineNumber: number, said: Partial<Grant>, now: Instant, policy: Policy): boolean {
  const { quantity, unit, from, to } = askedGrant(request, lineNumber, now, policy);
  return (
    (typeof said.quantity === "number" && (quantity === null || said.quantity < quantity)) ||
    (typeof said.unit === "string" && unit === null && quantity !== null) ||
    (typeof said.from === "string" && said.from > from) ||
    (typeof said.to === "string" && said.to < to)
  );
}
