import { isInForce } from "../policy/in-force.ts";
import type { Exception, Policy } from "../policy/policy.ts";
import type { LineFacts } from "./requirement.ts";

/** The exceptions to a step of the order of decision that this line's service has, but for the days of a stay. */
export function exceptionsTo(
  step: Exception["step"],
  facts: LineFacts,
  category: string | null,
  policy: Policy,
): readonly Exception[] {
  const ofCode = policy.listingOfCode(facts.code ?? "").exceptions;
  const ofRevenueCode = policy.listingOfRevenueCode(facts.revenueCode ?? "").exceptions;
  return policy.exceptions.filter(
    (exception, place) =>
      exception.step === step &&
      isInForce(exception, facts.serviceDate) &&
      isNamed(exception, facts, ofCode.includes(place), ofRevenueCode.includes(place)) &&
      limitsHold(exception, facts, category),
  );
}

/** Family planning in Medicaid is free of network rules (42 CFR 431.51). */
export const isFreeOfNetworkRules = (facts: LineFacts, category: string | null, policy: Policy): boolean =>
  exceptionsTo("out-of-network", facts, category, policy).length > 0;

/** A procedure is told by its own code. Revenue codes and diagnoses speak of what surrounds it: the stay, or the visit. */
function isNamed({ match }: Exception, facts: LineFacts, byCode: boolean, byRevenueCode: boolean): boolean {
  if (byCode) return true;
  if (facts.code !== undefined && !match.ofAnyCode) return false;
  return (
    byRevenueCode ||
    (match.diagnosisFamilies?.some((family) => facts.diagnoses.some((given) => isOfFamily(given, family))) ?? false)
  );
}

function limitsHold({ only }: Exception, facts: LineFacts, category: string | null): boolean {
  return (
    (only.settings?.includes(facts.setting) ?? true) &&
    (facts.levelOfCare === undefined || (only.levelsOfCare?.includes(facts.levelOfCare) ?? true)) &&
    (only.categories === undefined || (category !== null && only.categories.includes(category))) &&
    (only.linesOfBusiness === undefined ||
      (facts.lineOfBusiness !== undefined && only.linesOfBusiness.includes(facts.lineOfBusiness)))
  );
}

export const isOfFamily = (diagnosis: string, family: string) => diagnosis.replace(".", "").startsWith(family.replace(".", ""));
