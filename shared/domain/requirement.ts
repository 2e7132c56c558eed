import { isInForce } from "../policy/in-force.ts";
import type { Policy } from "../policy/policy.ts";
import { deliveryStay, everyStay } from "./delivery-stay.ts";
import { exceptionsTo } from "./exceptions.ts";
import { firstFound, inClinicalTrial, tellings } from "./found-rule.ts";
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
  if (isFreeAfterStabilization(facts.setting, outOfNetwork) && facts.postStabilization && applies("post-stabilization"))
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

  // Of a provider known to participate nothing is said of it: the network asks for nothing there.
  const mayBeOut = outOfNetwork || facts.participating === undefined;
  const [free] = mayBeOut ? exceptionsTo("out-of-network", facts, category, policy) : [];
  if (outOfNetwork && !free && applies("out-of-network"))
    return answer(
      "required",
      "plan",
      "out-of-network",
      `The ${facts.participating === false ? "servicing provider" : "facility"} does not participate: every service needs authorization by the plan.`,
    );
  const network = free ? `; ${free.name.charAt(0).toLowerCase()}${free.name.slice(1)} is free of network rules` : "";

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

const never = { effectiveFrom: "9999-12-31" };

/** Post-stabilization by a participating provider is bound to observation: in an emergency department anybody's is free. */
const isFreeAfterStabilization = (setting: Setting, outOfNetwork: boolean): boolean =>
  setting === "emergency" || (setting === "observation" && !outOfNetwork);
