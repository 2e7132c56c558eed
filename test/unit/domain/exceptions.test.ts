import { describe, expect, test } from "vitest";
import { lookUp } from "../../../shared/domain/look-up.ts";
import { type LineFacts, requirementOf } from "../../../shared/domain/requirement.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import { levelsOfCare, settings } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { aRequest, aSubmission, complete, mriLine, someFacts } from "../../builders.ts";

const settled = (facts: Partial<LineFacts>) => requirementOf(someFacts(facts), policy);

describe("a delivery stay", () => {
  const stay: Partial<LineFacts> = { setting: "inpatient", levelOfCare: "acute", diagnoses: ["O80", "Z37.0"] };

  test("of up to 48 hours is a notification, and the answer says what a longer one needs", () => {
    expect(settled({ ...stay, stayDays: 2 })).toEqual({
      requirement: "not-required",
      route: "none",
      category: "inpatient",
      rule: "inpatient",
      because: "Delivery stay of up to 2 days: a notification, not an authorization; a longer one needs authorization by the plan.",
    });
  });
  test("says how long it might be where it is longer, or where that is not said", () => {
    expect(settled({ ...stay, stayDays: 3 })).toMatchObject({
      requirement: "required",
      because: expect.stringContaining("2 days"),
    });
    expect(settled({ ...stay, diagnoses: ["O82"] })).toMatchObject({
      requirement: "required",
      because: expect.stringMatching(
        /^Delivery stay after a caesarean whose days are not said.*up to 4 days a notification is enough/,
      ),
    });
  });
  test("is told by its room only beside a diagnosis", () => {
    expect(settled({ ...stay, revenueCode: "0112", stayDays: 2 }).requirement).toBe("not-required");
    expect(settled({ ...stay, revenueCode: "0112", stayDays: 2, diagnoses: ["M54.16"] }).requirement).toBe("required");
  });
  test("frees no other procedure", () => {
    for (const code of ["27447", "58605", "72148", "99213"])
      expect(settled({ ...stay, code, stayDays: 2 }), code).toMatchObject({ requirement: "required", rule: "inpatient" });
  });
  test("is one without a level of care too, and none at any other level than acute", () => {
    expect(settled({ ...stay, levelOfCare: undefined, stayDays: 2 }).requirement).toBe("not-required");
    for (const levelOfCare of levelsOfCare.filter((level) => level !== "acute"))
      expect(settled({ ...stay, levelOfCare, stayDays: 1 }).requirement, levelOfCare).toBe("required");
  });
  test("is none in a room of psychiatry", () => {
    expect(settled({ ...stay, levelOfCare: undefined, revenueCode: "0124", stayDays: 2 }).requirement).toBe("required");
  });
  test("is none in any other institution", () => {
    for (const setting of ["skilled-nursing", "inpatient-rehabilitation", "long-term-care", "inpatient-respite"] as const)
      expect(settled({ ...stay, levelOfCare: undefined, setting, stayDays: 1 }).requirement, setting).toBe("required");
  });

  const delivery: Partial<Submission> = {
    setting: "inpatient",
    diagnoses: [{ code: "O80" }],
    lines: [{ modifiers: [], investigational: false }],
  };
  test("closes at once, and lacks nothing", () => {
    const request = aRequest({ ...delivery, admission: { date: "2026-12-20", levelOfCare: "acute", days: 2 } });
    expect(request).toMatchObject({ status: "not-required", missing: [], clock: [] });
  });
  test("whose days are not said waits for them", () => {
    const request = aRequest({ ...delivery, admission: { date: "2026-12-20", levelOfCare: "acute" } });
    expect(request).toMatchObject({ status: "awaiting-information", missing: expect.arrayContaining(["admission"]) });
  });
});

describe("family planning in Medicaid", () => {
  const outside: Partial<LineFacts> = { participating: false, facilityParticipating: false };
  const line = mriLine({ code: "J7297", description: "Intrauterine device" });

  test("is judged as at a participating provider, whoever gives it", () => {
    for (const code of ["J7297", "58300", "99213", "99999", "E0100"])
      for (const setting of settings.filter((one) => one !== "observation"))
        expect(settled({ ...outside, code, setting, diagnoses: ["Z30.430"] }), `${code}, ${setting}`).toEqual({
          ...settled({ code, setting, diagnoses: ["Z30.430"] }),
          because: expect.any(String),
        });
  });
  test("does not take part in the network for all that: post-stabilization stays bound to it", () => {
    expect(settled({ ...outside, code: "J7297", setting: "observation", postStabilization: true })).toMatchObject({
      requirement: "required",
      rule: "category",
    });
  });
  test("says so", () => {
    expect(settled({ ...outside, code: "99213", diagnoses: ["Z30.09"] }).because).toBe(
      "The plan lists the code among those that need no authorization; family planning is free of network rules.",
    );
  });
  test("says so where the network is not known, and not of a provider who takes part in it", () => {
    const because = (facts: Partial<LineFacts>) => settled({ code: "99213", diagnoses: ["Z30.09"], ...facts }).because;
    expect(because({ participating: undefined })).toContain("free of network rules");
    expect(because({ participating: true, facilityParticipating: false })).toContain("free of network rules");
    expect(because({ participating: true })).toBe("The plan lists the code among those that need no authorization.");
  });
  test("needs no reason for going outside the network", () => {
    const network = { servicingProvider: false, servicingFacility: false };
    const request = aRequest({ lines: [line] }, { network });
    expect(request.lines[0]).toMatchObject({ requirement: "required", rule: "category", category: "drug" });
    expect(complete(request).missing).toEqual([]);
    expect(complete(aRequest({ lines: [line], lineOfBusiness: "marketplace" }, { network })).missing).toEqual([
      "out-of-network-reason",
    ]);
    expect(complete(aRequest({ lines: [line, mriLine()] }, { network })).missing).toEqual(["out-of-network-reason"]);
  });
  test("keeps its clock, whatever the network", () => {
    const submission = aSubmission({ lines: [line] });
    expect(aRequest(submission, { network: { servicingProvider: false } }).clock).toEqual(aRequest(submission).clock);
  });
});

describe("the look-up of a contraceptive", () => {
  const known = { setting: "outpatient", emergency: false, postStabilization: false, clinicalTrial: false } as const;
  const nothingElse = { modifiers: [], revenueCode: null, diagnoses: [], levelOfCare: null, stayDays: null };
  const asked = { ...known, ...nothingElse, investigational: false, elective: true, programs: [], facilityParticipating: true };

  test("depends on the line of business, and on the network in all but Medicaid", () => {
    const { answers, dependsOn } = lookUp("J7297", asked, policy);
    expect(dependsOn).toEqual(["network", "lineOfBusiness"]);
    expect(answers.map(({ when, rule }) => [when, rule])).toEqual([
      [{ network: ["participating"] }, "category"],
      [{ network: ["not-participating"], lineOfBusiness: ["medicaid"] }, "category"],
      [{ network: ["not-participating"], lineOfBusiness: ["medicare-advantage", "marketplace"] }, "out-of-network"],
    ]);
  });
  test("is settled once it is said", () => {
    const { answers, dependsOn } = lookUp("J7297", { ...asked, lineOfBusiness: "medicaid", participating: false }, policy);
    expect(answers).toMatchObject([{ rule: "category", because: expect.stringContaining("free of network rules") }]);
    expect(dependsOn).toEqual([]);
  });
  test("asks nobody else for it", () => {
    for (const code of ["72148", "99213", "J1745"])
      expect(lookUp(code, asked, policy).dependsOn, code).not.toContain("lineOfBusiness");
    expect(lookUp("99213", { ...asked, diagnoses: ["Z30.09"] }, policy).dependsOn).toContain("lineOfBusiness");
  });
});
