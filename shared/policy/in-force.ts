import type { Categories } from "./plan-files.ts";

/** Days of service from which and to which something holds, both included. */
export type Dated = { readonly effectiveFrom: string; readonly effectiveTo?: string | undefined };

/** @param day of service, ISO; what is not dated yet is judged by all that stands in the version */
export const isInForce = ({ effectiveFrom, effectiveTo }: Dated, day: string | undefined): boolean =>
  day === undefined || (effectiveFrom <= day && (effectiveTo === undefined || day <= effectiveTo));

/** Is there a day on which both hold? */
export const meet = (one: Dated, other: Dated): boolean =>
  (one.effectiveTo === undefined || other.effectiveFrom <= one.effectiveTo) &&
  (other.effectiveTo === undefined || one.effectiveFrom <= other.effectiveTo);

/** The days on which something begins or ends. */
export function turningDays({ decisionOrder, exceptions, rules, noAuthorization }: Categories): ReadonlySet<string> {
  const days = new Set<string>();
  for (const { effectiveFrom, effectiveTo } of [...decisionOrder, ...exceptions, ...rules, ...noAuthorization]) {
    days.add(effectiveFrom);
    if (effectiveTo !== undefined) days.add(effectiveTo);
  }
  return days;
}
