import * as z from "zod/mini";
import { decisionRules, levelsOfCare, linesOfBusiness, settings, units } from "../domain/vocabulary.ts";

// Parts that are not known are refused: a misspelt rule must not be a rule that never applies. Empty ones are refused too: an empty
// list would make a rule that never applies, and conditions without a fact one that always does.

/** What stands in `service-categories.json`, and in a file of the same shape that replaces it. */
export function categoriesShape() {
  const text = z.string().check(z.minLength(1));
  const texts = some(text);
  const someSettings = z.optional(some(z.enum(settings)));
  const someLevels = z.optional(some(z.enum(levelsOfCare)));
  /** In logs, answers and links, so a name and never a sentence. */
  const id = z.string().check(z.regex(/^[a-z0-9-]{1,64}$/));
  /** Where a rule comes from, and from which day of service to which it holds. */
  const provenance = {
    meaning: text,
    source: text,
    effectiveFrom: z.iso.date(),
    effectiveTo: z.optional(z.iso.date()),
  };
  const rule = z.strictObject({
    id,
    group: text,
    name: text,
    ...provenance,
    /** Empty where `alsoWhen` or `verify` is the only way in. */
    match: z.strictObject({
      codes: z.optional(texts),
      revenue: z.optional(texts),
      modifiers: z.optional(texts),
      diagnoses: z.optional(texts),
    }),
    only: z.optional(
      z
        .strictObject({ settings: someSettings, programs: z.optional(texts), elective: z.optional(z.boolean()) })
        .check(saysSomething()),
    ),
    alsoWhen: z.optional(
      z
        .strictObject({
          settings: someSettings,
          levelsOfCare: someLevels,
          codesOf: z.optional(texts),
          fact: z.optional(z.enum(["clinicalTrial", "line.investigational"])),
        })
        .check(saysSomething()),
    ),
    exclude: z.optional(texts),
    verify: z.optional(texts),
    route: z.enum(["plan", "vendor"]),
    countsVisits: z.optional(z.boolean()),
    additive: z.optional(z.boolean()),
    note: z.optional(text),
  });
  /** A step of the order of decision that does not hold for some services. */
  const exception = z.strictObject({
    id,
    step: z.enum(["inpatient", "out-of-network"]),
    name: text,
    ...provenance,
    match: z
      .strictObject({
        codes: z.optional(texts),
        revenue: z.optional(texts),
        /** Diagnoses by how they begin. They tell it of a line without a procedure code; of any line with `ofAnyCode`. */
        diagnosisFamilies: z.optional(texts),
        ofAnyCode: z.optional(z.boolean()),
      })
      .check(z.refine(({ ofAnyCode: _, ...facts }) => isSaid(facts), { error: "says nothing that could be matched" })),
    only: z
      .strictObject({
        settings: someSettings,
        /** A level of care that is not said is no hindrance. */
        levelsOfCare: someLevels,
        categories: z.optional(texts),
        linesOfBusiness: z.optional(some(z.enum(linesOfBusiness))),
        /** Days of the stay, which must be said. */
        daysAtMost: z.optional(z.int().check(z.minimum(1), z.maximum(999))),
      })
      .check(saysSomething()),
    note: z.optional(text),
  });
  return z.strictObject({
    /** A date; of further ones on that day, `.2` and so on. Nothing is read from it: the order is that of `effectiveFrom`. */
    version: z.string().check(z.refine(isVersion, { error: "is no date, or a date with .2 to .99 behind it" })),
    /** The first day of receipt, in the plan's time zone, that these rules judge; the oldest version judges what came before it too. */
    effectiveFrom: z.iso.date(),
    note: z.string(),
    decisionOrder: z.array(z.strictObject({ id: z.enum(decisionRules), ...provenance })),
    exceptions: z.array(exception),
    rules: z.array(rule),
    noAuthorization: z.array(
      z.strictObject({ id, ...provenance, codes: texts, exclude: z.optional(texts), note: z.optional(text) }),
    ),
  });
}

/** A list that is not empty. */
const some = <Item extends z.core.SomeType>(item: Item) => z.array(item).check(z.minLength(1));

const isSaid = (facts: object): boolean => Object.values(facts).some((fact) => fact !== undefined);
const saysSomething = () => z.refine<object>(isSaid, { error: "says nothing" });

const isVersion = (version: string): boolean =>
  z.safeParse(z.iso.date(), version.slice(0, 10)).success && /^(\.([2-9]|[1-9]\d))?$/.test(version.slice(10));

/** What stands in the plan's own files. */
export function planFiles(files: Readonly<Record<"categories" | "clocks" | "vendors" | "plan" | "benefits", unknown>>) {
  const texts = some(z.string());
  const hours = z.int().check(z.positive());
  const share = z.number().check(z.positive(), z.maximum(1));
  /** People are sent there with what they know of a patient. */
  const secureUrl = z.url({ protocol: /^https$/ });
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
  const vendor = z.strictObject({ name: z.string(), organization: z.string(), portalUrl: secureUrl, group: z.string() });
  const automaticApproval = z.strictObject({
    id: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
    category: z.string(),
    /** The most that may be asked for. */
    maxQuantity: z.int().check(z.positive()),
    participatingOnly: z.boolean(),
    /** The first day of receipt, in the plan's time zone, that it holds for. */
    effectiveFrom: z.iso.date(),
  });
  const limit = z.strictObject({ rule: z.string(), hours, cite: z.string() });
  /** Appeals of adverse decisions, by line of business. */
  const appealRow = z.strictObject({
    lineOfBusiness: z.enum(linesOfBusiness),
    /** Calendar days from that of the decision, or of the letter that told of it if that is later. */
    fileWithinDays: hours,
    fileCite: z.string(),
    standard: limit,
    expedited: limit,
    /** Until when what was overturned takes effect. */
    effective: z.optional(z.strictObject({ hours, cite: z.string() })),
  });
  /** Reductions of what is authorized while services run, by line of business. Without a row there are none. */
  const reductionRow = z.strictObject({
    lineOfBusiness: z.enum(linesOfBusiness),
    /** Full days, in the plan's time zone, between the day of the notice and that of the effect. */
    days: hours,
    cite: z.string(),
    /** Care goes on while an appeal that came in time is open, and for so many days after its answer. */
    continuation: z.strictObject({ daysAfterAppeal: z.int().check(z.nonnegative()), cite: z.string() }),
  });
  const plan = z.strictObject({
    timeZone: z.string(),
    reminder: z.string(),
    /** How providers reach the plan, the preferred way first. */
    contacts: z.array(
      z.strictObject({
        channel: z.enum(["portal", "mail", "phone", "fax"]),
        name: z.string(),
        note: z.optional(z.string()),
        url: z.optional(secureUrl),
        address: z.optional(z.string()),
        number: z.optional(z.string()),
      }),
    ),
    /** How the plan signs its letters, and what it offers to those who get them. */
    letterhead: z.strictObject({
      name: z.string(),
      department: z.string(),
      memberHelp: z.string(),
      providerHelp: z.string(),
      languageHelp: z.string(),
    }),
    referralDueAtShareOfClock: z.number(),
    documentUploadHours: z.number(),
    /** For how long a reviewer has a case to themselves. */
    assignmentHours: z.number(),
    /** The term of an approval whose end nobody asked for. */
    authorizationDays: z.int(),
    /** When the desk, the provider and the vendor are reminded of what nobody has done. */
    reminders: z.strictObject({
      /** In UTC: when in the day somebody is reminded of a day; in the morning of the plan. */
      timeOfDay: z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d:00\.000Z$/)),
      /** After the receipt, or after the question. */
      informationMissingHours: z.array(hours),
      decisionDueShares: z.array(share),
      acknowledgementHours: z.strictObject({ standard: hours, expedited: hours }),
      /** Of what was left of the clock when the referral went out. */
      recallAtShareOfRemainingClock: share,
      serviceNearDays: hours,
      authorizationEndingDays: hours,
      unitsUsedShare: share,
    }),
    appeals: z.array(appealRow),
    reductionNotice: z.array(reductionRow),
    uploadsPerOrganizationPerHour: z.strictObject({ documents: z.number(), bytes: z.number() }),
    /** Credentials of the right expertise; one without groups or categories holds for every service. */
    mayDeny: z.array(z.strictObject({ credential: z.string(), groups: z.optional(texts), categories: z.optional(texts) })),
    /** What is approved without a person once nothing is missing. None: a person decides everything. */
    automaticApprovals: z.array(automaticApproval),
  });
  return z.parse(
    z.strictObject({
      categories: categoriesShape(),
      clocks: z.array(clockRow),
      vendors: z.record(z.string(), vendor),
      plan,
      benefits: benefitsShape(),
    }),
    files,
  );
}

/** What stands in `benefits.json`. */
function benefitsShape() {
  const limit = z.strictObject({
    id: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
    name: z.string().check(z.minLength(1)),
    linesOfBusiness: z.array(z.enum(linesOfBusiness)).check(z.minLength(1)),
    /** A line falls under it by its category or by its code. */
    categories: z.optional(z.array(z.string())),
    codes: z.optional(z.array(z.string())),
    settings: z.optional(z.array(z.enum(settings))),
    unit: z.enum(units),
    amount: z.int().check(z.positive()),
    period: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("calendar-year") }),
      /** Month and day; no year begins on a leap day. */
      z.strictObject({
        kind: z.literal("benefit-year"),
        startsOn: z.string().check(z.regex(/^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/)),
      }),
    ]),
  });
  return z.strictObject({
    note: z.string(),
    claimsDays: z.int().check(z.nonnegative()),
    reservationMinutes: z.int().check(z.positive()),
    limits: z.array(limit),
  });
}

export type PlanFiles = ReturnType<typeof planFiles>;
export type Categories = PlanFiles["categories"];
