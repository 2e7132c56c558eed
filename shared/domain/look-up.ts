import type { Policy } from "../policy/policy.ts";
import { changesFrom, factsIn, type Tree, treesOver } from "./decision-tree.ts";
import { factsFrom, type KnownFacts } from "./known-facts.ts";
import { type LineFacts, type LineRequirement, requirementOf } from "./requirement.ts";
import { type Kind, kindsOf, nameOf, type OpenEndedFact, openEndedFacts } from "./telling-values.ts";
import { linesOfBusiness, settings } from "./vocabulary.ts";

/**
 * What a procedure code's answer is when only some facts are known. The answers are those that are still possible in the usual case:
 * without a modifier, revenue code, diagnosis, level of care or days that nobody told of, and delivered today. Each has the facts
 * under which it holds; they exclude each other and leave nothing out. What would lead elsewhere stands under `unless`.
 */
export type LookUp = {
  readonly answers: readonly (LineRequirement & { readonly when: Conditions })[];
  /** Every fact that is not said and could change the answer, be it together with others. */
  readonly dependsOn: readonly (Driver | OpenEndedFact)[];
  readonly unless: readonly Unless[];
};

/** Values of a fact that is not said, and what they make of the answer where they change it. */
export type Unless = Pick<Kind, "fact" | "values" | "about"> & {
  readonly leadsTo: readonly Pick<LineRequirement, "requirement" | "route" | "category">[];
};

/** The facts that can be asked for, the first value being the usual one. In this order an answer's conditions are told. */
const drivers = {
  setting: settings,
  emergency: [false, true],
  postStabilization: [false, true],
  network: ["participating", "not-participating"],
  facilityNetwork: ["participating", "not-participating"],
  lineOfBusiness: linesOfBusiness,
  trial: [false, true],
  investigational: [false, true],
  elective: [true, false],
} as const;
export type Driver = keyof typeof drivers | "program";
type Value = string | boolean;
export type Conditions = Readonly<Partial<Record<Driver, readonly Value[]>>>;

export const lookUpFacts: readonly (Driver | OpenEndedFact)[] = [
  ...(Object.keys(drivers) as (keyof typeof drivers)[]),
  "program",
  ...openEndedFacts,
];

/** @param today the day of service where none is said */
export function lookUp(code: string, known: KnownFacts, policy: Policy, today?: string): LookUp {
  const open = openDrivers(known, policy);
  const kinds = kindsOf(policy).filter(({ fact }) => known[nameOf[fact]] === undefined);
  const watch = watchOf([...open.map(({ name }) => name), ...openEndedFacts.map((fact) => nameOf[fact])]);
  const trees = treesOver<LineRequirement>(open.map(({ values }) => values.length));
  const grownWith = (such: Partial<LineFacts>): Grown => {
    const facts = { ...factsFrom(code, known, today), ...such };
    const choose = (place: number, value: number): void => open[place]?.choose(facts, value);
    open.forEach((_, place) => {
      choose(place, 0);
    });
    let everAsked = 0;
    const decide = () => {
      const { answer, asked } = watch.during(facts, (watched) => requirementOf(watched, policy));
      everAsked |= asked;
      return { answer, asked: asked & ((1 << open.length) - 1) };
    };
    const tree = trees.grown(decide, choose);
    return { tree, asks: (fact) => (everAsked & watch.bitOf(nameOf[fact])) !== 0 };
  };

  const usual = grownWith({});
  const withKind = grownByKind(kinds, usual, grownWith);
  const leadingElsewhere = kinds.filter((kind) => (withKind.get(kind) ?? usual).tree !== usual.tree);
  const alone = new Set(leadingElsewhere.map(({ fact }) => fact));
  const together = openEndedFacts
    .filter((fact) => !alone.has(fact))
    .flatMap((fact) => besideOthers(fact, withKind, grownWith) ?? []);
  const grown = [usual, ...withKind.values(), ...together.map((one) => one.grown)];
  const matters = new Set<Driver | OpenEndedFact>([
    ...grown.flatMap(({ tree }) => [...factsIn(tree)].flatMap((place) => open[place]?.driver ?? [])),
    ...alone,
    ...together.map(({ fact }) => fact),
  ]);
  // A fact that nothing has asked for yet may be asked for where values of two others meet: in a trial the plan decides a scan, and
  // then family planning counts, and with it the line of business.
  for (const { driver, name } of open) {
    if (matters.has(driver)) continue;
    const bound = kinds.filter(({ boundTo }) => boundTo.has(name));
    if (
      meetings(leadingElsewhere, bound, grownWith).some(({ tree }) =>
        factsIn(tree).has(open.findIndex((one) => one.driver === driver)),
      )
    )
      matters.add(driver);
  }
  return {
    answers: answersOf(usual.tree, open),
    dependsOn: lookUpFacts.filter((fact) => matters.has(fact)),
    unless: leadingElsewhere.map((kind) => {
      const changes = [...changesFrom(usual.tree, (withKind.get(kind) ?? usual).tree)];
      const leadsTo = distinct(changes.map(({ requirement, route, category }) => ({ requirement, route, category })));
      return { fact: kind.fact, values: kind.values, about: kind.about, leadsTo };
    }),
  };
}

type Grown = { readonly tree: Tree<LineRequirement>; readonly asks: (fact: OpenEndedFact) => boolean };

/** What each kind of value leads to by itself. What nothing asks for is not tried. */
function grownByKind(
  kinds: readonly Kind[],
  usual: Grown,
  grownWith: (such: Partial<LineFacts>) => Grown,
): ReadonlyMap<Kind, Grown> {
  const withKind = new Map<Kind, Grown>();
  const nextAsked = () =>
    kinds.find((kind) => !withKind.has(kind) && [usual, ...withKind.values()].some((grown) => grown.asks(kind.fact)));
  for (let kind = nextAsked(); kind; kind = nextAsked()) withKind.set(kind, grownWith(kind.such));
  return withKind;
}

/**
 * Whether a fact that changes nothing by itself does so beside a value of another: the modifier of a trial counts for a scan, and a
 * scan may be told by its revenue code alone.
 */
function besideOthers(
  fact: OpenEndedFact,
  withKind: ReadonlyMap<Kind, Grown>,
  grownWith: (such: Partial<LineFacts>) => Grown,
): { readonly fact: OpenEndedFact; readonly grown: Grown } | undefined {
  const ofFact = [...withKind.keys()].filter((kind) => kind.fact === fact);
  for (const [other, alone] of withKind) {
    if (other.fact === fact || !alone.asks(fact)) continue;
    for (const { such } of ofFact) {
      const grown = grownWith({ ...other.such, ...such });
      if (grown.tree !== alone.tree) return { fact, grown };
    }
  }
  return undefined;
}

/** Two kinds of values of different facts at once. */
const meetings = (
  some: readonly Kind[],
  others: readonly Kind[],
  grownWith: (such: Partial<LineFacts>) => Grown,
): readonly Grown[] =>
  some.flatMap((one) => others.filter(({ fact }) => fact !== one.fact).map((other) => grownWith({ ...one.such, ...other.such })));

/** The domain's name of a fact, by the client's name of the driver. */
const factOf = {
  setting: "setting",
  emergency: "emergency",
  postStabilization: "postStabilization",
  network: "participating",
  facilityNetwork: "facilityParticipating",
  lineOfBusiness: "lineOfBusiness",
  trial: "clinicalTrial",
  investigational: "investigational",
  elective: "elective",
  program: "programs",
} as const satisfies Record<Driver, keyof LineFacts>;

type Writable = { -readonly [Name in keyof LineFacts]: LineFacts[Name] };
type OpenDriver = {
  readonly driver: Driver;
  readonly name: keyof LineFacts;
  /** As clients know them. */
  readonly values: readonly Value[];
  readonly choose: (facts: Writable, value: number) => void;
};

function openDrivers(known: KnownFacts, { rules }: Policy): readonly OpenDriver[] {
  const programs = [...new Set(rules.flatMap((rule) => rule.only?.programs ?? []))];
  const chosen = <Name extends keyof LineFacts>(
    driver: Driver,
    name: Name,
    values: readonly Value[],
    means: readonly LineFacts[Name][],
  ) => ({
    driver,
    name,
    values,
    choose: (facts: Writable, value: number) => {
      const meant = means[value];
      if (meant !== undefined) facts[name] = meant;
    },
  });
  const participation = [true, false];
  const all: readonly OpenDriver[] = [
    chosen("setting", "setting", drivers.setting, drivers.setting),
    chosen("emergency", "emergency", drivers.emergency, drivers.emergency),
    chosen("postStabilization", "postStabilization", drivers.postStabilization, drivers.postStabilization),
    chosen("network", "participating", drivers.network, participation),
    chosen("facilityNetwork", "facilityParticipating", drivers.facilityNetwork, participation),
    chosen("lineOfBusiness", "lineOfBusiness", drivers.lineOfBusiness, drivers.lineOfBusiness),
    chosen("trial", "clinicalTrial", drivers.trial, drivers.trial),
    chosen("investigational", "investigational", drivers.investigational, drivers.investigational),
    chosen("elective", "elective", drivers.elective, drivers.elective),
    chosen("program", "programs", ["none", ...programs], [[], ...programs.map((program) => [program])]),
  ];
  return all.filter(({ driver }) => known[factOf[driver]] === undefined);
}

/** Facts as they stand when they are read, and which of them were: a bit for each that is watched. */
type Watched = { asked: number; facts: LineFacts; readonly bits: Readonly<Partial<Record<keyof LineFacts, number>>> };

/** One set of getters for all: a set for each look-up would cost more than the rules themselves. */
const getters: PropertyDescriptorMap & ThisType<Watched> = Object.fromEntries(
  (Object.keys(factsFrom("", {})) as (keyof LineFacts)[]).map((name) => [
    name,
    {
      get(this: Watched) {
        this.asked |= this.bits[name] ?? 0;
        return this.facts[name];
      },
    },
  ]),
);
const readings: LineFacts = Object.create(null, getters);

function watchOf(names: readonly (keyof LineFacts)[]) {
  const bits: Watched["bits"] = Object.fromEntries(names.map((name, place) => [name, 1 << place]));
  const watched: Watched & LineFacts = Object.assign(Object.create(readings), { asked: 0, facts: undefined, bits });
  return {
    during<Answer>(facts: LineFacts, decide: (watched: LineFacts) => Answer): { answer: Answer; asked: number } {
      watched.facts = facts;
      watched.asked = 0;
      const answer = decide(watched);
      return { answer, asked: watched.asked };
    },
    bitOf: (name: keyof LineFacts): number => bits[name] ?? 0,
  };
}

/** Each way through the tree; values that lead to the same are told together. */
function answersOf(tree: Tree<LineRequirement>, open: readonly OpenDriver[]): LookUp["answers"] {
  if ("answer" in tree) return [{ ...tree.answer, when: {} }];
  const asked = open[tree.fact];
  if (!asked) return [];
  const ways = Map.groupBy(tree.branches.keys(), (value) => tree.branches[value]);
  return [...ways].flatMap(([branch, those]) =>
    (branch ? answersOf(branch, open) : []).map((answer) => ({
      ...answer,
      when: { [asked.driver]: those.flatMap((value) => asked.values[value] ?? []), ...answer.when },
    })),
  );
}

const distinct = <Item>(items: readonly Item[]): readonly Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];
