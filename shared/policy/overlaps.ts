import type { Finding } from "./check.ts";
import { codeOf, segmentsOf } from "./code-index.ts";
import type { Categories } from "./plan-files.ts";

type Rule = Categories["rules"][number];
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
        const winner = earlier.find((rule) => takesAll(rule, later));
        if (winner) {
          record.taken.push(`${what} ${codes} (${winner.id})`);
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
        says: `both hold ${what} ${codes.join(", ")}: ${first.id} comes first and wins${conditionsOf(first)}`,
      });
  }
  rules.forEach((rule, place) => {
    const { taken, left } = winnersByRule[place] ?? { taken: [], left: true };
    if (!left && rule.alsoWhen === undefined)
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

/** Whenever the later rule could be about a code, the earlier one is already. */
function takesAll(earlier: Rule, later: Rule): boolean {
  const within = <Value>(some: readonly Value[] | undefined, all: readonly Value[] | undefined) =>
    all === undefined || (some?.every((one) => all.includes(one)) ?? false);
  return (
    within(later.only?.settings, earlier.only?.settings) &&
    within(later.only?.programs, earlier.only?.programs) &&
    (earlier.only?.elective === undefined || earlier.only.elective === later.only?.elective) &&
    earlier.effectiveFrom <= later.effectiveFrom &&
    (earlier.effectiveTo === undefined || (later.effectiveTo !== undefined && later.effectiveTo <= earlier.effectiveTo))
  );
}

function conditionsOf({ only, effectiveFrom, effectiveTo }: Rule): string {
  const conditions = [
    ...(only?.settings ? [`in setting ${only.settings.join(" or ")}`] : []),
    ...(only?.programs ? [`for members of ${only.programs.join(" or ")}`] : []),
    ...(only?.elective === undefined ? [] : [only.elective ? "when elective" : "when not elective"]),
  ];
  const dates = ` from ${effectiveFrom}${effectiveTo === undefined ? "" : ` to ${effectiveTo}`}`;
  return conditions.length > 0 ? ` ${conditions.join(", ")}` : dates;
}

/** Codes that need no authorization by their list, and do by a rule, which is asked first. */
function freeFindings({ rules, noAuthorization }: Categories): readonly Finding[] {
  const stretches = ruleStretches(
    rules,
    noAuthorization.map(({ codes }) => codes),
    noAuthorization.map(({ exclude }) => exclude ?? []),
  );
  return noAuthorization.flatMap((list, index) =>
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
              says: `${codes} is listed as needing no authorization, but the rule ${always.id} takes it`,
            },
          ];
        return taking.map((rule) => ({
          severity: "note",
          where: list.id,
          says: `${codes} needs no authorization but where the rule ${rule.id} takes it${conditionsOf(rule)}`,
        }));
      }),
  );
}

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
function stretchesOf(lists: readonly (readonly string[])[], excluded: readonly (readonly string[])[] = []): readonly Stretch[] {
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
