import { dayOf, type Instant } from "../domain/calendar.ts";
import { checkedCategories } from "./check.ts";
import { policy } from "./policy.ts";
import { hindranceOf, type KnownVersion } from "./proposed.ts";
import { builtInRules, type RulesBundle, rulesBundle } from "./rules-bundle.ts";

export type RulesToDeploy = { readonly rules: RulesBundle } | { readonly faults: readonly string[] };

/**
 * The rules that a deployment is to propose, checked as they will be when they are adopted.
 *
 * @param text of a file of rules; those that are built in without one
 * @param stage whether it knows other rules than those built in, and what it has adopted before
 */
export function rulesToDeploy(
  text: string | undefined,
  stage: { readonly overrides: boolean; readonly adopted: readonly KnownVersion[] },
  now: Instant,
): RulesToDeploy {
  const builtIn = builtInRules();
  const checked = checkedCategories(text ?? builtIn.text);
  if (!checked.ok)
    return { faults: checked.findings.flatMap(({ severity, where, says }) => (severity === "error" ? [`${where}: ${says}`] : [])) };
  const rules = rulesBundle(checked.categories);
  const today = dayOf(now, policy.plan.timeZone);
  const fault = stage.overrides ? faultOf(rules, builtIn, stage.adopted, today) : faultAlone(rules, builtIn, today);
  return fault === undefined ? { rules } : { faults: [fault] };
}

function faultOf(rules: RulesBundle, builtIn: RulesBundle, adopted: readonly KnownVersion[], today: string): string | undefined {
  const hindrance = hindranceOf(rules, builtIn, adopted, today);
  if (hindrance?.reason === "version-taken")
    return `version: ${rules.version} has other rules already, and they do not change. Give these a version of their own.`;
  if (hindrance?.reason === "effective-in-the-past")
    return `effectiveFrom: ${rules.effectiveFrom} is over. New rules judge what is received from today on (${today}), or from a later day.`;
  return undefined;
}

function faultAlone(rules: RulesBundle, builtIn: RulesBundle, today: string): string | undefined {
  if (rules.digest !== builtIn.digest) return "the stage has no overrides: its settings would have to say policyOverrides.";
  return rules.effectiveFrom > today
    ? `effectiveFrom: ${rules.effectiveFrom} is yet to come, and a stage without overrides has no rules until then.`
    : undefined;
}
