import { describe, expect, test } from "vitest";
import { requirementOf } from "../../../shared/domain/requirement.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import type { Categories } from "../../../shared/policy/plan-files.ts";
import { policyWith } from "../../../shared/policy/policy.ts";
import builtIn from "../../../shared/policy/service-categories.json" with { type: "json" };
import { aRequest, at, mriLine, received, someFacts } from "../../builders.ts";

type Dates = { readonly effectiveFrom?: string; readonly effectiveTo?: string };
/** The plan's rules, with other dates for what is named. */
const dated = (id: string, dates: Dates) => {
  const categories = structuredClone(builtIn) as unknown as Categories;
  const { rules, exceptions, noAuthorization, decisionOrder } = categories;
  const named = [...rules, ...exceptions, ...noAuthorization, ...decisionOrder].filter((one) => one.id === id);
  expect(named.length).toBeGreaterThan(0);
  for (const one of named) Object.assign(one, dates);
  return policyWith(categories);
};

describe("by the date of service", () => {
  const rules = dated("drug", { effectiveFrom: "2026-12-01", effectiveTo: "2026-12-31" });
  test.each([
    ["2026-11-30", "unlisted"],
    ["2026-12-01", "category"],
    ["2026-12-31", "category"],
    ["2027-01-01", "unlisted"],
    [undefined, "category"],
  ])("a rule of December is asked on %s: %s", (serviceDate, rule) => {
    expect(requirementOf(someFacts({ code: "J1745", serviceDate }), rules).rule).toBe(rule);
  });

  test("the next rule that holds the code takes it while an earlier one is not in force", () => {
    const later = dated("home-care", { effectiveFrom: "2026-12-01" });
    const therapyAtHome = (serviceDate: string) =>
      requirementOf(someFacts({ code: "97110", setting: "home", modifiers: ["NU"], serviceDate }), later).category;
    expect([therapyAtHome("2026-11-30"), therapyAtHome("2026-12-01")]).toEqual(["dme-prosthetics-orthotics", "home-care"]);
  });

  test("a list of what needs none holds on its days only", () => {
    const later = dated("maternity", { effectiveFrom: "2026-12-01" });
    const delivery = (serviceDate: string) => requirementOf(someFacts({ code: "59400", serviceDate }), later).rule;
    expect([delivery("2026-11-30"), delivery("2026-12-01")]).toEqual(["unlisted", "no-authorization"]);
  });

  test("so does an exception", () => {
    const later = dated("family-planning", { effectiveFrom: "2026-12-01" });
    const device = (serviceDate: string) =>
      requirementOf(someFacts({ code: "J7297", participating: false, serviceDate }), later).rule;
    expect([device("2026-11-30"), device("2026-12-01")]).toEqual(["out-of-network", "category"]);
  });

  test.each([
    ["inpatient", { setting: "inpatient" }, "no-authorization"],
    ["outpatient-emergency", { emergency: true, participating: false }, "out-of-network"],
    ["post-stabilization", { setting: "observation", postStabilization: true }, "no-authorization"],
    ["out-of-network", { participating: false }, "no-authorization"],
    ["no-authorization", {}, "unlisted"],
  ] as const)("the step %s is passed over once it has ended", (step, facts, next) => {
    const ended = dated(step, { effectiveTo: "2026-11-30" });
    // A stay has the category of its setting; what the step does is told by one that has none.
    const withoutStays = { ...ended, rules: ended.rules.map((rule) => ({ ...rule, effectiveTo: "2026-11-30" })) };
    const rule = (serviceDate: string) => requirementOf(someFacts({ code: "99213", ...facts, serviceDate }), withoutStays).rule;
    expect([rule("2026-11-30"), rule("2026-12-01")]).toEqual([step, next]);
  });
});

describe("a line's day of service", () => {
  const rules = dated("drug", { effectiveFrom: "2026-12-01" });
  const judged = (line: { serviceDate?: string }, submission: Partial<Submission> = {}, receivedAt = received) => {
    const { serviceDate: _, ...drug } = mriLine({ code: "J1745" });
    const context = { ...at(receivedAt), policy: rules };
    return aRequest({ lines: [{ ...drug, ...line }], ...submission }, { receivedAt }, context).lines[0]?.rule;
  };
  test("is its own date", () => {
    expect(judged({ serviceDate: "2026-12-01" })).toBe("category");
    expect(judged({ serviceDate: "2026-11-30" }, { admission: { date: "2026-12-02" } })).toBe("unlisted");
  });
  test("is else the admission's", () => {
    expect(judged({}, { admission: { date: "2026-12-02" } })).toBe("category");
  });
  test("is else the day of receipt, in the plan's time zone", () => {
    expect(judged({}, {}, "2026-12-01T04:59:59.000Z")).toBe("unlisted");
    expect(judged({}, {}, "2026-12-01T05:00:00.000Z")).toBe("category");
    expect(judged({}, {}, "2026-12-02T15:00:00.000Z")).toBe("category");
  });
});
