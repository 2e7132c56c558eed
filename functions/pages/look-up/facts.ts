import type { Conditions, LookUp } from "./desk.ts";
import { typedFacts } from "./fields.ts";

/** The facts that may decide, in words: as a question with its answers, and as a condition inside a sentence. */

export type Driver = keyof Conditions;
type Setting = NonNullable<Conditions["setting"]>[number];

const places: Readonly<Record<Setting, readonly [answer: string, inSentence: string]>> = {
  outpatient: ["Outpatient (office, clinic)", "outpatient care"],
  observation: ["Hospital observation", "observation"],
  emergency: ["Emergency department", "an emergency department"],
  inpatient: ["Hospital inpatient stay", "a hospital inpatient stay"],
  "inpatient-rehabilitation": ["Inpatient rehabilitation", "inpatient rehabilitation"],
  "skilled-nursing": ["Skilled nursing facility", "a skilled nursing facility"],
  "long-term-care": ["Long-term care", "long-term care"],
  "inpatient-respite": ["Inpatient respite", "inpatient respite"],
  residential: ["Residential treatment", "residential treatment"],
  "partial-hospital": ["Partial hospital program", "a partial hospital program"],
  home: ["The member's home", "the member's home"],
  ambulance: ["Ambulance", "an ambulance"],
};

type LineOfBusiness = NonNullable<Conditions["lineOfBusiness"]>[number];
const plans: Readonly<Record<LineOfBusiness, string>> = {
  medicaid: "Medicaid",
  "medicare-advantage": "Medicare Advantage",
  marketplace: "a Marketplace plan",
};

type Words = {
  readonly question: string;
  readonly answers: Readonly<Record<string, string>>;
  /** Values that all lead to the same answer, inside a sentence. */
  readonly condition: (values: readonly string[]) => string;
};

const yesOrNo = (question: string, yes: string, no: string): Words => ({
  question,
  answers: { true: "Yes", false: "No" },
  condition: ([value]) => (value === "true" ? yes : no),
});

const participation = (question: string, who: string): Words => ({
  question,
  answers: { participating: "Yes", "not-participating": "No" },
  condition: ([value]) => `${who} ${value === "participating" ? "participates" : "does not participate"}`,
});

const words: Readonly<Record<Driver, Words>> = {
  setting: {
    question: "Where is the service delivered?",
    answers: Object.fromEntries(Object.entries(places).map(([setting, [answer]]) => [setting, answer])),
    condition: (values) => {
      const named = values.map((setting) => places[setting as Setting]?.[1] ?? setting);
      const others = Object.entries(places).flatMap(([setting, [, name]]) => (values.includes(setting) ? [] : [name]));
      return others.length < named.length ? `anywhere but in ${oneOf(others)}` : `in ${oneOf(named)}`;
    },
  },
  emergency: yesOrNo("Is it an emergency?", "an emergency", "not an emergency"),
  postStabilization: yesOrNo(
    "Is it post-stabilization care, after an emergency?",
    "post-stabilization care",
    "not post-stabilization care",
  ),
  network: participation("Does the servicing provider participate in the plan's network?", "the servicing provider"),
  facilityNetwork: participation("Does the facility participate in the plan's network?", "the facility"),
  lineOfBusiness: {
    question: "Which kind of plan does the member have?",
    answers: plans,
    condition: (values) => `the member has ${oneOf(values.map((value) => plans[value as LineOfBusiness] ?? value))}`,
  },
  trial: yesOrNo("Is it part of a clinical trial?", "in a clinical trial", "not in a clinical trial"),
  investigational: yesOrNo(
    "Is it unproven, experimental or investigational?",
    "unproven, experimental or investigational",
    "not experimental or investigational",
  ),
  elective: yesOrNo("Is it elective?", "elective", "not elective"),
  program: {
    question: "Is the member in one of these programs?",
    answers: { none: "In none of them" },
    condition: (values) => {
      const programs = values.filter((value) => value !== "none");
      const none = values.includes("none");
      if (programs.length === 0) return "the member is in no such program";
      return `the member is in program ${oneOf(programs)}${none ? ", or in none" : ""}`;
    },
  },
};

export const drivers = Object.keys(words) as readonly Driver[];

/** A fact on which an answer may depend; those without a few answers to choose from are typed, see `fields.ts`. */
export type Fact = LookUp["dependsOn"][number];
export const factNames: readonly Fact[] = [...drivers, ...typedFacts];

export const questionOf = (driver: Driver): string => words[driver].question;
export const answerInWords = (driver: Driver, value: string): string => words[driver].answers[value] ?? value;

/** A way to an answer, as parts of a sentence; none when it is the answer in any case. */
export const conditionsInWords = (when: Conditions): readonly string[] =>
  drivers.flatMap((driver) => {
    const values = when[driver];
    return values ? [words[driver].condition(values.map(String))] : [];
  });

const oneOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
