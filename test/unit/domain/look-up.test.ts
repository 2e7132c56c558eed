import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { factsFrom, type KnownFacts } from "../../../shared/domain/known-facts.ts";
import { type LookUp, lookUp } from "../../../shared/domain/look-up.ts";
import { type LineFacts, requirementOf } from "../../../shared/domain/requirement.ts";
import { levelsOfCare, linesOfBusiness, settings } from "../../../shared/domain/vocabulary.ts";
import { type Policy, policy, policyWith } from "../../../shared/policy/policy.ts";
import categories from "../../../shared/policy/service-categories.json" with { type: "json" };
import { someFacts } from "../../builders.ts";
import { rounds } from "../../faults/chance.ts";

const looked = (code: string, known: KnownFacts = {}) => lookUp(code, known, policy);

/** There is none of what cannot be asked for one by one. */
const nothingElse = { modifiers: [], revenueCode: null, diagnoses: [], levelOfCare: null, stayDays: null } as const;
const atTheOffice = {
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  participating: true,
  facilityParticipating: true,
  clinicalTrial: false,
  investigational: false,
} as const satisfies KnownFacts;

describe("the look-up", () => {
  test("of an MRI depends on setting, emergency, network and trial", () => {
    const { answers, dependsOn } = looked("72148");
    expect(dependsOn).toEqual(expect.arrayContaining(["setting", "emergency", "trial", "network"]));
    expect(new Set(answers.map((answer) => answer.route))).toEqual(new Set(["vendor", "plan", "none"]));
  });

  test("of an MRI has one answer once what matters is known", () => {
    const known = { setting: "outpatient", emergency: false, clinicalTrial: false, participating: true } as const;
    const { answers, dependsOn } = looked("72148", { ...known, facilityParticipating: true, ...nothingElse });
    expect(answers).toMatchObject([{ requirement: "required", route: "vendor", rule: "advanced-imaging", when: {} }]);
    expect(dependsOn).toEqual([]);
  });

  test("can say no: an outpatient office visit in network needs none", () => {
    const known = { setting: "outpatient", participating: true, facilityParticipating: true } as const;
    const { answers } = looked("99213", { ...known, emergency: false, clinicalTrial: false, investigational: false });
    expect(answers).toMatchObject([{ requirement: "not-required", rule: "no-authorization", when: {} }]);
  });

  test("of a waiver service depends on the program", () => {
    const { programs: _, ...known } = someFacts({ facilityParticipating: true, serviceDate: "2026-12-20" });
    const { answers, dependsOn } = looked("H2016", { ...known, ...nothingElse });
    expect(dependsOn).toEqual(["program"]);
    expect(answers.map((answer) => [answer.when.program, answer.requirement])).toEqual([
      [["none"], "review"],
      [["AR-CES"], "required"],
    ]);
  });
});

describe("a fact that was not said", () => {
  test("is named while it could change the answer, with what would", () => {
    const { answers, dependsOn, unless } = looked("99213", atTheOffice);
    expect(answers).toMatchObject([{ requirement: "not-required", when: {} }]);
    expect(dependsOn).toEqual(["modifiers", "revenueCode", "diagnosis"]);
    const required = [expect.objectContaining({ requirement: "required" })];
    expect(unless).toEqual(
      expect.arrayContaining([
        { fact: "modifiers", values: ["GP", "GO", "GN"], about: expect.stringContaining("therapy"), leadsTo: required },
        { fact: "modifiers", values: ["NU", "RR", "UE"], about: expect.stringContaining("equipment"), leadsTo: required },
        { fact: "modifiers", values: ["Q0", "Q1"], about: "Clinical trial", leadsTo: required },
        { fact: "revenueCode", values: ["0420-0449"], about: expect.stringContaining("therapy"), leadsTo: required },
        { fact: "diagnosis", values: ["Z00.6"], about: "Clinical trial", leadsTo: required },
      ]),
    );
  });

  test("is the revenue code of a scan, which leads to the vendor", () => {
    const { unless } = looked("71045", atTheOffice);
    expect(unless.find(({ values }) => values.includes("0350-0359"))?.leadsTo).toEqual([
      { requirement: "required", route: "vendor", category: "imaging-ct-cta" },
    ]);
  });

  test("is the number of days of a delivery's stay, and its level of care", () => {
    const known = { setting: "inpatient", clinicalTrial: false, investigational: false, ...nothingElse } as const;
    const { stayDays: _, levelOfCare: __, ...unsaid } = known;
    const { answers, dependsOn, unless } = looked("59400", unsaid);
    expect(answers).toMatchObject([{ requirement: "required", when: {} }]);
    expect(dependsOn).toEqual(expect.arrayContaining(["levelOfCare", "days"]));
    expect(unless.find(({ values }) => values.includes("1-2"))).toMatchObject({
      fact: "days",
      about: "Delivery stay",
      leadsTo: [{ requirement: "not-required", route: "none" }],
    });
    expect(looked("59400", { ...known, stayDays: 2 })).toMatchObject({
      answers: [{ requirement: "not-required" }],
      dependsOn: [],
    });
  });

  test("is the line of business too, where only a diagnosis would make it count", () => {
    const out = { ...atTheOffice, ...nothingElse, participating: false } as const;
    expect(looked("99213", out).dependsOn).toEqual([]);
    const { diagnoses: _, ...unsaid } = out;
    expect(looked("99213", unsaid).dependsOn).toEqual(["lineOfBusiness", "diagnosis"]);
  });

  test("is the line of business where a revenue code, said or not, makes it count", () => {
    const byRevenue = changed((all) => {
      const planning = all.exceptions.find(({ id }) => id === "family-planning");
      if (planning) planning.match = { revenue: ["0519"], ofAnyCode: true };
    });
    const out = { ...atTheOffice, ...nothingElse, participating: false } as const;
    const { revenueCode: _, ...unsaid } = out;
    expect(lookUp("99213", { ...out, revenueCode: "0519" }, byRevenue).dependsOn).toEqual(["lineOfBusiness"]);
    expect(lookUp("99213", unsaid, byRevenue).dependsOn).toEqual(expect.arrayContaining(["lineOfBusiness", "revenueCode"]));
    expect(lookUp("99213", out, byRevenue).dependsOn).toEqual([]);
  });

  test("is the day of service where something ends or begins to hold, and what is not said is today", () => {
    const known = { ...atTheOffice, ...nothingElse } as const;
    expect(lookUp("97110", known, policy, "2026-12-20").dependsOn).toEqual([]);
    const ending = changed((all) => {
      const therapy = all.rules.find(({ id }) => id === "outpatient-therapy");
      if (therapy) therapy.effectiveTo = "2026-12-31";
    });
    const { answers, dependsOn, unless } = lookUp("97110", known, ending, "2026-12-20");
    expect(answers).toMatchObject([{ rule: "category" }]);
    expect(dependsOn).toEqual(["serviceDate"]);
    expect(unless).toMatchObject([{ fact: "serviceDate", values: ["2027-01-01/.."], leadsTo: [{ requirement: "review" }] }]);
    expect(lookUp("97110", { ...known, serviceDate: "2027-01-01" }, ending)).toMatchObject({
      answers: [{ rule: "unlisted" }],
      dependsOn: [],
    });
  });
});

type Rules = Parameters<typeof policyWith>[0];
function changed(change: (all: Rules) => void): Policy {
  const all = structuredClone(categories) as unknown as Rules;
  change(all);
  return policyWith(all);
}

/** Of every fact by itself: values that tell something, and some that tell nothing. */
const facts: { readonly [Name in Exclude<keyof LineFacts, "code">]: fc.Arbitrary<LineFacts[Name]> } = {
  lineOfBusiness: fc.constantFrom(...linesOfBusiness),
  setting: fc.constantFrom(...settings),
  emergency: fc.boolean(),
  postStabilization: fc.boolean(),
  participating: fc.boolean(),
  facilityParticipating: fc.boolean(),
  programs: fc.constantFrom([], ["AR-CES"]),
  clinicalTrial: fc.boolean(),
  investigational: fc.boolean(),
  elective: fc.boolean(),
  modifiers: fc.uniqueArray(fc.constantFrom("GP", "GN", "NU", "UE", "Q0", "Q1", "26", "LT"), { maxLength: 4 }),
  revenueCode: fc.option(
    fc.constantFrom(
      "0022",
      "0110",
      "0124",
      "0204",
      "0351",
      "0404",
      "0424",
      "0541",
      "0560",
      "0612",
      "0655",
      "0724",
      "0912",
      "1001",
      "0519",
    ),
    { nil: undefined },
  ),
  diagnoses: fc.uniqueArray(
    fc.constantFrom("Z00.6", "Z006", "Z30.430", "Z309", "O80", "O82", "Z38.01", "Z37.0", "M54.16", "E11.9"),
    {
      maxLength: 4,
    },
  ),
  levelOfCare: fc.option(fc.constantFrom(...levelsOfCare), { nil: undefined }),
  stayDays: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  serviceDate: fc.constantFrom("2000-01-01", "2026-12-20", "2027-01-15", "2031-01-01"),
};
const whole: fc.Arbitrary<Omit<LineFacts, "code">> = fc.record(facts);
const codes = fc.constantFrom(
  ...["72148", "99213", "97110", "27447", "H2016", "K0108", "E0100", "75580", "0889T", "J1745", "A0428", "99999"],
  ...["J7297", "58300", "59400", "59510", "71045", "90837", "G0151", "11981", "58565", "97153", "S9960"],
);

/** The domain's name of each fact, by its name on the wire. */
const names = {
  setting: "setting",
  emergency: "emergency",
  postStabilization: "postStabilization",
  lineOfBusiness: "lineOfBusiness",
  network: "participating",
  facilityNetwork: "facilityParticipating",
  trial: "clinicalTrial",
  investigational: "investigational",
  elective: "elective",
  program: "programs",
  modifiers: "modifiers",
  revenueCode: "revenueCode",
  diagnosis: "diagnoses",
  levelOfCare: "levelOfCare",
  days: "stayDays",
  serviceDate: "serviceDate",
} as const;
type Name = keyof typeof names;
const allNames = Object.keys(names) as Name[];

const saidOf = (given: Omit<LineFacts, "code">, said: readonly Name[]): KnownFacts =>
  Object.fromEntries(said.map((name) => [names[name], given[names[name]] ?? null]));

const holds = (when: LookUp["answers"][number]["when"], given: Omit<LineFacts, "code">) =>
  Object.entries(when).every(([driver, values]) => {
    if (driver === "program") return values.includes(given.programs[0] ?? "none");
    const value = given[names[driver as Name]];
    const said = driver.toLowerCase().endsWith("network") ? (value ? "participating" : "not-participating") : value;
    return (values as readonly unknown[]).includes(said);
  });

/** The built-in rules, and some with more that hold for a while, or are told by what nothing is told by now. */
// Large counts take their time.
vi.setConfig({ testTimeout: rounds(240_000, 30_000) });

const someRules = fc.constantFrom(
  policy,
  changed((all) => {
    for (const rule of all.rules) if (rule.id === "outpatient-therapy" || rule.id === "drug") rule.effectiveTo = "2026-12-31";
    for (const exception of all.exceptions) {
      if (exception.id === "family-planning") exception.match = { ...exception.match, revenue: ["0519"] };
      if (exception.id === "caesarean-stay") exception.effectiveFrom = "2027-01-01";
    }
  }),
);

test("who says everything gets the one answer of a submission, and it depends on nothing", () => {
  fc.assert(
    fc.property(codes, whole, someRules, (code, given, rules) => {
      const { answers, dependsOn, unless } = lookUp(code, saidOf(given, allNames), rules);
      expect(answers).toEqual([{ ...requirementOf({ ...given, code }, rules), when: {} }]);
      expect([dependsOn, unless]).toEqual([[], []]);
    }),
    { numRuns: rounds(5_000, 300) },
  );
});

test("whatever is not said, exactly one answer holds in the usual case, and it is what a submission would get", () => {
  fc.assert(
    fc.property(codes, whole, fc.subarray(allNames), someRules, (code, given, said, rules) => {
      const known = saidOf(given, said);
      const { answers, dependsOn } = lookUp(code, known, rules, "2026-12-20");
      const usual = { ...given, ...factsWithoutDrivers(code, known) };
      const holding = answers.filter((answer) => holds(answer.when, usual));
      expect(holding).toHaveLength(1);
      expect(holding[0]).toMatchObject(requirementOf(usual, rules));
      for (const name of said) expect(dependsOn).not.toContain(name);
      for (const { when } of answers) expect(dependsOn).toEqual(expect.arrayContaining(Object.keys(when)));
    }),
    { numRuns: rounds(5_000, 300) },
  );
});

function factsWithoutDrivers(code: string, known: KnownFacts) {
  const { modifiers, revenueCode, diagnoses, levelOfCare, stayDays, serviceDate } = factsFrom(code, known, "2026-12-20");
  return { code, modifiers, revenueCode, diagnoses, levelOfCare, stayDays, serviceDate };
}

test("what counts only where two facts meet is named: a scan in a trial, of a member in family planning", () => {
  const known = { setting: "outpatient", participating: false, clinicalTrial: false } as const;
  expect(lookUp("72148", known, policy, "2026-12-20").dependsOn).toEqual(
    expect.arrayContaining(["lineOfBusiness", "modifiers", "diagnosis"]),
  );
});

test("a fact that is not named changes nothing, whatever the others are", () => {
  fc.assert(
    fc.property(codes, whole, whole, fc.subarray(allNames), someRules, (code, given, other, said, rules) => {
      const { dependsOn } = lookUp(code, saidOf(given, said), rules, "2026-12-20");
      const answer = requirementOf({ ...given, code }, rules);
      const unnamed = allNames.filter((name) => !said.includes(name) && !dependsOn.includes(name));
      for (const name of unnamed)
        expect(requirementOf({ ...given, [names[name]]: other[names[name]], code }, rules), name).toEqual(answer);
    }),
    { numRuns: rounds(20_000, 1_000) },
  );
});

test("what stands under unless leads to something else, and to what it says", () => {
  fc.assert(
    fc.property(codes, whole, fc.subarray(allNames), (code, given, said) => {
      const { unless } = lookUp(code, saidOf(given, said), policy, "2026-12-20");
      for (const { fact, values, leadsTo } of unless) {
        expect(said).not.toContain(fact);
        const such = suchAs(fact, values[0] ?? "");
        const known = { ...saidOf(given, said), ...such };
        const verdicts = lookUp(code, known, policy, "2026-12-20").answers.map(({ requirement, route, category }) => ({
          requirement,
          route,
          category,
        }));
        expect(leadsTo.length).toBeGreaterThan(0);
        expect(verdicts).toEqual(expect.arrayContaining([...leadsTo]));
      }
    }),
    { numRuns: rounds(1_000, 100) },
  );
});

/** The first of the values that a client reads under `unless`. */
function suchAs(fact: string, written: string): KnownFacts {
  const first = written.split("-")[0] ?? "";
  if (fact === "modifiers") return { modifiers: [written] };
  if (fact === "diagnosis") return { diagnoses: [written] };
  if (fact === "revenueCode") return { revenueCode: first };
  if (fact === "days") return { stayDays: Number(first) };
  return fact === "levelOfCare"
    ? { levelOfCare: levelsOfCare.find((level) => level === written) ?? null }
    : { serviceDate: written.split("/")[0] };
}
