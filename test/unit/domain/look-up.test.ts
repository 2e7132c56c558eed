import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KnownFacts, type LookUp, lookUp } from "../../../shared/domain/look-up.ts";
import { type LineFacts, requirementOf } from "../../../shared/domain/requirement.ts";
import { linesOfBusiness, settings } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { someFacts } from "../../builders.ts";

const looked = (code: string, known: KnownFacts = {}) => lookUp(code, known, policy);

describe("the look-up", () => {
  test("of an MRI depends on setting, emergency, network and trial", () => {
    const { answers, dependsOn } = looked("72148");
    expect(dependsOn).toEqual(expect.arrayContaining(["setting", "emergency", "trial", "network"]));
    expect(new Set(answers.map((answer) => answer.route))).toEqual(new Set(["vendor", "plan", "none"]));
  });

  test("of an MRI has one answer once what matters is known", () => {
    const known = { setting: "outpatient", emergency: false, clinicalTrial: false, participating: true } as const;
    const { answers, dependsOn } = looked("72148", { ...known, facilityParticipating: true });
    expect(answers).toMatchObject([{ requirement: "required", route: "vendor", rule: "advanced-imaging", when: {} }]);
    expect(dependsOn).toEqual([]);
  });

  test("can say no: an outpatient office visit in network needs none", () => {
    const known = { setting: "outpatient", participating: true, facilityParticipating: true } as const;
    const { answers } = looked("99213", { ...known, emergency: false, clinicalTrial: false, investigational: false });
    expect(answers).toMatchObject([{ requirement: "not-required", rule: "no-authorization", when: {} }]);
  });

  test("of a waiver service depends on the program", () => {
    const { programs: _, ...known } = someFacts({ facilityParticipating: true });
    const { answers, dependsOn } = looked("H2016", known);
    expect(dependsOn).toEqual(["program"]);
    expect(answers.map((answer) => [answer.when.program, answer.requirement])).toEqual([
      [["none"], "review"],
      [["AR-CES"], "required"],
    ]);
  });
});

type Whole = Omit<LineFacts, "levelOfCare" | "stayDays" | "serviceDate" | "code" | "revenueCode" | "modifiers" | "diagnoses">;
const whole: fc.Arbitrary<Whole> = fc.record({
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
});
const codes = fc.constantFrom(
  "72148",
  "99213",
  "97110",
  "27447",
  "H2016",
  "K0108",
  "E0100",
  "75580",
  "0889T",
  "J1745",
  "A0428",
  "99999",
  "J7297",
  "58300",
  "59400",
);

const names: Record<string, keyof Whole> = {
  setting: "setting",
  emergency: "emergency",
  postStabilization: "postStabilization",
  lineOfBusiness: "lineOfBusiness",
  network: "participating",
  facilityNetwork: "facilityParticipating",
  trial: "clinicalTrial",
  investigational: "investigational",
  elective: "elective",
};
const holds = (when: LookUp["answers"][number]["when"], facts: Whole) =>
  Object.entries(when).every(([driver, values]) => {
    if (driver === "program") return values?.includes(facts.programs[0] ?? "none");
    const name = names[driver];
    const value = name && facts[name];
    const said = driver.toLowerCase().endsWith("network") ? (value ? "participating" : "not-participating") : value;
    return (values as readonly unknown[]).includes(said);
  });

test("whatever the facts, exactly one answer holds, and it is what a submission would get", () => {
  fc.assert(
    fc.property(codes, whole, fc.subarray(Object.keys(names)), (code, facts, told) => {
      const known = Object.fromEntries(told.map((driver) => [names[driver], facts[names[driver] as keyof Whole]]));
      const { answers, dependsOn } = looked(code, known as KnownFacts);
      const holding = answers.filter((answer) => holds(answer.when, facts));
      const direct = requirementOf({ ...someFacts(), ...facts, code }, policy);
      expect(holding).toHaveLength(1);
      expect(holding[0]).toMatchObject(direct);
      for (const driver of told) expect(dependsOn).not.toContain(driver);
      for (const { when } of answers) expect(dependsOn).toEqual(expect.arrayContaining(Object.keys(when)));
    }),
    { numRuns: 200 },
  );
});
