import { inpatientFamily } from "../domain/vocabulary.ts";
import type { Finding } from "./check.ts";
import { meet } from "./in-force.ts";
import { isAmong, stretchesOf } from "./overlaps.ts";
import type { Categories } from "./plan-files.ts";

type Exception = Categories["exceptions"][number];

/** Exceptions that free nothing, or nothing that another does not. */
export function idleExceptions({ exceptions, rules }: Categories): readonly Finding[] {
  const dead = exceptions.flatMap(({ id, step, only, ...dates }): readonly Finding[] => {
    const isDead =
      (step === "inpatient" && only.settings?.every((setting) => !inpatientFamily.includes(setting))) ||
      only.categories?.every((category) => rules.some((rule) => rule.id === category && !meet(rule, dates)));
    return isDead ? [{ severity: "error", where: id, says: "is dead: it never meets its step or its categories" }] : [];
  });
  const within = exceptions.flatMap((exception, place): readonly Finding[] => {
    const wider = exceptions.find((other, index) => index !== place && freesAll(other, exception, index < place));
    return wider
      ? [{ severity: "warning", where: exception.id, says: `frees nothing that the exception ${wider.id} does not free` }]
      : [];
  });
  return [...dead, ...within];
}

/** @param first of two that free the same, the later one is in vain */
function freesAll(wide: Exception, narrow: Exception, first: boolean): boolean {
  const isWithin = ({ match, only, effectiveFrom, effectiveTo }: Exception, other: Exception): boolean =>
    isHeld(match.codes, other.match.codes) &&
    isHeld(match.revenue, other.match.revenue) &&
    (match.diagnosisFamilies ?? []).every((family) => other.match.diagnosisFamilies?.some((one) => isOfFamily(family, one))) &&
    (match.ofAnyCode !== true || other.match.ofAnyCode === true) &&
    (["settings", "levelsOfCare", "categories", "linesOfBusiness"] as const).every((part) =>
      isAmong(only[part], other.only[part]),
    ) &&
    (only.daysAtMost ?? 0) <= (other.only.daysAtMost ?? 0) &&
    other.effectiveFrom <= effectiveFrom &&
    (other.effectiveTo === undefined || (effectiveTo !== undefined && effectiveTo <= other.effectiveTo));
  return narrow.step === wide.step && isWithin(narrow, wide) && (first || !isWithin(wide, narrow));
}

const isOfFamily = (family: string, wider: string) => family.replace(".", "").startsWith(wider.replace(".", ""));

/** Every code of the ranges lies in the others. */
const isHeld = (ranges: readonly string[] = [], others: readonly string[] = []): boolean =>
  stretchesOf([ranges], [others]).length === 0;
