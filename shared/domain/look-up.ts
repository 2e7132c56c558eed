import { listed } from "../policy/listings.ts";
import type { Policy } from "../policy/policy.ts";
import { type LineFacts, type LineRequirement, requirementOf } from "./requirement.ts";
import { linesOfBusiness, settings } from "./vocabulary.ts";

/**
 * What a procedure code's answer is when only some facts are known: every answer that is still possible, with the facts under which
 * it holds (they exclude each other and leave nothing out), and the facts that would settle it.
 */
export type LookUp = {
  readonly answers: readonly (LineRequirement & { readonly when: Conditions })[];
  readonly dependsOn: readonly Driver[];
};

const drivers = {
  setting: settings,
  emergency: [false, true],
  postStabilization: [false, true],
  lineOfBusiness: linesOfBusiness,
  network: ["participating", "not-participating"],
  facilityNetwork: ["participating", "not-participating"],
  trial: [false, true],
  investigational: [false, true],
  elective: [true, false],
} as const;
export type Driver = keyof typeof drivers | "program";
type Value = string | boolean;
export type Conditions = Readonly<Partial<Record<Driver, readonly Value[]>>>;

export type KnownFacts = Partial<Omit<LineFacts, "code">>;

export function lookUp(code: string, known: KnownFacts, policy: Policy): LookUp {
  // A driver that no rule of this code asks about cannot matter: left out, it does not double the tree.
  const listing = policy.listingOfCode(code);
  const asking = policy.rules.filter(
    ({ match }, place) =>
      ((listing.inRule[place] ?? 0) & (listed.match | listed.verify)) !== 0 ||
      (known.revenueCode !== undefined && match.revenue !== undefined) ||
      (known.modifiers !== undefined && match.modifiers !== undefined) ||
      (known.diagnoses !== undefined && match.diagnoses !== undefined),
  );
  const programs = [...new Set(asking.flatMap((rule) => rule.only?.programs ?? []))];
  const asksForElective = asking.some((rule) => rule.only?.elective !== undefined);
  const asksForLineOfBusiness = policy.exceptions.some(
    ({ match, only }, place) =>
      only.linesOfBusiness !== undefined &&
      (listing.exceptions.includes(place) || (match.ofAnyCode === true && known.diagnoses !== undefined)),
  );
  const isAsked = (driver: Driver): boolean =>
    (driver !== "elective" || asksForElective) && (driver !== "lineOfBusiness" || asksForLineOfBusiness);
  const open: [Driver, readonly Value[]][] = [
    ...(Object.entries(drivers) as [keyof typeof drivers, readonly Value[]][]).filter(
      ([driver]) => known[factOf[driver]] === undefined && isAsked(driver),
    ),
    ...(known.programs === undefined ? [["program", ["", ...programs]] as [Driver, readonly Value[]]] : []),
  ];
  const answers = split(open, {}, (chosen) => requirementOf({ ...factsFrom(chosen), ...known, code } as LineFacts, policy));
  const dependsOn = open.map(([driver]) => driver).filter((driver) => answers.some((answer) => driver in answer.when));
  return { answers, dependsOn };
}

/** The domain's name of a fact, by the client's name of the driver. */
const factOf = {
  setting: "setting",
  emergency: "emergency",
  postStabilization: "postStabilization",
  lineOfBusiness: "lineOfBusiness",
  network: "participating",
  facilityNetwork: "facilityParticipating",
  trial: "clinicalTrial",
  investigational: "investigational",
  elective: "elective",
} as const;

type Chosen = Readonly<Partial<Record<Driver, Value>>>;

function factsFrom({ program, ...chosen }: Chosen): Partial<LineFacts> {
  const named = Object.fromEntries(
    Object.entries(chosen).map(([driver, value]) => [
      factOf[driver as keyof typeof factOf],
      driver === "network" || driver === "facilityNetwork" ? value === "participating" : value,
    ]),
  );
  // Elective unless it is an emergency, as in a submission that does not say.
  const elective = chosen.elective === undefined ? chosen.emergency !== true : chosen.elective === true;
  return { modifiers: [], diagnoses: [], programs: program ? [String(program)] : [], elective, ...named };
}

type Answer = LineRequirement & { readonly when: Conditions };

/** A decision tree, driver by driver: values with the same answers below them share a branch, and a driver that tells nothing has none. */
function split(
  open: readonly (readonly [Driver, readonly Value[]])[],
  chosen: Chosen,
  decide: (chosen: Chosen) => LineRequirement,
): readonly Answer[] {
  const [first, ...rest] = open;
  if (!first) return [{ ...decide(chosen), when: {} }];
  const [driver, values] = first;
  const branches = new Map<string, { values: Value[]; answers: readonly Answer[] }>();
  for (const value of values) {
    const answers = split(rest, { ...chosen, [driver]: value }, decide);
    const same = JSON.stringify(answers);
    const branch = branches.get(same);
    if (branch) branch.values.push(value);
    else branches.set(same, { values: [value], answers });
  }
  const found = [...branches.values()];
  if (found.length === 1) return found[0]?.answers ?? [];
  return found.flatMap((branch) =>
    branch.answers.map((answer) => ({
      ...answer,
      when: { [driver]: branch.values.map((value) => (driver === "program" && value === "" ? "none" : value)), ...answer.when },
    })),
  );
}
