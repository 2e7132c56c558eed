import { describe, expect, test } from "vitest";
import type { Conditions, LookUp } from "../../../functions/pages/look-up/desk.ts";
import { conditionsInWords, drivers, type Fact, factNames } from "../../../functions/pages/look-up/facts.ts";
import { fieldOf, type TypedFact, typedIn } from "../../../functions/pages/look-up/fields.ts";
import { choicesOf, possibilitiesOf } from "../../../functions/pages/look-up/possibilities.ts";
import { changeInWords, changesIn } from "../../../functions/pages/look-up/unless.ts";
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
    const asked = new Set<Fact>(codes.flatMap((code) => [...lookUp(code).dependsOn]));
    expect(asked.size).toBeGreaterThan(6);
    for (const fact of asked) expect(factNames).toContain(fact);
  });
});

describe("what would change the answer", () => {
  const atTheOffice = {
    setting: "outpatient",
    emergency: false,
    participating: true,
    facilityParticipating: true,
    clinicalTrial: false,
    investigational: false,
  } as const;
  const told = (code: string) => changesIn(lookUpView(code, atTheOffice, policy) as unknown as LookUp).map(changeInWords);

  test("is told in plain words: what, of which service, and to what", () => {
    expect(told("99213")).toContain(
      "modifier GP, GO, GN (Outpatient therapy (physical, occupational, speech)): needs authorization: the plan decides",
    );
    expect(told("71045")).toContain("revenue code 0350-0359 (CT / CTA): needs authorization: the imaging vendor decides");
  });

  test("is left out where the verdict is the same all the same", () => {
    expect(told("97110").join()).not.toMatch(/modifier|diagnosis/);
  });
});

describe("a fact that is typed", () => {
  test.each<[TypedFact, string, string]>([
    ["modifiers", " gp, 59 ", "GP,59"],
    ["revenueCode", "0424", "0424"],
    ["diagnosis", "m54.16 z00.6", "M54.16,Z00.6"],
    ["levelOfCare", "acute", "acute"],
    ["days", "none", "none"],
  ])("%s: %j is asked about as %j", (fact, typed, asked) => {
    expect(new RegExp(`^(?:${fieldOf(fact).pattern})$`, "v").test(typed)).toBe(true);
    expect(typedIn(fact, typed)).toBe(asked);
  });

  test.each<[TypedFact, string]>([
    ["modifiers", "GPX"],
    ["revenueCode", "10487654321"],
    ["diagnosis", "a broken leg"],
    ["days", "0"],
  ])("%s: %j is none, and is not asked about", (fact, typed) => {
    expect(new RegExp(`^(?:${fieldOf(fact).pattern})$`, "v").test(typed)).toBe(false);
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
