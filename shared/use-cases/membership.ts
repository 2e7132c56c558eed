import { covers } from "../domain/period.ts";
import type { Membership } from "../domain/request.ts";
import type { Member } from "../ports.ts";

/**
 * What the plan's eligibility data say of a member on the days of the lines. One whom they do not know counts as eligible: they lag
 * behind enrolment, and a person decides about eligibility in any case.
 *
 * @param days of each line's service
 */
export function membershipOf(member: Member | undefined, days: readonly string[]): Membership {
  const checkedFor = [...new Set(days)].sort();
  const eligible = member === undefined || checkedFor.every((day) => covers(member.eligible, day));
  const programs = days.flatMap((day, index) => {
    const held = member?.programs.filter((each) => covers([each], day)).map(({ program }) => program) ?? [];
    return held.length > 0 ? [[String(index + 1), [...new Set(held)]] as const] : [];
  });
  return { eligible, checkedFor, ...(programs.length > 0 ? { programs: Object.fromEntries(programs) } : {}) };
}
