import { isInForce } from "../policy/in-force.ts";
import { type Listing, listed } from "../policy/listings.ts";
import type { CategoryRule, Policy } from "../policy/policy.ts";
import { exceptionsTo, isFreeOfNetworkRules } from "./exceptions.ts";
import {
  type DecisionRule,
  inpatientFamily,
  type LevelOfCare,
  type LineOfBusiness,
  type Requirement,
  type Route,
  type Setting,
} from "./vocabulary.ts";

/** The facts that decide whether one line needs authorization, and who decides it. */
export type LineFacts = {
  /** `undefined`: not said; then nothing holds that is bound to one. */
  readonly lineOfBusiness: LineOfBusiness | undefined;
  readonly setting: Setting;
  readonly emergency: boolean;
  readonly postStabilization: boolean;
  /** Does the servicing provider take part in the plan's network? `undefined`: not named yet, read as taking part. */
  readonly participating: boolean | undefined;
  readonly facilityParticipating: boolean | undefined;
  readonly programs: readonly string[];
  readonly clinicalTrial: boolean;
  readonly levelOfCare: LevelOfCare | undefined;
  /** Days of the stay that are asked for. */
  readonly stayDays: number | undefined;
  readonly code: string | undefined;
  readonly revenueCode: string | undefined;
  readonly modifiers: readonly string[];
  readonly diagnoses: readonly string[];
  readonly investigational: boolean;
  readonly elective: boolean;
  /** ISO: the rules in force on that day judge. `undefined`: all that stand in the version do. */
  readonly serviceDate: string | undefined;
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
  const line = {
    facts,
    code: policy.listingOfCode(facts.code ?? ""),
    revenue: policy.listingOfRevenueCode(facts.revenueCode ?? ""),
  };
  const found = firstFound(line, policy);
  const category = found?.rule.id ?? null;
  const service = found?.rule.name ?? "Service";
  const applies = (step: DecisionRule) => isInForce(policy.steps[step], facts.serviceDate);
  const answer = (requirement: Requirement, route: Route, rule: DecisionRule, because: string): LineRequirement => ({
    requirement,
    route,
    category,
    rule,
    because,
  });

  if (inpatientFamily.includes(facts.setting) && applies("inpatient")) {
    const stay = deliveryStay(line, category, policy);
    return stay?.isNotification
      ? answer("not-required", "none", "inpatient", stay.says)
      : answer("required", "plan", "inpatient", stay?.says ?? `${service}: ${everyStay}.`);
  }

  if ((facts.setting === "emergency" || facts.emergency) && applies("outpatient-emergency"))
    return answer(
      "not-required",
      "none",
      "outpatient-emergency",
      `${facts.setting === "emergency" ? "In an emergency department" : "An emergency outside an inpatient stay"}: outpatient emergency services need no authorization.`,
    );

  const outOfNetwork = facts.participating === false || facts.facilityParticipating === false;
  if (facts.postStabilization && isFreeAfterStabilization(facts.setting, outOfNetwork) && applies("post-stabilization"))
    return answer(
      "not-required",
      "none",
      "post-stabilization",
      facts.setting === "emergency"
        ? "Post-stabilization care in an emergency department needs no authorization."
        : "Post-stabilization care in observation by a participating provider needs no authorization.",
    );

  const isImaging = found?.rule.group === "advanced-imaging" && found.told !== "unconfirmed";
  const inTrial = isImaging && inClinicalTrial(line, policy);
  if (isImaging && facts.setting === "outpatient" && !inTrial && applies("advanced-imaging"))
    return answer(
      "required",
      "vendor",
      "advanced-imaging",
      `Outpatient, non-emergent ${service}: the plan's imaging vendor decides${outOfNetwork ? "; the plan keeps the network exception" : ""}.`,
    );

  // Said of a participating provider too: the answer is the same, so it must not seem to depend on the network.
  const freeOfNetwork = isFreeOfNetworkRules(facts, category, policy);
  if (outOfNetwork && !freeOfNetwork && applies("out-of-network"))
    return answer(
      "required",
      "plan",
      "out-of-network",
      `The ${facts.participating === false ? "servicing provider" : "facility"} does not participate: every service needs authorization by the plan.`,
    );
  const network = freeOfNetwork ? "; family planning is free of network rules in Medicaid" : "";

  if (found && applies("category")) {
    if (found.told === "unconfirmed")
      return answer(
        "review",
        "plan",
        "category",
        `${service}: the code is unconfirmed for this category, a person reviews it${network}.`,
      );
    const why = !isImaging
      ? "the plan lists it among the services that need authorization"
      : facts.setting !== "outpatient"
        ? "the plan decides, for its imaging vendor takes the outpatient setting only"
        : inTrial
          ? "the plan decides, for its imaging vendor takes no imaging within a clinical trial"
          : "the plan decides";
    return answer("required", "plan", "category", `${service}, ${tellings[found.told]}: ${why}${network}.`);
  }

  if (
    line.code.free.some((list) => isInForce(policy.noAuthorization[list] ?? never, facts.serviceDate)) &&
    applies("no-authorization")
  )
    return answer(
      "not-required",
      "none",
      "no-authorization",
      `The plan lists the code among those that need no authorization${network}.`,
    );

  return answer("review", "plan", "unlisted", `The code stands in none of the plan's lists: a person reviews it${network}.`);
}

const everyStay = "the setting is an inpatient one, and every inpatient stay needs authorization by the plan";
const never = { effectiveFrom: "9999-12-31" };

/** A line with where its codes stand. */
type ListedLine = { readonly facts: LineFacts; readonly code: Listing; readonly revenue: Listing };

/** What told that a rule is about the line; `unconfirmed`: its code is one that a person has to look at. */
type Told = keyof typeof tellings | "unconfirmed";
const tellings = {
  code: "told by its code",
  revenue: "told by its revenue code",
  modifier: "told by a modifier",
  diagnosis: "told by a diagnosis",
  circumstances: "told by its setting or kind of stay",
  both: "told by its code in this setting",
  request: "as the request says",
} as const;

function firstFound(line: ListedLine, { rules }: Policy): { readonly rule: CategoryRule; readonly told: Told } | undefined {
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
  const isLimited = rule.only !== undefined && !limitsHold(rule.only, facts);
  const fits =
    (told !== undefined && (flags & listed.exclude) === 0 && !isLimited ? told : undefined) ??
    (rule.alsoWhen && alsoFits(rule.alsoWhen, line, rules)) ??
    ((flags & listed.verify) !== 0 && !isLimited ? "unconfirmed" : undefined);
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
function inClinicalTrial(line: ListedLine, { rules }: Policy): boolean {
  return rules.some((rule, place) => rule.alsoWhen?.fact === "clinicalTrial" && isConfirmed(toldOf(rule, place, line, rules)));
}

const isConfirmed = (told: Told | undefined): boolean => told !== undefined && told !== "unconfirmed";

/** Post-stabilization by a participating provider is bound to observation: in an emergency department anybody's is free. */
const isFreeAfterStabilization = (setting: Setting, outOfNetwork: boolean): boolean =>
  setting === "emergency" || (setting === "observation" && !outOfNetwork);

/**
 * A stay for childbirth of 48 hours, 96 after a caesarean, must not need authorization (45 CFR 146.130, 148.170): it is notified.
 * What is added to it, a trial for instance, is no part of it.
 */
function deliveryStay(
  line: ListedLine,
  category: string | null,
  policy: Policy,
): { readonly isNotification: boolean; readonly says: string } | undefined {
  const { facts } = line;
  const exceptions = exceptionsTo("inpatient", facts, category, policy);
  const longest = exceptions.reduce((most, { only }) => Math.max(most, only.daysAtMost ?? Number.POSITIVE_INFINITY), 0);
  if (exceptions.length === 0) return undefined;
  const isAdded = policy.rules.some(
    (rule, place) => rule.additive === true && isConfirmed(toldOf(rule, place, line, policy.rules)),
  );
  if (isAdded) return undefined;
  if (facts.stayDays === undefined)
    return {
      isNotification: false,
      says: `A delivery stay whose days are not said: ${everyStay}; up to ${longest} days a notification is enough.`,
    };
  return facts.stayDays <= longest
    ? {
        isNotification: true,
        says: `A delivery stay of up to ${longest} days is a notification, not an authorization; a longer one needs authorization by the plan.`,
      }
    : {
        isNotification: false,
        says: `A delivery stay of more than the ${longest} days for which a notification is enough needs authorization by the plan.`,
      };
}

const sameDiagnosis = (a: string, b: string) => a.replace(".", "") === b.replace(".", "");
