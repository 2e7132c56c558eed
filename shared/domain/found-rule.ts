import { isInForce } from "../policy/in-force.ts";
import { type Listing, listed } from "../policy/listings.ts";
import type { CategoryRule, Policy } from "../policy/policy.ts";
import type { LineFacts } from "./requirement.ts";

/** Which of the plan's rules is about a line, and what told it. */

/** A line with where its codes stand. */
export type ListedLine = { readonly facts: LineFacts; readonly code: Listing; readonly revenue: Listing };

/** What told that a rule is about the line; `unconfirmed`: its code is one that a person has to look at. */
export type Told = keyof typeof tellings | "unconfirmed";
export const tellings = {
  code: "told by its code",
  revenue: "told by its revenue code",
  modifier: "told by a modifier",
  diagnosis: "told by a diagnosis",
  circumstances: "told by its setting or kind of stay",
  both: "told by its code in this setting",
  request: "as the request says",
} as const;

export function firstFound(line: ListedLine, { rules }: Policy): { readonly rule: CategoryRule; readonly told: Told } | undefined {
  for (let place = 0; place < rules.length; place += 1) {
    const rule = rules[place];
    const told = rule && toldOf(rule, place, line, rules);
    if (told) return { rule, told };
  }
  return undefined;
}

function toldOf(rule: CategoryRule, place: number, line: ListedLine, rules: readonly CategoryRule[]): Told | undefined {
  const { facts, code, revenue } = line;
  const flags = code.inRule[place] ?? 0;
  const told = matched(rule, facts, flags, revenue.inRule[place] ?? 0);
  // Only where something is left to limit: a fact that a line's answer does not depend on is not asked for.
  const isInLimits = () => rule.only === undefined || limitsHold(rule.only, facts);
  const fits =
    (told !== undefined && (flags & listed.exclude) === 0 && isInLimits() ? told : undefined) ??
    (rule.alsoWhen && alsoFits(rule.alsoWhen, line, rules)) ??
    ((flags & listed.verify) !== 0 && isInLimits() ? "unconfirmed" : undefined);
  return fits !== undefined && isInForce(rule, facts.serviceDate) ? fits : undefined;
}

function matched({ match }: CategoryRule, facts: LineFacts, flags: number, revenueFlags: number): Told | undefined {
  if ((flags & listed.match) !== 0) return "code";
  if (revenueFlags !== 0) return "revenue";
  if (match.modifiers?.some((modifier) => facts.modifiers.includes(modifier))) return "modifier";
  if (match.diagnoses?.some((diagnosis) => facts.diagnoses.some((given) => sameDiagnosis(given, diagnosis)))) return "diagnosis";
  return undefined;
}

function limitsHold(only: NonNullable<CategoryRule["only"]>, facts: LineFacts): boolean {
  return (
    (only.settings?.includes(facts.setting) ?? true) &&
    (only.programs?.some((program) => facts.programs.includes(program)) ?? true) &&
    (only.elective === undefined || only.elective === facts.elective)
  );
}

function alsoFits(
  { settings, levelsOfCare, codesOf, fact }: NonNullable<CategoryRule["alsoWhen"]>,
  { facts, code }: ListedLine,
  rules: readonly CategoryRule[],
): Told | undefined {
  const fits =
    (settings?.includes(facts.setting) ?? true) &&
    (levelsOfCare === undefined || (facts.levelOfCare !== undefined && levelsOfCare.includes(facts.levelOfCare))) &&
    (codesOf === undefined ||
      rules.some((rule, place) => codesOf.includes(rule.id) && ((code.inRule[place] ?? 0) & listed.match) !== 0)) &&
    (fact === undefined || (fact === "clinicalTrial" ? facts.clinicalTrial : facts.investigational));
  if (!fits) return undefined;
  return fact ? "request" : codesOf ? "both" : "circumstances";
}

/** A trial is told by the request itself, or by the modifier, diagnosis or code that says so. */
export function inClinicalTrial(line: ListedLine, { rules }: Policy): boolean {
  return rules.some((rule, place) => rule.alsoWhen?.fact === "clinicalTrial" && isConfirmed(toldOf(rule, place, line, rules)));
}

const isConfirmed = (told: Told | undefined): boolean => told !== undefined && told !== "unconfirmed";

/** Does a rule fit that makes needed what an exception would free: a trial, or something investigational? */
export const isAddedTo = (line: ListedLine, { rules }: Policy): boolean =>
  rules.some((rule, place) => rule.additive === true && isConfirmed(toldOf(rule, place, line, rules)));

export const sameDiagnosis = (a: string, b: string) => a.replace(".", "") === b.replace(".", "");
