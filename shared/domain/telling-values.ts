import { codeOf, segmentsOf } from "../policy/code-index.ts";
import type { CategoryRule, Exception, Policy } from "../policy/policy.ts";
import { addDays } from "./calendar.ts";
import { isOfFamily } from "./exceptions.ts";
import { sameDiagnosis } from "./found-rule.ts";
import type { LineFacts } from "./requirement.ts";
import { levelsOfCare } from "./vocabulary.ts";

/**
 * Facts with more values than can be asked for one by one. Most of their values tell the plan's rules nothing; those that do fall into
 * few kinds, and whatever holds for one value of a kind holds for all of it.
 */
export const openEndedFacts = ["modifiers", "revenueCode", "diagnosis", "levelOfCare", "days", "serviceDate"] as const;
export type OpenEndedFact = (typeof openEndedFacts)[number];

/** The domain's name of each. */
export const nameOf = {
  modifiers: "modifiers",
  revenueCode: "revenueCode",
  diagnosis: "diagnoses",
  levelOfCare: "levelOfCare",
  days: "stayDays",
  serviceDate: "serviceDate",
} as const satisfies Record<OpenEndedFact, keyof LineFacts>;

/** Values that the rules do not tell apart. */
export type Kind = {
  readonly fact: OpenEndedFact;
  /** As the plan writes them: codes and ranges of codes, families of diagnoses, numbers of days, spans of dates. */
  readonly values: readonly string[];
  /** The service or exception that they first tell of; none where they keep one from holding. */
  readonly about: string | null;
  /** One of the values. */
  readonly such: Partial<LineFacts>;
  /** Facts to which what it tells of is bound besides. */
  readonly boundTo: ReadonlySet<keyof LineFacts>;
};

const made = new WeakMap<Policy, readonly Kind[]>();

/** Rules do not change: their kinds are found once. */
export function kindsOf(policy: Policy): readonly Kind[] {
  const kinds = made.get(policy) ?? [
    ...ofDiagnoses(policy),
    ...ofModifiers(policy),
    ...ofRevenueCodes(policy),
    ...ofLevels(policy),
    ...ofDays(policy),
    ...ofDates(policy),
  ];
  made.set(policy, kinds);
  return kinds;
}

type Holder = CategoryRule | Exception;

/** Of a line with a procedure code, revenue codes and diagnoses tell these exceptions only. */
const ofAnyCode = ({ exceptions }: Policy): readonly Exception[] => exceptions.filter(({ match }) => match.ofAnyCode);

const boundsOf = ({ only = {} }: Holder): readonly (keyof LineFacts)[] => [
  ...("linesOfBusiness" in only && only.linesOfBusiness ? (["lineOfBusiness"] as const) : []),
  ...("programs" in only && only.programs ? (["programs"] as const) : []),
  ...("elective" in only && only.elective !== undefined ? (["elective"] as const) : []),
];

/** Values with the same holders are of one kind. */
function kindsBy<Value extends string>(
  fact: OpenEndedFact,
  values: readonly Value[],
  holdersOf: (value: Value) => readonly Holder[],
  such: (value: Value) => Partial<LineFacts>,
): readonly Kind[] {
  const kinds = Map.groupBy(new Set(values), (value) => JSON.stringify(holdersOf(value).map(({ id }) => id)));
  return [...kinds.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const holders = holdersOf(first);
    const boundTo = new Set(holders.flatMap(boundsOf));
    return [{ fact, values: alike, about: holders[0]?.name ?? null, such: such(first), boundTo }];
  });
}

const ofModifiers = ({ rules }: Policy): readonly Kind[] =>
  kindsBy(
    "modifiers",
    rules.flatMap(({ match }) => match.modifiers ?? []),
    (modifier) => rules.filter(({ match }) => match.modifiers?.includes(modifier)),
    (modifier) => ({ modifiers: [modifier] }),
  );

function ofDiagnoses(policy: Policy): readonly Kind[] {
  const { rules } = policy;
  const exceptions = ofAnyCode(policy);
  return kindsBy(
    "diagnosis",
    [...rules.flatMap(({ match }) => match.diagnoses ?? []), ...exceptions.flatMap(({ match }) => match.diagnosisFamilies ?? [])],
    (diagnosis) => [
      ...rules.filter(({ match }) => match.diagnoses?.some((one) => sameDiagnosis(one, diagnosis))),
      ...exceptions.filter(({ match }) => match.diagnosisFamilies?.some((family) => isOfFamily(diagnosis, family))),
    ],
    (diagnosis) => ({ diagnoses: [diagnosis] }),
  );
}

function ofRevenueCodes(policy: Policy): readonly Kind[] {
  const holders: readonly Holder[] = [...policy.rules, ...ofAnyCode(policy)];
  const { starts, held } = segmentsOf(holders.map(({ match }) => match.revenue ?? []));
  const segments = new Map(
    held.flatMap((lists, index) => {
      const first = codeOf(starts[index] ?? 0);
      const last = codeOf((starts[index + 1] ?? 0) - 1);
      return lists.length > 0 ? [[first === last ? first : `${first}-${last}`, { lists, first }] as const] : [];
    }),
  );
  return kindsBy(
    "revenueCode",
    [...segments.keys()],
    (segment) => segments.get(segment)?.lists.flatMap((list) => holders[list] ?? []) ?? [],
    (segment) => ({ revenueCode: segments.get(segment)?.first }),
  );
}

const ofLevels = ({ rules, exceptions }: Policy): readonly Kind[] =>
  kindsBy(
    "levelOfCare",
    levelsOfCare,
    (level) => [
      ...rules.filter(({ alsoWhen }) => alsoWhen?.levelsOfCare?.includes(level)),
      ...exceptions.filter(({ only }) => only.levelsOfCare?.includes(level)),
    ],
    (levelOfCare) => ({ levelOfCare }),
  );

/** Days of a stay: up to each limit that an exception sets, and beyond the last. */
function ofDays({ exceptions }: Policy): readonly Kind[] {
  const limits = [...new Set(exceptions.flatMap(({ only }) => only.daysAtMost ?? []))].toSorted((one, other) => one - other);
  if (limits.length === 0) return [];
  return [...limits, mostDays].map((most, index) => {
    const least = (limits[index - 1] ?? 0) + 1;
    return {
      fact: "days",
      values: [least === most ? String(most) : `${least}-${most}`],
      about: exceptions.find(({ only }) => only.daysAtMost === most)?.name ?? null,
      such: { stayDays: most },
      boundTo: new Set(exceptions.filter(({ only }) => only.daysAtMost === most).flatMap(boundsOf)),
    };
  });
}

const mostDays = 999;

/** Days of service, from the first on which any of the rules holds: spans in which the same ones hold. */
function ofDates({ steps, rules, exceptions, noAuthorization }: Policy): readonly Kind[] {
  const dated = [...Object.values(steps), ...rules, ...exceptions, ...noAuthorization];
  const turns = dated.flatMap(({ effectiveFrom, effectiveTo }) => [
    effectiveFrom,
    ...(effectiveTo ? [addDays(effectiveTo, 1)] : []),
  ]);
  const starts = [...new Set(turns)].toSorted();
  if (starts.length < 2) return [];
  return starts.map((start, index) => {
    const next = starts[index + 1];
    return {
      fact: "serviceDate",
      values: [`${start}/${next ? addDays(next, -1) : ".."}`],
      about: null,
      such: { serviceDate: start },
      boundTo: new Set(),
    };
  });
}
