import type { CategoryRule, Policy } from "../policy/policy.ts";
import { type DecisionRule, inpatientFamily, type LevelOfCare, type Requirement, type Route, type Setting } from "./vocabulary.ts";

/** The facts that decide whether one line needs authorization, and who decides it. */
export type LineFacts = {
  readonly setting: Setting;
  readonly emergency: boolean;
  readonly postStabilization: boolean;
  /** Does the servicing provider take part in the plan's network? `undefined`: not named yet, read as taking part. */
  readonly participating: boolean | undefined;
  readonly facilityParticipating: boolean | undefined;
  readonly programs: readonly string[];
  readonly clinicalTrial: boolean;
  readonly levelOfCare: LevelOfCare | undefined;
  readonly code: string | undefined;
  readonly revenueCode: string | undefined;
  readonly modifiers: readonly string[];
  readonly diagnoses: readonly string[];
  readonly investigational: boolean;
  readonly elective: boolean;
};

export type LineRequirement = {
  readonly requirement: Requirement;
  readonly route: Route;
  readonly category: string | null;
  readonly rule: DecisionRule;
  /** One sentence: which facts decided. */
  readonly because: string;
};

/** Settles one line by the plan's order of decision; the first step that applies answers. Never throws. */
export function requirementOf(facts: LineFacts, policy: Policy): LineRequirement {
  const lists = facts.code ? policy.listsOfCode(facts.code) : emptyLists;
  const revenueLists = facts.revenueCode ? policy.listsOfRevenueCode(facts.revenueCode) : emptyLists;
  const fits = (rule: CategoryRule) => ruleFits(rule, facts, lists, revenueLists);
  const found = policy.rules.find((rule) => fits(rule) || unconfirmed(rule, facts, lists));
  const category = found?.id ?? null;
  const answer = (requirement: Requirement, route: Route, rule: DecisionRule, because: string): LineRequirement => ({
    requirement,
    route,
    category,
    rule,
    because,
  });
  const service = found?.name ?? "Service";

  if (inpatientFamily.includes(facts.setting))
    return answer("required", "plan", "inpatient", `${service}: every inpatient stay needs authorization by the plan.`);

  if (facts.setting === "emergency" || facts.emergency)
    return answer("not-required", "none", "outpatient-emergency", "Outpatient emergency services need no authorization.");

  const outOfNetwork = facts.participating === false || facts.facilityParticipating === false;
  if (facts.postStabilization && facts.setting === "observation" && !outOfNetwork)
    return answer(
      "not-required",
      "none",
      "post-stabilization",
      "Post-stabilization care in observation by a participating provider needs no authorization.",
    );

  const isUnconfirmed = found !== undefined && !fits(found);
  if (
    found?.group === "advanced-imaging" &&
    !isUnconfirmed &&
    facts.setting === "outpatient" &&
    !inClinicalTrial(facts, policy, fits)
  )
    return answer(
      "required",
      "vendor",
      "advanced-imaging",
      `Outpatient, non-emergent ${service}: the plan's imaging vendor decides${outOfNetwork ? "; the plan keeps the network exception" : ""}.`,
    );

  if (outOfNetwork)
    return answer(
      "required",
      "plan",
      "out-of-network",
      `The ${facts.participating === false ? "servicing provider" : "facility"} does not participate: every service needs authorization by the plan.`,
    );

  if (isUnconfirmed)
    return answer("review", "plan", "category", `${service}: the code is not confirmed for this category, a person reviews it.`);
  if (found)
    return answer("required", "plan", "category", `${service}: the plan lists it among the services that need authorization.`);

  if (policy.freeLists.some((list) => lists.has(`free:${list}`) && !lists.has(`unfree:${list}`)))
    return answer("not-required", "none", "no-authorization", "The plan lists the code among those that need no authorization.");

  return answer("review", "plan", "unlisted", "The code stands in none of the plan's lists: a person reviews it.");
}

const emptyLists: ReadonlySet<string> = new Set();

function ruleFits(rule: CategoryRule, facts: LineFacts, lists: ReadonlySet<string>, revenueLists: ReadonlySet<string>): boolean {
  const { match, alsoWhen } = rule;
  const excluded = lists.has(`exclude:${rule.id}`);
  const matched =
    lists.has(`match:${rule.id}`) ||
    revenueLists.has(`match:${rule.id}`) ||
    (match.modifiers?.some((modifier) => facts.modifiers.includes(modifier)) ?? false) ||
    (match.diagnoses?.some((diagnosis) => facts.diagnoses.some((given) => sameDiagnosis(given, diagnosis))) ?? false);
  if (matched && !excluded && limitsHold(rule, facts)) return true;
  return (
    alsoWhen !== undefined &&
    (alsoWhen.settings?.includes(facts.setting) ?? true) &&
    (alsoWhen.levelsOfCare === undefined ||
      (facts.levelOfCare !== undefined && alsoWhen.levelsOfCare.includes(facts.levelOfCare))) &&
    (alsoWhen.codesOf?.some((other) => lists.has(`match:${other}`)) ?? true) &&
    (alsoWhen.fact === undefined || (alsoWhen.fact === "clinicalTrial" ? facts.clinicalTrial : facts.investigational))
  );
}

function limitsHold({ only }: CategoryRule, facts: LineFacts): boolean {
  return (
    (only?.settings?.includes(facts.setting) ?? true) &&
    (only?.programs?.some((program) => facts.programs.includes(program)) ?? true) &&
    (only?.elective === undefined || only.elective === facts.elective)
  );
}

const unconfirmed = (rule: CategoryRule, facts: LineFacts, lists: ReadonlySet<string>) =>
  lists.has(`verify:${rule.id}`) && limitsHold(rule, facts);

/** A trial is told by the request itself, or by the modifier, diagnosis or code that says so. */
function inClinicalTrial(facts: LineFacts, policy: Policy, fits: (rule: CategoryRule) => boolean): boolean {
  return facts.clinicalTrial || policy.rules.some((rule) => rule.id === "clinical-trial" && fits(rule));
}

const sameDiagnosis = (a: string, b: string) => a.replace(".", "") === b.replace(".", "");
