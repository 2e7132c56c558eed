import * as z from "zod/mini";
import { patterns } from "../domain/identifiers.ts";
import { decisionRules } from "../domain/vocabulary.ts";
import benefits from "./benefits.json" with { type: "json" };
import clocks from "./clocks.json" with { type: "json" };
import { parseRange } from "./code-index.ts";
import { idleExceptions } from "./idle-exceptions.ts";
import { isInForce } from "./in-force.ts";
import { overlapFindings } from "./overlaps.ts";
import plan from "./plan.json" with { type: "json" };
import { type Categories, categoriesShape, type PlanFiles, planFiles } from "./plan-files.ts";
import builtIn from "./service-categories.json" with { type: "json" };

/**
 * `checkedCategories(text)` reads a file of rules, the built-in one or one that is to replace it: the rules, or why they are none.
 * `policyFindings(categories)` says all there is to say about them. Without errors they may judge; what is a warning is probably not
 * meant so; a note says how two rules that meet are told apart.
 */

export type Severity = "error" | "warning" | "note";
export type Finding = { readonly severity: Severity; readonly where: string; readonly says: string };

export type CheckedCategories =
  | { readonly ok: true; readonly categories: Categories; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** @param text JSON in the shape of `service-categories.json`. Never throws; values that are no part of the shape are not repeated. */
export function checkedCategories(text: string): CheckedCategories {
  const read = parsed(text);
  return "json" in read ? checked(read.json) : { ok: false, findings: [read.finding] };
}

export const policyFindings = (categories: unknown): readonly Finding[] => checked(categories).findings;

/** The plan's own files. Throws on the first file that is wrong, with all that is wrong in it. */
export function goodPlanFiles(files: Parameters<typeof planFiles>[0]): PlanFiles {
  const good = planFiles(files);
  const errors = [
    ...policyFindings(good.categories).filter(({ severity }) => severity === "error"),
    ...good.benefits.limits.flatMap(({ id, codes = [] }) =>
      codes
        .filter((range) => !isRange(range, patterns.procedureCode))
        .map((range) => error(`the benefit ${id}`, `${range} is no code and no range of codes`)),
    ),
    ...twice(good.benefits.limits.map(({ id }) => id)).map((id) => error(id, "two benefits have this id")),
    ...good.plan.automaticApprovals
      .filter(({ category }) => !good.categories.rules.some(({ id }) => id === category))
      .map(({ id, category }) => error(`the automatic approval ${id}`, `speaks of the rule ${category}, which does not exist`)),
  ];
  if (errors.length > 0) throw new Error(errors.map(({ where, says }) => `${where}: ${says}`).join("\n"));
  return good;
}

function checked(given: unknown): CheckedCategories {
  const read = z.safeParse(categoriesShape(), given);
  if (!read.success)
    return {
      ok: false,
      findings: read.error.issues.map((issue) =>
        error(issue.path.join(".") || "the file", `${issue.message || "is not what it should be"}${idAt(issue.path, given)}`),
      ),
    };
  const categories = read.data;
  const broken = rangeFindings(categories);
  // Ranges that cannot be read cannot be compared.
  const findings = [
    ...broken,
    ...nameFindings(categories),
    ...publishedFindings(categories),
    ...orderFindings(categories),
    ...dateFindings(categories),
    ...stayFindings(categories),
    ...routeFindings(categories),
    ...(broken.length > 0 ? [] : [...overlapFindings(categories), ...idleExceptions(categories)]),
  ];
  return findings.some(({ severity }) => severity === "error") ? { ok: false, findings } : { ok: true, categories, findings };
}

/** Of which rule, by its id: nobody counts rules. Not where a log may name it, for the file may hold anything. */
function idAt([list, index]: readonly PropertyKey[], given: unknown): string {
  const lists = (given ?? {}) as Record<PropertyKey, Record<PropertyKey, { id?: unknown } | null> | undefined>;
  const id = lists[list ?? ""]?.[index ?? ""]?.id;
  return typeof id === "string" && /^[a-z0-9-]{1,64}$/.test(id) ? ` (in ${id})` : "";
}

function parsed(text: string): { readonly json: unknown } | { readonly finding: Finding } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { finding: error("the file", "is no JSON") };
  }
}

const error = (where: string, says: string): Finding => ({ severity: "error", where, says });
const warning = (where: string, says: string): Finding => ({ severity: "warning", where, says });

function rangeFindings({ rules, exceptions, noAuthorization }: Categories): readonly Finding[] {
  const { procedureCode, revenueCode, modifier, icd10cm } = patterns;
  const ranges = (where: string, pattern: RegExp, given: readonly string[] = []) =>
    given.filter((range) => !isRange(range, pattern)).map((range) => error(where, `${range} is no code and no range of codes`));
  const each = (where: string, pattern: RegExp, what: string, given: readonly string[] = []) =>
    given.filter((one) => !pattern.test(one)).map((one) => error(where, `${one} is no ${what}`));
  return [
    ...rules.flatMap(({ id, match, exclude, verify }) => [
      ...ranges(id, procedureCode, match.codes),
      ...ranges(id, procedureCode, exclude),
      ...ranges(id, procedureCode, verify),
      ...ranges(id, revenueCode, match.revenue),
      ...each(id, modifier, "modifier", match.modifiers),
      ...each(id, icd10cm, "diagnosis", match.diagnoses),
    ]),
    ...exceptions.flatMap(({ id, match }) => [
      ...ranges(id, procedureCode, match.codes),
      ...ranges(id, revenueCode, match.revenue),
      ...each(id, icd10cm, "family of diagnoses", match.diagnosisFamilies),
    ]),
    ...noAuthorization.flatMap(({ id, codes, exclude }) => [
      ...ranges(id, procedureCode, codes),
      ...ranges(id, procedureCode, exclude),
    ]),
  ];
}

function isRange(range: string, pattern: RegExp): boolean {
  if (!range.split("-").every((code) => pattern.test(code))) return false;
  try {
    parseRange(range);
    return true;
  } catch {
    return false;
  }
}

function nameFindings({ rules, exceptions, noAuthorization }: Categories): readonly Finding[] {
  const ids = new Set(rules.map(({ id }) => id));
  const unknown = (where: string, given: readonly string[] = []) =>
    given.filter((id) => !ids.has(id)).map((id) => error(where, `speaks of the rule ${id}, which does not exist`));
  return [
    ...twice(rules.map(({ id }) => id)).map((id) => error(id, "two rules have this id")),
    ...twice(exceptions.map(({ id }) => id)).map((id) => error(id, "two exceptions have this id")),
    ...twice(noAuthorization.map(({ id }) => id)).map((id) => error(id, "two lists under noAuthorization have this id")),
    ...rules.flatMap(({ id, alsoWhen }) => unknown(id, alsoWhen?.codesOf)),
    ...exceptions.flatMap(({ id, only }) => unknown(id, only.categories)),
    // What varies by version must not leave what does not without its subject: a clock of the law, or who may deny.
    ...clocks.flatMap(({ rule, category }) => unknown(`the clock ${rule}`, category === undefined ? [] : [category])),
    ...plan.mayDeny.flatMap(({ credential, categories }) => unknown(`who may deny, ${credential}`, categories)),
    ...benefits.limits.flatMap(({ id, categories }) => unknown(`the benefit ${id}`, categories)),
  ];
}

const twice = (ids: readonly string[]): readonly string[] => [...new Set(ids.filter((id, place) => ids.indexOf(id) !== place))];

/**
 * The ids that are built in are published with the list of what needs authorization (42 CFR 422.122(b)(1)), and others keep them: a
 * service bears the same one in every version. What ends is given its last day; it is not left out or called otherwise.
 */
function publishedFindings(given: Categories): readonly Finding[] {
  const gone = (kind: "rules" | "exceptions" | "noAuthorization") => {
    const ids = new Set(given[kind].map(({ id }) => id));
    return builtIn[kind].filter(({ id }) => !ids.has(id));
  };
  return [...gone("rules"), ...gone("exceptions"), ...gone("noAuthorization")].map(({ id }) =>
    error(id, "is a published id and must stay: what no longer holds is ended by effectiveTo"),
  );
}

/** All of its steps, in force when these rules begin to judge: where one does not hold, the next answers. */
const orderFindings = ({ effectiveFrom: judgesFrom, decisionOrder }: Categories): readonly Finding[] => [
  ...(decisionOrder.map(({ id }) => id).join() === decisionRules.join()
    ? []
    : [error("decisionOrder", `must be the order that the desk follows: ${decisionRules.join(", ")}`)]),
  ...decisionOrder
    .filter((step) => !isInForce(step, judgesFrom))
    .map(({ id }) => error(`decisionOrder.${id}`, `the step does not hold on ${judgesFrom}, when these rules begin to judge`)),
];

function dateFindings({ effectiveFrom: judgesFrom, decisionOrder, rules, exceptions, noAuthorization }: Categories) {
  const dated = [...decisionOrder, ...exceptions, ...rules, ...noAuthorization];
  return dated.flatMap(({ id, effectiveFrom, effectiveTo }): readonly Finding[] => {
    if (effectiveTo === undefined) return [];
    if (effectiveTo < effectiveFrom) return [error(id, `ends on ${effectiveTo}, before it begins on ${effectiveFrom}`)];
    return effectiveTo < judgesFrom
      ? [warning(id, `ended on ${effectiveTo}, before these rules judge anything: it holds only for services delivered by then`)]
      : [];
  });
}

/** Which stays are notified is a matter of their days: without them no inpatient stay would need authorization. */
const stayFindings = ({ exceptions }: Categories): readonly Finding[] =>
  exceptions
    .filter(({ step, only }) => step === "inpatient" && only.daysAtMost === undefined)
    .map(({ id }) => error(id, "an exception for stays must say daysAtMost"));

/** Advanced imaging is the vendor's by its group: a route that says otherwise would not be followed. */
function routeFindings({ rules }: Categories): readonly Finding[] {
  const bound = rules.flatMap(({ id, group, route }) =>
    (group === "advanced-imaging") === (route === "vendor")
      ? []
      : [error(id, "only the group advanced-imaging has the route vendor, and it has no other")],
  );
  const facts = (["clinicalTrial", "line.investigational"] as const).flatMap((fact) =>
    rules.some(({ alsoWhen, additive }) => alsoWhen?.fact === fact && additive === true)
      ? []
      : [error("rules", `no additive rule is told by ${fact}`)],
  );
  return [...bound, ...facts];
}
