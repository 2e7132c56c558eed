import { describe, expect, test } from "vitest";
import type { Conditions, LookUp } from "../../../functions/pages/look-up/desk.ts";
import { conditionsInWords, type Driver, drivers } from "../../../functions/pages/look-up/facts.ts";
import { choicesOf, possibilitiesOf } from "../../../functions/pages/look-up/possibilities.ts";
import { usualCaseOf } from "../../../functions/pages/look-up/usual-case.ts";
import { lookUpView } from "../../../shared/api/policy-views.ts";
import { policy } from "../../../shared/policy/policy.ts";

const codes = ["72148", "99213", "99999", "97110", "H2023", "E0601", "J0120", "27447"];
const lookUp = (code: string) => lookUpView(code, {}, policy) as unknown as LookUp;
const leadsTo = (when: Conditions, facts: Readonly<Record<string, string>>) =>
  drivers.every((driver) => when[driver]?.map(String).includes(facts[driver] ?? "") ?? true);

/** Every combination of facts that the answers tell apart. */
const casesOf = (answered: LookUp): Record<string, string>[] =>
  Object.entries(choicesOf(answered.answers)).reduce<Record<string, string>[]>(
    (cases, [driver, values]) => cases.flatMap((facts) => (values ?? []).map((value) => ({ ...facts, [driver]: value }))),
    [{}],
  );

describe("what is still possible, told in few words", () => {
  test.each(codes)("%s: each case has the one answer that the API gives it, and only that", (code) => {
    const answered = lookUp(code);
    const possible = possibilitiesOf(answered);
    const cases = casesOf(answered);
    expect(cases.length).toBeGreaterThan(10);
    for (const facts of cases) {
      const given = answered.answers.filter(({ when }) => leadsTo(when, facts));
      const told = possible.filter(({ ways }) => ways.some((way) => leadsTo(way, facts)));
      expect(given).toHaveLength(1);
      expect(told.map(({ answer }) => answer.because)).toEqual([given[0]?.because]);
    }
  });

  test.each(codes)("%s: that takes fewer words than the API's answers", (code) => {
    const answered = lookUp(code);
    const ways = possibilitiesOf(answered).flatMap((possible) => possible.ways);
    expect(ways.length).toBeLessThan(answered.answers.length);
  });
});

describe("a condition in words", () => {
  test.each<[Conditions, string[]]>([
    [{}, []],
    [{ setting: ["outpatient"], emergency: [false] }, ["in outpatient care", "not an emergency"]],
    [{ setting: ["outpatient", "observation", "home"] }, ["in outpatient care, observation or the member's home"]],
    [
      { network: ["not-participating"], facilityNetwork: ["participating"] },
      ["the servicing provider does not participate", "the facility participates"],
    ],
    [{ program: ["none"] }, ["the member is in no such program"]],
    [{ program: ["AR-CES"], elective: [true] }, ["elective", "the member is in program AR-CES"]],
  ])("%j is %j", (when, words) => {
    expect(conditionsInWords(when)).toEqual(words);
  });

  test("most places are told by those that they leave out", () => {
    const everywhere = choicesOf(lookUp("72148").answers).setting ?? [];
    const setting = everywhere.filter((one) => one !== "emergency") as Conditions["setting"];
    expect(conditionsInWords({ setting })).toEqual(["anywhere but in an emergency department"]);
  });

  test("every fact on which a code can depend has its words", () => {
    const asked = new Set<Driver>(codes.flatMap((code) => [...lookUp(code).dependsOn]));
    expect(asked.size).toBeGreaterThan(6);
    for (const driver of asked) expect(drivers).toContain(driver);
  });
});

describe("the usual case", () => {
  test.each([
    ["72148", "required", "vendor"],
    ["99213", "not-required", "none"],
    ["99999", "review", "plan"],
    ["97110", "required", "plan"],
  ])("%s: %s, %s", (code, requirement, route) => {
    expect(usualCaseOf(lookUp(code))?.answer).toMatchObject({ requirement, route });
  });

  test("there is none when it depends on what has no usual value", () => {
    const [first] = lookUp("72148").answers;
    if (!first) throw new Error("no answer");
    const answers = [
      { ...first, requirement: "required" as const, when: { lineOfBusiness: ["medicaid" as const] } },
      { ...first, requirement: "not-required" as const, when: { lineOfBusiness: ["marketplace" as const] } },
    ];
    expect(usualCaseOf({ answers, dependsOn: ["lineOfBusiness"] })).toBeUndefined();
  });
});
