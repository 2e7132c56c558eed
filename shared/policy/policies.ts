/** One version of the rules, as the register names it. */
export type RulesVersion = {
  readonly version: string;
  /** The first day of receipt, in the plan's time zone, that it judges. */
  readonly effectiveFrom: string;
};

/**
 * The version in force on a day: of those in force by then the one that came into force last, and of several on the same day the one
 * that was adopted last. What was received before any was in force is judged by the oldest: there is nothing else to judge it by.
 *
 * @param adopted in the order of their adoption
 * @param builtIn comes before them all, unless it was adopted itself: then it has its place among them
 */
export function inForceOn(day: string, adopted: readonly RulesVersion[], builtIn: RulesVersion): RulesVersion {
  const all = adopted.some(({ version }) => version === builtIn.version) ? adopted : [builtIn, ...adopted];
  const begun = all.filter(({ effectiveFrom }) => effectiveFrom <= day);
  return begun.length > 0 ? lastOf(begun, (one, other) => one > other) : lastOf(all, (one, other) => one < other);
}

/** The best by its day; among equals the last. */
function lastOf(some: readonly RulesVersion[], isBetter: (one: string, other: string) => boolean): RulesVersion {
  return some.reduce((best, one) => (isBetter(best.effectiveFrom, one.effectiveFrom) ? best : one));
}
