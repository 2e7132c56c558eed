import * as z from "zod/mini";
import clockRows from "./clocks.json" with { type: "json" };
import { type CodeIndex, indexCodes } from "./code-index.ts";
import plan from "./plan.json" with { type: "json" };
import serviceCategories from "./service-categories.json" with { type: "json" };
import vendors from "./vendors.json" with { type: "json" };

/** The plan's own data, validated when it is loaded: a broken file stops the program before it can answer wrongly. */

const texts = z.array(z.string());
const matchSchema = z.strictObject({
  codes: z.optional(texts),
  revenue: z.optional(texts),
  modifiers: z.optional(texts),
  diagnoses: z.optional(texts),
});
const ruleSchema = z.strictObject({
  id: z.string(),
  group: z.string(),
  name: z.string(),
  match: matchSchema,
  only: z.optional(z.strictObject({ settings: z.optional(texts), programs: z.optional(texts), elective: z.optional(z.boolean()) })),
  alsoWhen: z.optional(
    z.strictObject({
      settings: z.optional(texts),
      levelsOfCare: z.optional(texts),
      codesOf: z.optional(texts),
      fact: z.optional(z.enum(["clinicalTrial", "line.investigational"])),
    }),
  ),
  exclude: z.optional(texts),
  verify: z.optional(texts),
  route: z.enum(["plan", "vendor"]),
  countsVisits: z.optional(z.boolean()),
  additive: z.optional(z.boolean()),
  note: z.optional(z.string()),
});
const categoriesSchema = z.strictObject({
  version: z.iso.date(),
  note: z.string(),
  decisionOrder: z.array(z.strictObject({ rule: z.string(), is: z.string() })),
  rules: z.array(ruleSchema),
  noAuthorization: z.array(z.strictObject({ id: z.string(), codes: texts, exclude: z.optional(texts) })),
});
const clockRowSchema = z.strictObject({
  rule: z.string(),
  cite: z.string(),
  lineOfBusiness: z.optional(z.string()),
  priority: z.optional(z.string()),
  category: z.optional(z.string()),
  postStabilizationOutOfNetwork: z.optional(z.boolean()),
  hours: z.number(),
});
const vendorSchema = z.strictObject({ name: z.string(), organization: z.string(), portalUrl: z.url(), group: z.string() });
const planSchema = z.strictObject({
  timeZone: z.string(),
  reminder: z.string(),
  referralDueAtShareOfClock: z.number(),
  documentUploadHours: z.number(),
  /** Credentials of the right expertise; one without groups or categories holds for every service. */
  mayDeny: z.array(z.strictObject({ credential: z.string(), groups: z.optional(texts), categories: z.optional(texts) })),
});

export type CategoryRule = z.infer<typeof ruleSchema>;
export type ClockRow = z.infer<typeof clockRowSchema>;
export type Vendor = z.infer<typeof vendorSchema>;

export type Policy = {
  readonly version: string;
  readonly rules: readonly CategoryRule[];
  /** Names of the lists that hold a code: `match:<rule>`, `exclude:<rule>`, `verify:<rule>`, `free:<list>`, `unfree:<list>`. */
  readonly listsOfCode: CodeIndex;
  readonly listsOfRevenueCode: CodeIndex;
  readonly freeLists: readonly string[];
  readonly clocks: readonly ClockRow[];
  /** Who decides advanced imaging for the plan. */
  readonly imagingVendor: Vendor;
  readonly vendors: Readonly<Record<string, Vendor>>;
  readonly plan: z.infer<typeof planSchema>;
};

function load(): Policy {
  const categories = z.parse(categoriesSchema, serviceCategories);
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
  const parsedVendors = z.parse(z.record(z.string(), vendorSchema), vendors);
  const imagingVendor = Object.values(parsedVendors).find((vendor) => vendor.group === "advanced-imaging");
  if (!imagingVendor) throw new Error("vendors.json names no vendor for advanced imaging");
  return {
    version: categories.version,
    rules: categories.rules,
    listsOfCode: indexCodes(codes),
    listsOfRevenueCode: indexCodes(revenue),
    freeLists: categories.noAuthorization.map((list) => list.id),
    clocks: z.parse(z.array(clockRowSchema), clockRows),
    imagingVendor,
    vendors: parsedVendors,
    plan: z.parse(planSchema, plan),
  };
}

export const policy = load();
