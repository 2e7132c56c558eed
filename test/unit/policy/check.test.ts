import { describe, expect, test } from "vitest";
import benefits from "../../../shared/policy/benefits.json" with { type: "json" };
import { checkedCategories, type Finding, goodPlanFiles, policyFindings } from "../../../shared/policy/check.ts";
import clocks from "../../../shared/policy/clocks.json" with { type: "json" };
import plan from "../../../shared/policy/plan.json" with { type: "json" };
import type { Categories } from "../../../shared/policy/plan-files.ts";
import builtIn from "../../../shared/policy/service-categories.json" with { type: "json" };
import vendors from "../../../shared/policy/vendors.json" with { type: "json" };

type Writable<Value> = Value extends object ? { -readonly [Key in keyof Value]: Writable<Value[Key]> } : Value;
type Draft = Writable<Categories>;
type Rule = Draft["rules"][number];

const found = (change: (rules: Draft) => void): readonly Finding[] => {
  const rules = structuredClone(builtIn) as unknown as Draft;
  change(rules);
  return policyFindings(rules);
};
/** What the change adds to what is said of the rules that are built in. */
const added = (change: (rules: Draft) => void): readonly Finding[] => {
  const usual = new Set(policyFindings(builtIn).map((one) => JSON.stringify(one)));
  return found(change).filter((one) => !usual.has(JSON.stringify(one)));
};
const rule = ({ rules }: Draft, id: string): Rule => {
  const one = rules.find((each) => each.id === id);
  if (!one) throw new Error(`there is no rule ${id}`);
  return one;
};
const exception = ({ exceptions }: Draft, id: string): Draft["exceptions"][number] => {
  const one = exceptions.find((each) => each.id === id);
  if (!one) throw new Error(`there is no exception ${id}`);
  return one;
};
const last = <One>(some: readonly One[]): One => {
  const one = some.at(-1);
  if (!one) throw new Error("there is none");
  return one;
};
const provenance = { meaning: "A service of tomorrow.", source: "Plan data", effectiveFrom: "2000-01-01" };
const another = (more: Partial<Rule>): Rule => ({
  id: "another",
  group: "physical-health",
  name: "Another",
  ...provenance,
  match: { codes: ["Q0001"] },
  route: "plan",
  ...more,
});

describe("the rules that are built in", () => {
  const findings = policyFindings(builtIn);
  test("have no errors and nothing that is probably not meant so", () => {
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
  test("say which rule wins where two meet", () => {
    expect(findings).toContainEqual({
      severity: "note",
      where: "ces-waiver, dme-prosthetics-orthotics",
      says: "both hold codes K0108: ces-waiver comes first and wins for members of AR-CES",
    });
  });
  test("are read as what they are", () => {
    expect(checkedCategories(JSON.stringify(builtIn))).toMatchObject({ ok: true, categories: builtIn, findings });
  });
});

const errors: readonly [string, string, RegExp, (rules: Draft) => void][] = [
  ["a range that runs backwards", "drug", /^J9999-J0120 is no code/, (all) => (rule(all, "drug").match.codes = ["J9999-J0120"])],
  ["ends of two shapes", "drug", /no code/, (all) => (rule(all, "drug").match.codes = ["J0120-Q5199"])],
  ["a code that is none", "drug", /no code/, (all) => (rule(all, "drug").verify = ["W1234"])],
  ["an exclusion that is no code", "elective-surgery", /no code/, (all) => rule(all, "elective-surgery").exclude?.push("x")],
  ["a revenue code that is none", "inpatient", /no code/, (all) => (rule(all, "inpatient").match.revenue = ["10-20"])],
  ["a modifier that is none", "clinical-trial", /no modifier/, (all) => (rule(all, "clinical-trial").match.modifiers = ["Q"])],
  [
    "a diagnosis that is none",
    "clinical-trial",
    /no diagnosis/,
    (all) => (rule(all, "clinical-trial").match.diagnoses = ["trial"]),
  ],
  ["a rule twice", "drug", /two rules/, (all) => all.rules.push(rule(all, "drug"))],
  [
    "a list twice",
    "maternity",
    /two lists/,
    (all) => all.noAuthorization.push(...all.noAuthorization.filter(({ id }) => id === "maternity")),
  ],
  [
    "codes of a rule that does not exist",
    "home-care",
    /the rule therapy, which/,
    (all) => (rule(all, "home-care").alsoWhen = { codesOf: ["therapy"] }),
  ],
  [
    "a clock of the law without its category",
    "the clock medicaid.drug",
    /the rule drug, which/,
    (all) => (all.rules = all.rules.filter(({ id }) => id !== "drug")),
  ],
  ["another order of decision", "decisionOrder", /order that the desk follows/, (all) => all.decisionOrder.reverse()],
  [
    "an end before its beginning",
    "drug",
    /before it begins/,
    (all) => Object.assign(rule(all, "drug"), { effectiveFrom: "2026-02-01", effectiveTo: "2026-01-31" }),
  ],
  ["imaging that the plan decides by its route", "imaging-pet", /has no other/, (all) => (rule(all, "imaging-pet").route = "plan")],
  ["nothing that tells a trial", "rules", /clinicalTrial/, (all) => (rule(all, "clinical-trial").alsoWhen = undefined)],
  [
    "a rule of which earlier ones leave nothing",
    "another",
    /is dead: .*codes 97110 \(outpatient-therapy\)/,
    (all) => all.rules.push(another({ match: { codes: ["97110"] }, only: { settings: ["outpatient"] } })),
  ],
  [
    "stays that are free however long",
    "delivery-stay",
    /daysAtMost/,
    (all) => (all.exceptions[0] ? delete all.exceptions[0].only.daysAtMost : undefined),
  ],
  ["a rule that matches nothing", "another", /is dead/, (all) => all.rules.push(another({ match: {} }))],
  [
    "a rule whose settings an earlier one takes whole",
    "another",
    /is dead: .*codes Q0001 \(inpatient\)/,
    (all) => all.rules.push(another({ only: { settings: ["inpatient", "skilled-nursing"] } })),
  ],
  [
    "a rule that earlier ones take between them",
    "another",
    /is dead: .*codes Q0001 \(first, second\)/,
    (all) =>
      all.rules.push(
        another({ id: "first", only: { elective: true } }),
        another({ id: "second", only: { elective: false } }),
        another({}),
      ),
  ],
  [
    "a rule that earlier ones take one after the other",
    "another",
    /is dead: .*codes Q0001 \(first, second\)/,
    (all) =>
      all.rules.push(
        another({ id: "first", effectiveTo: "2026-12-31" }),
        another({ id: "second", effectiveFrom: "2027-01-01" }),
        another({}),
      ),
  ],
  [
    "circumstances that an earlier rule takes whole",
    "another",
    /is dead: .*alsoWhen \(inpatient\)/,
    (all) => all.rules.push(another({ match: {}, alsoWhen: { settings: ["inpatient"], levelsOfCare: ["acute"] } })),
  ],
  [
    "an exception to stays that are none",
    "delivery-stay",
    /is dead/,
    (all) => Object.assign(exception(all, "delivery-stay").only, { settings: ["outpatient"] }),
  ],
  [
    "an exception whose categories have ended before it begins",
    "caesarean-stay",
    /is dead/,
    (all) => {
      rule(all, "inpatient").effectiveTo = "2026-12-31";
      exception(all, "caesarean-stay").effectiveFrom = "2027-01-01";
    },
  ],
  [
    "a step that has ended",
    "decisionOrder.unlisted",
    /does not hold/,
    (all) => (last(all.decisionOrder).effectiveTo = "2026-11-21"),
  ],
  [
    "a step yet to come",
    "decisionOrder.unlisted",
    /does not hold/,
    (all) => (last(all.decisionOrder).effectiveFrom = "2026-11-23"),
  ],
  [
    "a published rule that is gone",
    "respite",
    /published id/,
    (all) => (all.rules = all.rules.filter(({ id }) => id !== "respite")),
  ],
  ["a published rule that is renamed", "respite", /published id/, (all) => (rule(all, "respite").id = "relief")],
  ["a published exception that is gone", "family-planning", /published id/, (all) => all.exceptions.pop()],
  ["a published list that is gone", "crisis-psychotherapy", /published id/, (all) => all.noAuthorization.pop()],
];

test.each(errors)("%s is an error", (_what, where, says, change) => {
  const findings = added(change).filter(({ severity }) => severity === "error");
  expect(findings).toContainEqual({ severity: "error", where, says: expect.stringMatching(says) });
  const rules = structuredClone(builtIn) as unknown as Draft;
  change(rules);
  expect(checkedCategories(JSON.stringify(rules))).toMatchObject({ ok: false });
});

const empty: readonly [string, string, (rules: Draft) => void][] = [
  ["a second way in without a fact", "rules.13.alsoWhen", (all) => (rule(all, "respite").alsoWhen = {})],
  ["a limit without a fact", "rules.13.only", (all) => (rule(all, "respite").only = {})],
  ["no settings", "rules.13.only.settings", (all) => (rule(all, "respite").only = { settings: [] })],
  ["no programs", "rules.13.only.programs", (all) => (rule(all, "respite").only = { programs: [] })],
  ["no codes", "rules.13.match.codes", (all) => (rule(all, "respite").match.codes = [])],
  ["no exclusions", "rules.13.exclude", (all) => (rule(all, "respite").exclude = [])],
  ["no levels", "rules.13.alsoWhen.levelsOfCare", (all) => (rule(all, "respite").alsoWhen = { levelsOfCare: [] })],
  [
    "an exception that matches nothing",
    "exceptions.2.match",
    (all) => (exception(all, "family-planning").match = { ofAnyCode: true }),
  ],
  ["an exception for everything", "exceptions.2.only", (all) => (exception(all, "family-planning").only = {})],
  ["no categories", "exceptions.2.only.categories", (all) => (exception(all, "family-planning").only.categories = [])],
  ["a list without codes", "noAuthorization.0.codes", (all) => all.noAuthorization[0]?.codes.splice(0)],
];
const illWritten: readonly [string, string, (rules: Draft) => void][] = [
  ["an id that is a sentence", "rules.13.id", (all) => (rule(all, "respite").id = "Relief for carers")],
  ["an id that is too long", "exceptions.2.id", (all) => (exception(all, "family-planning").id = "a".repeat(65))],
  ["a list's id in capitals", "noAuthorization.0.id", (all) => Object.assign(all.noAuthorization[0] ?? {}, { id: "Visits" })],
  ["half a day", "exceptions.0.only.daysAtMost", (all) => (exception(all, "delivery-stay").only.daysAtMost = 1.5)],
  ["no day", "exceptions.0.only.daysAtMost", (all) => (exception(all, "delivery-stay").only.daysAtMost = 0)],
  ["a thousand days", "exceptions.0.only.daysAtMost", (all) => (exception(all, "delivery-stay").only.daysAtMost = 1000)],
  ["a version that is no date", "version", (all) => (all.version = "2026-13-01")],
  ["a version with a word behind it", "version", (all) => (all.version = "2026-11-22.b")],
  ["a first version with a number", "version", (all) => (all.version = "2026-11-22.1")],
];

test.each([...empty, ...illWritten])("%s is refused", (_what, where, change) => {
  expect(found(change)).toContainEqual({ severity: "error", where, says: expect.any(String) });
});

test.each(["2026-11-22.2", "2026-11-22.99"])("%s is a further version of its day", (version) => {
  expect(added((all) => Object.assign(all, { version }))).toEqual([]);
});

test("a published rule is ended by its last day", () => {
  expect(added((all) => (rule(all, "respite").effectiveTo = "2027-06-30"))).toEqual([]);
});

test("a rule may have its circumstances for its only way in", () => {
  expect(added((all) => all.rules.push(another({ match: {}, alsoWhen: { settings: ["ambulance"] } })))).toEqual([]);
});

describe("told apart, but named", () => {
  test("an exception that another one holds whole", () => {
    const findings = added((all) => {
      const { only, ...rest } = exception(all, "delivery-stay");
      all.exceptions.push({ ...rest, id: "short-stay", match: { codes: ["59409"] }, only: { ...only, daysAtMost: 1 } });
    });
    expect(findings).toEqual([
      { severity: "warning", where: "short-stay", says: "frees nothing that the exception delivery-stay does not free" },
    ]);
  });
  test("of two exceptions that free the same, the later one", () => {
    const findings = added((all) => all.exceptions.push({ ...exception(all, "delivery-stay"), id: "birth" }));
    expect(findings).toMatchObject([{ severity: "warning", where: "birth" }]);
  });
  test("a list that holds what another does", () => {
    const findings = added((all) =>
      all.noAuthorization.push({ id: "transports", ...provenance, codes: ["A0429", "A0427", "A0433"] }),
    );
    expect(findings).toEqual([
      { severity: "note", where: "transports", says: "holds the same codes as the list emergency-ambulance" },
    ]);
  });
  test("a rule with days of its own that takes what is listed as free", () => {
    const findings = added((all) =>
      all.rules.push(another({ match: { codes: ["A0427"] }, effectiveFrom: "2027-01-01", effectiveTo: "2027-12-31" })),
    );
    expect(findings).toEqual([
      {
        severity: "warning",
        where: "emergency-ambulance",
        says: "A0427 is listed as needing no authorization, but the rule another takes it from 2027-01-01 to 2027-12-31",
      },
    ]);
  });
  test("what earlier rules leave in one setting is left", () => {
    const findings = added((all) =>
      all.rules.push(
        another({ id: "first", only: { settings: ["outpatient"], elective: true } }),
        another({ id: "second", only: { settings: ["outpatient"], elective: false } }),
        another({ only: { settings: ["outpatient", "observation"] } }),
      ),
    );
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
  test("codes that an earlier rule always takes", () => {
    expect(added((all) => all.rules.push(another({ match: { codes: ["Q0001", "J1745"] } })))).toEqual([
      { severity: "warning", where: "another", says: "never decides, because an earlier rule always does: codes J1745 (drug)" },
    ]);
  });
  test("codes that an earlier rule takes on some days only are not taken always", () => {
    const findings = added((all) => {
      rule(all, "drug").effectiveFrom = "2026-07-01";
      all.rules.push(another({ match: { codes: ["J1745"] } }));
    });
    expect(findings).toEqual([
      { severity: "note", where: "drug, another", says: "both hold codes J1745: drug comes first and wins from 2026-07-01" },
    ]);
  });
  test("unconfirmed codes are taken by the rule that has them, excluded ones are not", () => {
    expect(added((all) => all.rules.push(another({ match: { codes: ["75580", "A4641"] } })))).toEqual([
      {
        severity: "warning",
        where: "another",
        says: "never decides, because an earlier rule always does: codes 75580 (imaging-ct-cta)",
      },
    ]);
  });
  test("a shared modifier", () => {
    expect(added((all) => all.rules.push(another({ match: { modifiers: ["NU", "ZZ"] } })))).toContainEqual({
      severity: "warning",
      where: "another",
      says: "never decides, because an earlier rule always does: modifiers NU (dme-prosthetics-orthotics)",
    });
  });
  test("what is listed as free and is not", () => {
    expect(added((all) => all.noAuthorization[0]?.codes.push("72148", "27447"))).toEqual([
      {
        severity: "note",
        where: "office-and-hospital-visits",
        says: expect.stringMatching(/^27447 .* elective-surgery takes it when elective$/),
      },
      {
        severity: "warning",
        where: "office-and-hospital-visits",
        says: expect.stringMatching(/^72148 .* imaging-mri-mra takes it$/),
      },
    ]);
  });
  test("a match that is excluded as a whole, and an exclusion of what nothing matches", () => {
    const findings = added((all) => Object.assign(rule(all, "drug"), { exclude: ["Q5100-Q5200", "99213"] }));
    expect(findings).toEqual([
      { severity: "warning", where: "drug", says: "Q5101-Q5199 is matched and excluded: it has no effect" },
      { severity: "note", where: "drug", says: "99213 is excluded, though nothing matches it" },
    ]);
  });
  test("a rule that ended before its version judges anything", () => {
    expect(added((all) => Object.assign(rule(all, "respite"), { effectiveTo: "2026-11-21" }))).toMatchObject([
      { severity: "warning", where: "respite" },
    ]);
  });
});

describe("what is no file of rules", () => {
  test.each(["", "{", "[]", "null", "7", '"rules"', "{}"])("%s", (text) => {
    const checked = checkedCategories(text);
    expect(checked.ok).toBe(false);
    expect(checked.findings.length).toBeGreaterThan(0);
  });
  test("is named by its faulty parts", () => {
    const findings = found((all) => {
      all.version = "next";
      Object.assign(rule(all, "drug"), { efectiveTo: "2026-12-31" });
    });
    expect(findings.map(({ where }) => where)).toEqual(["version", "rules.20"]);
  });
});

test("nobody is sent to an address that is not encrypted", () => {
  const others = { categories: builtIn, clocks, benefits };
  const contacts = [{ channel: "portal", name: "Provider Portal", url: "http://portal.example" }];
  expect(() => goodPlanFiles({ ...others, vendors, plan: { ...plan, contacts } })).toThrow();
  const [name, vendor] = Object.entries(vendors)[0] ?? [];
  const elsewhere = { [String(name)]: { ...vendor, portalUrl: "http://vendor.example" } };
  expect(() => goodPlanFiles({ ...others, vendors: elsewhere, plan })).toThrow();
});

test("a broken file does not load", () => {
  const categories = structuredClone(builtIn);
  expect(() => goodPlanFiles({ categories, clocks, vendors, plan, benefits })).not.toThrow();
  categories.rules.reverse();
  for (const each of categories.noAuthorization) each.codes = ["9-1"];
  expect(() => goodPlanFiles({ categories, clocks, vendors, plan, benefits })).toThrow("9-1 is no code");
});
