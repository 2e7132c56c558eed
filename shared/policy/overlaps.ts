import { addDays } from "../domain/calendar.ts";
import { settings } from "../domain/vocabulary.ts";
import type { Finding } from "./check.ts";
import { codeOf, segmentsOf } from "./code-index.ts";
import { type Dated, meet } from "./in-force.ts";
import type { Categories } from "./plan-files.ts";

type Rule = Categories["rules"][number];
/** When a rule could be about a service: in which settings, for whose members, whether elective, on which days. */
type Conditions = Pick<Rule, "only" | "effectiveFrom" | "effectiveTo">;
/** Neighbouring codes that stand in the same lists, as they are written. */
type Stretch = { readonly codes: string; readonly of: readonly number[] };

/** Where rules meet, which one wins, and what can never decide. The ranges must have been found good. */
export function overlapFindings(categories: Categories): readonly Finding[] {
  return [...ruleFindings(categories), ...freeFindings(categories), ...exclusionFindings(categories)];
}

/** Rules that share codes: the first in order wins; what it always wins is in vain with the later one. */
function ruleFindings({ rules }: Categories): readonly Finding[] {
  const findings: Finding[] = [];
  const kinds = [
    { what: "codes", stretches: ruleStretches(rules) },
    { what: "revenue codes", stretches: stretchesOf(rules.map(({ match }) => match.revenue ?? [])) },
    { what: "modifiers", stretches: shared(rules.map(({ match }) => match.modifiers ?? [])) },
    { what: "diagnoses", stretches: shared(rules.map(({ match }) => match.diagnoses ?? [])) },
  ];
  const winnersByRule = rules.map((): { taken: string[]; left: boolean } => ({ taken: [], left: false }));
  for (const { what, stretches } of kinds) {
    const meetings = new Map<string, { first: Rule; later: Rule; codes: string[] }>();
    for (const { codes, of } of stretches)
      of.forEach((place, position) => {
        const later = rules[place];
        const record = winnersByRule[place];
        if (!later || !record) return;
        const earlier = of.slice(0, position).flatMap((one) => rules[one] ?? []);
        const winners = takersOf(later, [...earlier, ...rules.slice(0, place).flatMap(byCircumstances)]);
        if (winners.length > 0) {
          record.taken.push(`${what} ${codes} (${winners.join(", ")})`);
          return;
        }
        record.left = true;
        for (const first of earlier) {
          const name = `${first.id} ${later.id}`;
          const meeting = meetings.get(name) ?? { first, later, codes: [] };
          meeting.codes.push(codes);
          meetings.set(name, meeting);
        }
      });
    for (const { first, later, codes } of meetings.values())
      findings.push({
        severity: "note",
        where: `${first.id}, ${later.id}`,
        says: `both hold ${what} ${codes.join(", ")}: ${first.id} comes first and wins${conditionsOf(first, later)}`,
      });
  }
  rules.forEach((rule, place) => {
    const { taken, left: isMatchLeft } = winnersByRule[place] ?? { taken: [], left: true };
    const { alsoWhen } = rule;
    const second = alsoWhen && takersOf(circumstancesOf(rule, alsoWhen.settings), rules.slice(0, place).flatMap(byCircumstances));
    if (second && second.length > 0) taken.push(`what it takes by alsoWhen (${second.join(", ")})`);
    const left = isMatchLeft || second?.length === 0;
    if (!left)
      findings.push({
        severity: "error",
        where: rule.id,
        says: `is dead: nothing is left to it${taken.length > 0 ? `, earlier rules take ${taken.join(", ")}` : ""}`,
      });
    else if (taken.length > 0)
      findings.push({
        severity: "warning",
        where: rule.id,
        says: `never decides, because an earlier rule always does: ${taken.join(", ")}`,
      });
  });
  return findings;
}

/** By code: what matches and is not excluded, and what is unconfirmed, which no exclusion touches. */
function ruleStretches(
  rules: readonly Rule[],
  more: readonly (readonly string[])[] = [],
  without: typeof more = [],
): readonly Stretch[] {
  const stretches = stretchesOf(
    [...rules.map(({ match }) => match.codes ?? []), ...rules.map(({ verify }) => verify ?? []), ...more],
    [...rules.map(({ exclude }) => exclude ?? []), ...rules.map(() => []), ...without],
  );
  return stretches.map(({ codes, of }) => ({
    codes,
    of: [...new Set(of.map((list) => (list < rules.length ? list : list - rules.length)))].sort((a, b) => a - b),
  }));
}

/** A rule's second way in, where it asks for nothing but a setting: then it takes every service there, whatever its code. */
const byCircumstances = (rule: Rule): readonly (Conditions & Pick<Rule, "id">)[] => {
  const { settings: some, ...others } = rule.alsoWhen ?? {};
  const isBound = Object.values(others).some((fact) => fact !== undefined);
  return some === undefined || isBound ? [] : [{ id: rule.id, ...circumstancesOf(rule, some) }];
};

const circumstancesOf = ({ effectiveFrom, effectiveTo }: Dated, some: NonNullable<Rule["only"]>["settings"]): Conditions => ({
  only: some && { settings: some },
  effectiveFrom,
  effectiveTo,
});

/** The earlier rules that are about a service already whenever the later one could be, each in its part; none when they leave some. */
function takersOf(later: Conditions, earlier: readonly (Conditions & Pick<Rule, "id">)[]): readonly string[] {
  if (earlier.length === 0) return [];
  const alone = earlier.find((rule) => takesAll(rule, later));
  if (alone) return [alone.id];
  const takers = new Set<string>();
  for (const part of partsOf(later, earlier)) {
    const taker = earlier.find((rule) => takesAll(rule, part));
    if (!taker) return [];
    takers.add(taker.id);
  }
  return [...takers];
}

/** Cut so that each of the others takes a part whole or not at all; only programs stay together, for a member may have several. */
function partsOf(later: Conditions, others: readonly Conditions[]): readonly Conditions[] {
  const { only, effectiveFrom, effectiveTo } = later;
  const begin = (day: string | undefined) =>
    day !== undefined && effectiveFrom < day && (effectiveTo === undefined || day <= effectiveTo) ? [day] : [];
  const begins = [
    ...new Set([effectiveFrom, ...others.flatMap((one) => [...begin(one.effectiveFrom), ...begin(next(one.effectiveTo))])]),
  ].sort();
  return begins.flatMap((from, place) => {
    const after = begins[place + 1];
    const dates = { effectiveFrom: from, effectiveTo: after === undefined ? effectiveTo : addDays(after, -1) };
    return (only?.settings ?? settings).flatMap((setting) =>
      (only?.elective === undefined ? [true, false] : [only.elective]).map(
        (elective): Conditions => ({ only: { ...only, settings: [setting], elective }, ...dates }),
      ),
    );
  });
}

const next = (day: string | undefined): string | undefined => day && addDays(day, 1);

/** Whenever the later rule could be about a code, the earlier one is already. */
function takesAll(earlier: Conditions, later: Conditions): boolean {
  return (
    isAmong(later.only?.settings, earlier.only?.settings) &&
    isAmong(later.only?.programs, earlier.only?.programs) &&
    (earlier.only?.elective === undefined || earlier.only.elective === later.only?.elective) &&
    earlier.effectiveFrom <= later.effectiveFrom &&
    (earlier.effectiveTo === undefined || (later.effectiveTo !== undefined && later.effectiveTo <= earlier.effectiveTo))
  );
}

export const isAmong = (some: readonly string[] | undefined, all: readonly string[] | undefined): boolean =>
  all === undefined || (some?.every((one) => all.includes(one)) ?? false);

/** Of its days it is said when they are not all of the other's. */
function conditionsOf({ only, effectiveFrom, effectiveTo }: Rule, other: Dated): string {
  const conditions = [
    ...(only?.settings ? [`in setting ${only.settings.join(" or ")}`] : []),
    ...(only?.programs ? [`for members of ${only.programs.join(" or ")}`] : []),
    ...(only?.elective === undefined ? [] : [only.elective ? "when elective" : "when not elective"]),
  ];
  const until = effectiveTo === undefined ? "" : ` to ${effectiveTo}`;
  const isDated =
    effectiveFrom > other.effectiveFrom ||
    (effectiveTo !== undefined && (other.effectiveTo === undefined || effectiveTo < other.effectiveTo));
  return `${conditions.length > 0 ? ` ${conditions.join(", ")}` : ""}${isDated ? ` from ${effectiveFrom}${until}` : ""}`;
}

/** Codes that need no authorization by their list, and do by a rule, which is asked first. */
function freeFindings({ rules, noAuthorization }: Categories): readonly Finding[] {
  const stretches = ruleStretches(
    rules,
    noAuthorization.map(({ codes }) => codes),
    noAuthorization.map(({ exclude }) => exclude ?? []),
  );
  const alike = noAuthorization.flatMap((list, index): readonly Finding[] => {
    const twin = noAuthorization.slice(0, index).find((other) => holdsSame(other, list));
    return twin ? [{ severity: "note", where: list.id, says: `holds the same codes as the list ${twin.id}` }] : [];
  });
  const taken = noAuthorization.flatMap((list, index) =>
    stretches
      .filter(({ of }) => of.includes(rules.length + index))
      .flatMap(({ codes, of }): readonly Finding[] => {
        const taking = of.flatMap((place) => rules[place] ?? []);
        const always = taking.find((rule) => rule.only === undefined);
        if (always)
          return [
            {
              severity: "warning",
              where: list.id,
              says: `${codes} is listed as needing no authorization, but the rule ${always.id} takes it${conditionsOf(always, list)}`,
            },
          ];
        return taking.map((rule) => ({
          severity: "note",
          where: list.id,
          says: `${codes} needs no authorization but where the rule ${rule.id} takes it${conditionsOf(rule, list)}`,
        }));
      }),
  );
  return [...alike, ...taken];
}

type FreeList = Categories["noAuthorization"][number];
const holdsSame = (one: FreeList, other: FreeList): boolean =>
  meet(one, other) &&
  stretchesOf([one.codes, other.codes], [one.exclude ?? [], other.exclude ?? []]).every(({ of }) => of.length === 2);

/** Exclusions of what is not matched, and matches of which nothing remains. */
function exclusionFindings({ rules, noAuthorization }: Categories): readonly Finding[] {
  const all = [
    ...rules.map((rule) => ({
      id: rule.id,
      codes: rule.match.codes ?? [],
      exclude: rule.exclude ?? [],
      // What is excluded may still be matched by something other than its code.
      isMatchedOtherwise: [rule.match.revenue, rule.match.modifiers, rule.match.diagnoses].some((some) => some !== undefined),
    })),
    ...noAuthorization.map(({ id, codes, exclude = [] }) => ({ id, codes, exclude, isMatchedOtherwise: false })),
  ];
  return all.flatMap(({ id, codes, exclude, isMatchedOtherwise }): readonly Finding[] => [
    ...codes
      .filter((range) => stretchesOf([[range]], [exclude]).length === 0)
      .map((range): Finding => ({ severity: "warning", where: id, says: `${range} is matched and excluded: it has no effect` })),
    ...(isMatchedOtherwise ? [] : exclude)
      .filter((range) => !stretchesOf([codes, [range]]).some(({ of }) => of.length === 2))
      .map((range): Finding => ({ severity: "note", where: id, says: `${range} is excluded, though nothing matches it` })),
  ]);
}

/** Cut where what holds a code changes; what is excluded from a list is not in it. Codes that nothing holds are left out. */
export function stretchesOf(
  lists: readonly (readonly string[])[],
  excluded: readonly (readonly string[])[] = [],
): readonly Stretch[] {
  const { starts, held } = segmentsOf([...lists, ...excluded]);
  return held.flatMap((some, index) => {
    const of = some.filter((list) => list < lists.length && !some.includes(lists.length + list));
    if (of.length === 0) return [];
    const first = codeOf(starts[index] ?? 0);
    const last = codeOf((starts[index + 1] ?? 0) - 1);
    return [{ codes: first === last ? first : `${first}-${last}`, of }];
  });
}

function shared(lists: readonly (readonly string[])[]): readonly Stretch[] {
  const all = [...new Set(lists.flat())];
  return all.map((codes) => ({ codes, of: lists.flatMap((list, place) => (list.includes(codes) ? [place] : [])) }));
}
