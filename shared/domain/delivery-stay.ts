import type { Policy } from "../policy/policy.ts";
import { exceptionsTo } from "./exceptions.ts";
import { isAddedTo, type ListedLine } from "./found-rule.ts";

export const everyStay = "the setting is an inpatient one, and every inpatient stay needs authorization by the plan";

/**
 * A stay for childbirth of 48 hours, 96 after a caesarean, must not need authorization (45 CFR 146.130, 148.170): it is notified.
 * What is added to it, a trial for instance, is no part of it.
 */
export function deliveryStay(
  line: ListedLine,
  category: string | null,
  policy: Policy,
): { readonly isNotification: boolean; readonly says: string } | undefined {
  const { facts } = line;
  const [first, ...others] = exceptionsTo("inpatient", facts, category, policy);
  if (!first || isAddedTo(line, policy)) return undefined;
  const { name, days } = [first, ...others]
    .map((exception) => ({ name: exception.name, days: exception.only.daysAtMost ?? 0 }))
    .reduce((longest, one) => (one.days > longest.days ? one : longest));
  if (facts.stayDays === undefined)
    return {
      isNotification: false,
      says: `${name} whose days are not said: ${everyStay}; up to ${days} days a notification is enough.`,
    };
  return facts.stayDays <= days
    ? {
        isNotification: true,
        says: `${name} of up to ${days} days: a notification, not an authorization; a longer one needs authorization by the plan.`,
      }
    : {
        isNotification: false,
        says: `${name} of more than the ${days} days for which a notification is enough: it needs authorization by the plan.`,
      };
}
