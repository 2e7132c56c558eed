import { expect, test } from "vitest";
import { type LineFacts, requirementOf } from "../../../shared/domain/requirement.ts";
import { policy } from "../../../shared/policy/policy.ts";
import categories from "../../../shared/policy/service-categories.json" with { type: "json" };
import { someFacts } from "../../builders.ts";
import { chance } from "../../faults/chance.ts";

/** The plan's rules once more, read as plainly as they are written: code by code, range by range, rule by rule. */

type Rule = {
  readonly id: string;
  readonly match: { readonly codes?: readonly string[]; readonly revenue?: readonly string[] };
  readonly exclude?: readonly string[];
  readonly verify?: readonly string[];
  readonly only?: { readonly settings?: readonly string[]; readonly programs?: readonly string[]; readonly elective?: boolean };
  readonly alsoWhen?: {
    readonly settings?: readonly string[];
    readonly levelsOfCare?: readonly string[];
    readonly codesOf?: readonly string[];
    readonly fact?: string;
  };
};
const rules = categories.rules as readonly Rule[];

const shapeOf = (code: string) => code.replace(/\d/g, "9");
const ends = (range: string): readonly [string, string] => {
  const [first = "", last = first] = range.split("-");
  return [first, last];
};
const spans = new Map<string, { readonly first: string; readonly last: string; readonly shape: string }>();
function spanOf(range: string) {
  const [first, last] = ends(range);
  const span = spans.get(range) ?? { first, last, shape: shapeOf(first) };
  spans.set(range, span);
  return span;
}
const holds = (ranges: readonly string[] | undefined, code: string | undefined): boolean =>
  code !== undefined &&
  (ranges ?? []).some((range) => {
    const { first, last, shape } = spanOf(range);
    return first <= code && code <= last && shape === shapeOf(code);
  });

function categoryOf(facts: LineFacts): string | null {
  for (const { id, match, exclude, verify, only, alsoWhen } of rules) {
    const limits =
      (only?.settings === undefined || only.settings.includes(facts.setting)) &&
      (only?.programs === undefined || only.programs.some((program) => facts.programs.includes(program))) &&
      (only?.elective === undefined || only.elective === facts.elective);
    const matches = holds(match.codes, facts.code) || holds(match.revenue, facts.revenueCode);
    if (limits && matches && !holds(exclude, facts.code)) return id;
    const others = rules.filter((rule) => alsoWhen?.codesOf?.includes(rule.id));
    const isFact = alsoWhen?.fact === "clinicalTrial" ? facts.clinicalTrial : facts.investigational;
    if (
      alsoWhen &&
      (alsoWhen.settings === undefined || alsoWhen.settings.includes(facts.setting)) &&
      (alsoWhen.levelsOfCare === undefined || alsoWhen.levelsOfCare.includes(String(facts.levelOfCare))) &&
      (alsoWhen.codesOf === undefined || others.some((rule) => holds(rule.match.codes, facts.code))) &&
      (alsoWhen.fact === undefined || isFact)
    )
      return id;
    if (limits && holds(verify, facts.code)) return id;
  }
  return null;
}

function* codesIn(range: string): Generator<string> {
  const [first, last] = ends(range);
  const at = first.search(/[A-Z]/);
  const digits = (code: string) => (at < 0 ? code : code.slice(0, at) + code.slice(at + 1));
  const width = digits(first).length;
  for (let number = Number(digits(first)); number <= Number(digits(last)); number += 1) {
    const text = String(number).padStart(width, "0");
    yield at < 0 ? text : text.slice(0, at) + first[at] + text.slice(at);
  }
}

const circumstances: readonly Partial<LineFacts>[] = [
  {},
  { setting: "home" },
  { setting: "observation", elective: false },
  { programs: ["AR-CES"] },
  { clinicalTrial: true, elective: false },
  { investigational: true, setting: "ambulance" },
  { setting: "inpatient" },
];

/** Every code when the large counts are proved, otherwise one in ten; the ends of the ranges always. */
const share = process.env.PROVE === "full" ? 1 : 0.1;

test.each(rules.map((rule) => [rule.id, rule] as const))(
  "every code of %s is of that category, unless an earlier rule or an exclusion says otherwise",
  (id, rule) => {
    const { strikes } = chance(20261122);
    let own = 0;
    const compare = (facts: LineFacts) => {
      const found = requirementOf(facts, policy).category;
      if (found === id) own += 1;
      if (found !== categoryOf(facts)) expect.fail(`${JSON.stringify(facts)}: ${found}, not ${categoryOf(facts)}`);
    };
    for (const range of [...(rule.match.codes ?? []), ...(rule.verify ?? []), ...(rule.exclude ?? [])])
      for (const code of codesIn(range))
        if (ends(range).includes(code) || strikes(share)) for (const facts of circumstances) compare(someFacts({ code, ...facts }));
    for (const range of rule.match.revenue ?? [])
      for (const revenueCode of codesIn(range)) for (const facts of circumstances) compare(someFacts({ revenueCode, ...facts }));
    expect(own).toBeGreaterThan(0);
  },
  300_000,
);
