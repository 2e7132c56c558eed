import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { toKnownFacts } from "../../../shared/api/parse.ts";
import { lookUpQuery } from "../../../shared/api/schemas.ts";
import type { KnownFacts } from "../../../shared/domain/known-facts.ts";

const known = (query: Readonly<Record<string, string>>) => toKnownFacts(z.parse(lookUpQuery(), query));

describe("what a caller of the look-up knows", () => {
  test("is nothing where nothing is said", () => {
    expect(known({})).toEqual({});
  });

  test.each<[Record<string, string>, KnownFacts]>([
    [
      { network: "participating", facilityNetwork: "not-participating" },
      { participating: true, facilityParticipating: false },
    ],
    [
      { trial: "false", emergency: "true" },
      { clinicalTrial: false, emergency: true },
    ],
    [{ program: "AR-CES,X-1" }, { programs: ["AR-CES", "X-1"] }],
    [
      { modifiers: "gp,26", diagnosis: "m54.16" },
      { modifiers: ["GP", "26"], diagnoses: ["M54.16"] },
    ],
    [
      { revenueCode: "0424", levelOfCare: "acute", days: "2" },
      { revenueCode: "0424", levelOfCare: "acute", stayDays: 2 },
    ],
    [
      { lineOfBusiness: "medicaid", setting: "home", serviceDate: "2026-12-20", elective: "false" },
      { lineOfBusiness: "medicaid", setting: "home", serviceDate: "2026-12-20", elective: false },
    ],
  ])("%j is %j", (query, facts) => {
    expect(known(query)).toEqual(facts);
  });

  test("none is known to be none, which is not the same as not said", () => {
    const none = { program: "none", modifiers: "none", revenueCode: "none", diagnosis: "none", levelOfCare: "none", days: "none" };
    expect(known(none)).toEqual({
      programs: [],
      modifiers: [],
      revenueCode: null,
      diagnoses: [],
      levelOfCare: null,
      stayDays: null,
    });
  });
});
