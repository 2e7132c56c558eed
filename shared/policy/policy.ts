import type { DecisionRule } from "../domain/vocabulary.ts";
import benefits from "./benefits.json" with { type: "json" };
import { goodPlanFiles } from "./check.ts";
import clocks from "./clocks.json" with { type: "json" };
import { type CodeIndex, indexCodes } from "./code-index.ts";
import { type Dated, turningDays } from "./in-force.ts";
import { codeListings, type Listing, revenueListings } from "./listings.ts";
import plan from "./plan.json" with { type: "json" };
import type { Categories, PlanFiles } from "./plan-files.ts";
import categories from "./service-categories.json" with { type: "json" };
import vendors from "./vendors.json" with { type: "json" };

/** The plan's own data, ready for use. */

export type CategoryRule = Categories["rules"][number];
export type Exception = Categories["exceptions"][number];
export type Step = Categories["decisionOrder"][number];
export type ClockRow = PlanFiles["clocks"][number];
export type AppealRow = PlanFiles["plan"]["appeals"][number];
export type ReductionRow = PlanFiles["plan"]["reductionNotice"][number];
export type Vendor = PlanFiles["vendors"][string];

/** A benefit that has an end: so many units for each member and period. */
export type BenefitLimit = PlanFiles["benefits"]["limits"][number] & { readonly holdsCode: CodeIndex<boolean> };
export type AutomaticApproval = PlanFiles["plan"]["automaticApprovals"][number];

export type Policy = {
  readonly version: string;
  /** The first day of receipt that these rules judge. */
  readonly effectiveFrom: string;
  /** The steps of the order of decision. */
  readonly decisionOrder: readonly Step[];
  readonly steps: Readonly<Record<DecisionRule, Dated>>;
  /** What a step of the order of decision does not hold for. */
  readonly exceptions: readonly Exception[];
  /** In the order of their precedence. */
  readonly rules: readonly CategoryRule[];
  readonly noAuthorization: Categories["noAuthorization"];
  /** Days of service on which a rule, a step or a list begins or ends to hold. */
  readonly turningDays: ReadonlySet<string>;
  readonly listingOfCode: CodeIndex<Listing>;
  readonly listingOfRevenueCode: CodeIndex<Listing>;
  readonly clocks: readonly ClockRow[];
  /** Who decides advanced imaging for the plan. */
  readonly imagingVendor: Vendor;
  readonly vendors: Readonly<Record<string, Vendor>>;
  readonly plan: PlanFiles["plan"];
  readonly benefits: Pick<PlanFiles["benefits"], "claimsDays" | "reservationMinutes"> & {
    readonly limits: readonly BenefitLimit[];
  };
};

function policyFrom({ categories, clocks, vendors, plan, benefits }: PlanFiles): Policy {
  const imagingVendor = Object.values(vendors).find((vendor) => vendor.group === "advanced-imaging");
  if (!imagingVendor) throw new Error("vendors.json names no vendor for advanced imaging");
  return {
    version: categories.version,
    effectiveFrom: categories.effectiveFrom,
    decisionOrder: categories.decisionOrder,
    steps: stepsOf(categories),
    exceptions: categories.exceptions,
    rules: categories.rules,
    noAuthorization: categories.noAuthorization,
    turningDays: turningDays(categories),
    listingOfCode: codeListings(categories),
    listingOfRevenueCode: revenueListings(categories),
    clocks,
    imagingVendor,
    vendors,
    plan,
    benefits: { ...benefits, limits: benefits.limits.map(withCodes) },
  };
}

const withCodes = (limit: PlanFiles["benefits"]["limits"][number]): BenefitLimit => ({
  ...limit,
  holdsCode: indexCodes([limit.codes ?? []], (lists) => lists.length > 0),
});

function stepsOf({ decisionOrder }: Categories): Policy["steps"] {
  const steps = {} as Record<DecisionRule, Dated>;
  for (const step of decisionOrder) steps[step.id] = step;
  return steps;
}

const files = { categories, clocks, vendors, plan, benefits };

/** Other rules than those built in, with the plan's own clocks, vendors and settings. They must have been found good before. */
export const policyWith = (other: Categories): Policy => policyFrom({ ...(files as unknown as PlanFiles), categories: other });

/**
 * Validated wherever this module is loaded as it stands: by every test, and by the synthesis, so that a broken file cannot be
 * deployed. The bundler takes that step out: the files cannot change any more, and a start is 4 ms shorter without it.
 */
export const policy = policyFrom(process.env.PLAN_FILES === "validated" ? (files as unknown as PlanFiles) : goodPlanFiles(files));
