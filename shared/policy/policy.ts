import clocks from "./clocks.json" with { type: "json" };
import { type CodeIndex, indexCodes } from "./code-index.ts";
import plan from "./plan.json" with { type: "json" };
import { type PlanFiles, planFiles } from "./plan-files.ts";
import categories from "./service-categories.json" with { type: "json" };
import vendors from "./vendors.json" with { type: "json" };

/** The plan's own data, ready for use. */

export type CategoryRule = PlanFiles["categories"]["rules"][number];
export type ClockRow = PlanFiles["clocks"][number];
export type Vendor = PlanFiles["vendors"][string];

export type Policy = {
  readonly version: string;
  /** The first day of receipt that these rules judge. */
  readonly effectiveFrom: string;
  readonly rules: readonly CategoryRule[];
  /** Names of the lists that hold a code: `match:<rule>`, `exclude:<rule>`, `verify:<rule>`, `free:<list>`, `unfree:<list>`. */
  readonly listsOfCode: CodeIndex;
  readonly listsOfRevenueCode: CodeIndex;
  readonly freeLists: readonly string[];
  readonly clocks: readonly ClockRow[];
  /** Who decides advanced imaging for the plan. */
  readonly imagingVendor: Vendor;
  readonly vendors: Readonly<Record<string, Vendor>>;
  readonly plan: PlanFiles["plan"];
};

function policyFrom({ categories, clocks, vendors, plan }: PlanFiles): Policy {
  const codes: Record<string, readonly string[]> = {};
  const revenue: Record<string, readonly string[]> = {};
  for (const rule of categories.rules) {
    codes[`match:${rule.id}`] = rule.match.codes ?? [];
    codes[`exclude:${rule.id}`] = rule.exclude ?? [];
    codes[`verify:${rule.id}`] = rule.verify ?? [];
    revenue[`match:${rule.id}`] = rule.match.revenue ?? [];
  }
  for (const list of categories.noAuthorization) {
    codes[`free:${list.id}`] = list.codes;
    codes[`unfree:${list.id}`] = list.exclude ?? [];
  }
  const imagingVendor = Object.values(vendors).find((vendor) => vendor.group === "advanced-imaging");
  if (!imagingVendor) throw new Error("vendors.json names no vendor for advanced imaging");
  return {
    version: categories.version,
    effectiveFrom: categories.effectiveFrom,
    rules: categories.rules,
    listsOfCode: indexCodes(codes),
    listsOfRevenueCode: indexCodes(revenue),
    freeLists: categories.noAuthorization.map((list) => list.id),
    clocks,
    imagingVendor,
    vendors,
    plan,
  };
}

const files = { categories, clocks, vendors, plan };

/** Other rules than those built in, with the plan's own clocks, vendors and settings. They must have been found good before. */
export const policyWith = (other: PlanFiles["categories"]): Policy =>
  policyFrom({ ...(files as unknown as PlanFiles), categories: other });

/**
 * Validated wherever this module is loaded as it stands: by every test, and by the synthesis, so that a broken file cannot be
 * deployed. The bundler takes that step out: the files cannot change any more, and a start is 4 ms shorter without it.
 */
export const policy = policyFrom(process.env.PLAN_FILES === "validated" ? (files as unknown as PlanFiles) : planFiles(files));
