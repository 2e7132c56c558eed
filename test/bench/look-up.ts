import { lookUp } from "../../shared/domain/look-up.ts";
import { codeOf, segmentsOf } from "../../shared/policy/code-index.ts";
import { type Policy, policy } from "../../shared/policy/policy.ts";
import type { Row } from "./row.ts";

/**
 * What it costs to look up the worst of all codes while nothing else is known. Every way from one answer to another is tried, with
 * each kind of modifier, revenue code, diagnosis and stay that the rules tell apart: 3,000 evaluations of at most 5 µs are 15 ms, once
 * for each code and version of the rules that a process is asked about. All combinations of facts would be millions.
 */
export function lookingUp(): Row[] {
  const counts = codesOfEachKind().map((code) => ({ code, evaluations: evaluationsFor(code) }));
  const worst = counts.reduce((most, one) => (one.evaluations > most.evaluations ? one : most));
  if (process.env.BENCH_DETAIL) console.error(`look-up: ${worst.code} takes the most of ${counts.length} codes`);
  return [{ name: "evaluations for a look-up of the worst code", value: worst.evaluations, goal: 3_000, unit: "evaluations" }];
}

/** Codes between which no list of the plan begins or ends are answered alike. */
function codesOfEachKind(): readonly string[] {
  const { rules, exceptions, noAuthorization } = policy;
  const { starts } = segmentsOf([
    ...rules.flatMap(({ match, exclude, verify }) => [match.codes ?? [], exclude ?? [], verify ?? []]),
    ...exceptions.map(({ match }) => match.codes ?? []),
    ...noAuthorization.flatMap(({ codes, exclude }) => [codes, exclude ?? []]),
  ]);
  return [...starts].map(codeOf);
}

/** Each evaluation looks through the rules, and some do it twice. */
function evaluationsFor(code: string): number {
  let evaluations = 0;
  const counted: Policy = {
    ...policy,
    get rules() {
      evaluations += 1;
      return policy.rules;
    },
  };
  lookUp(code, {}, counted, "2026-12-20");
  return evaluations;
}
