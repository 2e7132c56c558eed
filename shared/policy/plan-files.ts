import * as z from "zod/mini";

/** What stands in the plan's own files. Parts that are not known are refused: a misspelt rule must not be a rule that never applies. */
export function planFiles(files: Readonly<Record<"categories" | "clocks" | "vendors" | "plan", unknown>>) {
  const texts = z.array(z.string());
  const rule = z.strictObject({
    id: z.string(),
    group: z.string(),
    name: z.string(),
    match: z.strictObject({
      codes: z.optional(texts),
      revenue: z.optional(texts),
      modifiers: z.optional(texts),
      diagnoses: z.optional(texts),
    }),
    only: z.optional(
      z.strictObject({ settings: z.optional(texts), programs: z.optional(texts), elective: z.optional(z.boolean()) }),
    ),
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
  const categories = z.strictObject({
    version: z.iso.date(),
    /** The first day of receipt, in the plan's time zone, that these rules judge; the oldest version judges what came before it too. */
    effectiveFrom: z.iso.date(),
    note: z.string(),
    decisionOrder: z.array(z.strictObject({ rule: z.string(), is: z.string() })),
    rules: z.array(rule),
    noAuthorization: z.array(z.strictObject({ id: z.string(), codes: texts, exclude: z.optional(texts) })),
  });
  const hours = z.int().check(z.positive());
  const clockRow = z.strictObject({
    rule: z.string(),
    /** In a few words, for people. */
    meaning: z.string(),
    cite: z.string(),
    linesOfBusiness: z.optional(texts),
    states: z.optional(texts),
    priority: z.optional(z.string()),
    category: z.optional(z.string()),
    postStabilizationOutOfNetwork: z.optional(z.boolean()),
    /** What starts it: receipt by the plan, or the moment at which nothing is missing any more. */
    from: z.enum(["receipt", "completion"]),
    /** One of the two. */
    hours: z.optional(hours),
    businessDays: z.optional(hours),
    /** By how much the plan may extend it, once. Without it there is no extension. */
    extensionHours: z.optional(hours),
    /** The least time that the law gives for the answer to a question. */
    answerHours: z.optional(hours),
    stopsForQuestions: z.optional(z.boolean()),
    question: z.optional(z.strictObject({ askedWithinHours: hours, decidedWithinHours: hours })),
    whenMissed: z.enum(["adverse-notice", "plan-liable", "deemed-approved"]),
  });
  const vendor = z.strictObject({ name: z.string(), organization: z.string(), portalUrl: z.url(), group: z.string() });
  const plan = z.strictObject({
    timeZone: z.string(),
    reminder: z.string(),
    referralDueAtShareOfClock: z.number(),
    documentUploadHours: z.number(),
    /** For how long a reviewer has a case to themselves. */
    assignmentHours: z.number(),
    /** The term of an approval whose end nobody asked for. */
    authorizationDays: z.int(),
    uploadsPerOrganizationPerHour: z.strictObject({ documents: z.number(), bytes: z.number() }),
    /** Credentials of the right expertise; one without groups or categories holds for every service. */
    mayDeny: z.array(z.strictObject({ credential: z.string(), groups: z.optional(texts), categories: z.optional(texts) })),
  });
  return z.parse(z.strictObject({ categories, clocks: z.array(clockRow), vendors: z.record(z.string(), vendor), plan }), files);
}

export type PlanFiles = ReturnType<typeof planFiles>;
