import { dayOf, type Instant } from "../domain/calendar.ts";
import { checkedCategories, type Finding } from "./check.ts";
import { policy } from "./policy.ts";
import { type Hindrance, hindranceOf, hindranceOfCode, type KnownVersion } from "./proposed.ts";
import { builtInRules, type RulesBundle, rulesBundle } from "./rules-bundle.ts";

/** Rules that are not proposed yet, and how they would fare. */
export type ProposalAt =
  | { readonly errors: readonly Finding[] }
  | {
      readonly rules: RulesBundle;
      readonly hindrance: Hindrance | undefined;
      /** The rules that come with the code, and what stands in the way of deploying it. */
      readonly builtIn: RulesBundle;
      readonly hindranceOfCode: Hindrance | undefined;
      /** In the plan's time zone. */
      readonly today: string;
    };

/**
 * Checks rules as they will be checked when they are adopted.
 *
 * @param text of a file of rules; those that are built in without one
 * @param adopted before
 */
export function proposalAt(text: string | undefined, adopted: readonly KnownVersion[], now: Instant): ProposalAt {
  const builtIn = builtInRules();
  const checked = checkedCategories(text ?? builtIn.text);
  if (!checked.ok) return { errors: checked.findings.filter(({ severity }) => severity === "error") };
  const rules = rulesBundle(checked.categories);
  const today = dayOf(now, policy.plan.timeZone);
  return {
    rules,
    hindrance: hindranceOf(rules, builtIn, adopted, today),
    builtIn,
    hindranceOfCode: hindranceOfCode(builtIn, adopted, today),
    today,
  };
}
