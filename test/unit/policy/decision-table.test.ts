import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type LineFacts, requirementOf } from "../../../shared/domain/requirement.ts";
import { decisionRules, linesOfBusiness, requirements, routes, settings } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { someFacts } from "../../builders.ts";
import { casesIn, type TableCase } from "./decision-table.ts";

const { sections, rows } = casesIn(readFileSync(new URL("decision-table.md", import.meta.url), "utf8"));
const cases = sections.flatMap((section) => section.cases);

describe.each(sections)("$title", ({ cases }) => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, { facts, answer }) => {
    expect(requirementOf(factsFrom(facts), policy)).toEqual({ ...answer, because: expect.stringMatching(/^[A-Z].*\.$/) });
  });
});

describe("the table", () => {
  test("has 300 rows and more", () => {
    expect(rows).toBeGreaterThanOrEqual(300);
  });

  test("says nothing twice", () => {
    const said = cases.map(({ facts }) => JSON.stringify(facts));
    expect(said.filter((one, index) => said.indexOf(one) !== index)).toEqual([]);
  });

  const answers = cases.map(({ answer }) => answer);
  test.each<[string, readonly string[], readonly (string | null)[]]>([
    ["category", policy.rules.map((rule) => rule.id), answers.map((answer) => answer.category)],
    ["step of the order of decision", decisionRules, answers.map((answer) => answer.rule)],
    ["requirement", requirements, answers.map((answer) => answer.requirement)],
    ["route", routes, answers.map((answer) => answer.route)],
    ["setting", settings, cases.map(({ facts }) => facts.setting)],
    ["line of business", linesOfBusiness, cases.map(({ facts }) => facts.lineOfBusiness)],
  ])("has every %s, and no other", (_, all, found) => {
    expect([...new Set(found.filter((one) => one !== null))].sort()).toEqual([...all].sort());
  });

  test("shows a representative service under every emergency, post-stabilization, network and trial there is", () => {
    for (const setting of ["outpatient", "observation", "inpatient"]) expect(crossing("72148", setting), setting).toBe(16);
    // In an emergency department the flag would only repeat the setting.
    expect(crossing("72148", "emergency")).toBeGreaterThanOrEqual(8);
  });
});

const factsFrom = (facts: TableCase["facts"]): LineFacts =>
  someFacts({ ...facts, serviceDate: "2026-12-20" } as Partial<LineFacts>);

const crossing = (code: string, setting: string) =>
  new Set(
    cases.flatMap(({ facts }) =>
      facts.code === code && facts.setting === setting && facts.participating !== undefined
        ? [[facts.emergency, facts.postStabilization, facts.participating, facts.clinicalTrial].join()]
        : [],
    ),
  ).size;
