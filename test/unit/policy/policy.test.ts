import { describe, expect, test } from "vitest";
import { patterns } from "../../../shared/domain/identifiers.ts";
import { decisionRules, levelsOfCare, linesOfBusiness, priorities, settings } from "../../../shared/domain/vocabulary.ts";
import clocks from "../../../shared/policy/clocks.json" with { type: "json" };
import { policy } from "../../../shared/policy/policy.ts";
import categories from "../../../shared/policy/service-categories.json" with { type: "json" };

const ids = policy.rules.map((rule) => rule.id);

describe("the plan's data hang together", () => {
  test("ids are unique", () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(policy.noAuthorization.map((list) => list.id)).size).toBe(policy.noAuthorization.length);
    expect(new Set(clocks.map((row) => row.rule)).size).toBe(clocks.length);
  });

  test("the order of decision is the one that the code follows", () => {
    expect(categories.decisionOrder.map(({ id }) => id)).toEqual([...decisionRules]);
  });

  test("every code and range is well-formed", () => {
    const all = [
      ...categories.rules.flatMap((rule) => [
        ...(("codes" in rule.match && rule.match.codes) || []),
        ...(("exclude" in rule && rule.exclude) || []),
        ...(("verify" in rule && rule.verify) || []),
      ]),
      ...categories.noAuthorization.flatMap((list) => [...list.codes, ...(("exclude" in list && list.exclude) || [])]),
    ];
    for (const code of all.flatMap((range) => range.split("-"))) expect(code).toMatch(patterns.procedureCode);
    const revenue = categories.rules.flatMap((rule) => ("revenue" in rule.match && rule.match.revenue) || []);
    for (const code of revenue.flatMap((range) => range.split("-"))) expect(code).toMatch(patterns.revenueCode);
  });

  test("rules speak of settings, levels of care and other rules that exist", () => {
    for (const { only, alsoWhen } of policy.rules) {
      for (const setting of [...(only?.settings ?? []), ...(alsoWhen?.settings ?? [])]) expect(settings).toContain(setting);
      for (const level of alsoWhen?.levelsOfCare ?? []) expect(levelsOfCare).toContain(level);
      for (const other of alsoWhen?.codesOf ?? []) expect(ids).toContain(other);
    }
  });

  test("clock rows speak of lines of business, priorities and categories that exist", () => {
    for (const row of policy.clocks) {
      if (row.lineOfBusiness) expect(linesOfBusiness).toContain(row.lineOfBusiness);
      if (row.priority) expect(priorities).toContain(row.priority);
      if (row.category) expect(ids).toContain(row.category);
      expect(row.cite).toMatch(/^\d+ CFR /);
    }
  });

  test("every line of business has a row for every priority", () => {
    for (const lineOfBusiness of linesOfBusiness)
      for (const priority of priorities)
        expect(
          policy.clocks.some((row) => row.lineOfBusiness === lineOfBusiness && row.priority === priority && !row.category),
        ).toBe(true);
  });

  test("who may deny is no nurse, and names groups and categories that exist", () => {
    const groups = new Set(policy.rules.map((rule) => rule.group));
    for (const one of policy.plan.mayDeny) {
      expect(["RN", "LPN"]).not.toContain(one.credential);
      for (const group of one.groups ?? []) expect(groups).toContain(group);
      for (const category of one.categories ?? []) expect(ids).toContain(category);
    }
  });

  test("advanced imaging is the vendor's, everything else the plan's", () => {
    for (const rule of policy.rules) expect(rule.route).toBe(rule.group === "advanced-imaging" ? "vendor" : "plan");
    expect(policy.imagingVendor).toMatchObject({ name: "NIA", portalUrl: "https://www.radmd.com" });
  });

  test("the look-up's reminder is the plan's own", () => {
    expect(policy.plan.reminder).toMatch(/benefit coverage and limits/i);
  });
});
