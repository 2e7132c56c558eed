import type { Policy } from "../policy/policy.ts";
import { isFreeOfNetworkRules } from "./exceptions.ts";
import { factsFrom, type KnownFacts } from "./known-facts.ts";
import type { Conditions, LookUp } from "./look-up.ts";
import { inpatientFamily, linesOfBusiness, type MissingItem, missingItems, type Setting } from "./vocabulary.ts";

/**
 * What a submission that gets this answer will be asked for, in the words of `missingFrom`: nothing where no decision is needed. What
 * depends on a fact that the answer leaves open is left out.
 */
export function whatToSend(
  { requirement, category, when }: LookUp["answers"][number],
  code: string,
  known: KnownFacts,
  policy: Policy,
): readonly MissingItem[] {
  if (requirement === "not-required") return [];
  const settings = known.setting ? [known.setting] : ((when.setting ?? []) as readonly Setting[]);
  const onlySometimes: Partial<Record<MissingItem, boolean>> = {
    visits: policy.rules.some((rule) => rule.id === category && rule.countsVisits === true),
    "out-of-network-reason": isOutOfNetwork(known, when) && !mayBeFree(code, known, when, category, policy),
    admission: settings.length > 0 && settings.every((setting) => inpatientFamily.includes(setting)),
  };
  return missingItems.filter((item) => onlySometimes[item] ?? true);
}

const isOutOfNetwork = (known: KnownFacts, when: Conditions): boolean =>
  isOut(known.participating, when.network) || isOut(known.facilityParticipating, when.facilityNetwork);

const isOut = (participates: boolean | undefined, when: Conditions["network"]): boolean =>
  participates === false || (when !== undefined && !when.includes("participating"));

/** May the network not matter? That depends on the line of business (42 CFR 431.51), and on no other fact that an answer leaves open. */
function mayBeFree(code: string, known: KnownFacts, when: Conditions, category: string | null, policy: Policy): boolean {
  const facts = factsFrom(code, known);
  const lines = known.lineOfBusiness ? [known.lineOfBusiness] : (when.lineOfBusiness ?? linesOfBusiness);
  return linesOfBusiness
    .filter((lineOfBusiness) => lines.includes(lineOfBusiness))
    .some((lineOfBusiness) => isFreeOfNetworkRules({ ...facts, lineOfBusiness }, category, policy));
}
