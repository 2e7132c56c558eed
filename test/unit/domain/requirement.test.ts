import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LineFacts, requirementOf } from "../../../shared/domain/requirement.ts";
import { decisionRules, inpatientFamily, settings } from "../../../shared/domain/vocabulary.ts";
import type { Categories } from "../../../shared/policy/plan-files.ts";
import { policy, policyWith } from "../../../shared/policy/policy.ts";
import categories from "../../../shared/policy/service-categories.json" with { type: "json" };
import { someFacts } from "../../builders.ts";

const settled = (facts: Partial<LineFacts>) => requirementOf(someFacts(facts), policy);
const byTheVendor = { requirement: "required", route: "vendor", rule: "advanced-imaging" };
const byThePlan = (rule: string) => ({ requirement: "required", route: "plan", rule });
const none = (rule: string) => ({ requirement: "not-required", route: "none", rule });

const imaging = [
  { name: "an MRI", code: "72148", category: "imaging-mri-mra" },
  { name: "an MRA", code: "70544", category: "imaging-mri-mra" },
  { name: "a CT", code: "70450", category: "imaging-ct-cta" },
  { name: "a CTA", code: "75574", category: "imaging-ct-cta" },
  { name: "a PET", code: "78815", category: "imaging-pet" },
  { name: "an MRI with a HCPCS code", code: "C8900", category: "imaging-mri-mra" },
];

describe.each(imaging)("$name", ({ code, category }) => {
  test("outpatient and non-emergent is the imaging vendor's", () => {
    expect(settled({ code })).toMatchObject({ ...byTheVendor, category });
  });
  test("in an emergency department needs no authorization", () => {
    expect(settled({ code, setting: "emergency" })).toMatchObject(none("outpatient-emergency"));
  });
  test("in an outpatient emergency needs no authorization", () => {
    expect(settled({ code, emergency: true })).toMatchObject(none("outpatient-emergency"));
  });
  test("in an emergency outside the network needs no authorization either", () => {
    expect(settled({ code, emergency: true, participating: false })).toMatchObject(none("outpatient-emergency"));
  });
  test("in observation is the plan's", () => {
    expect(settled({ code, setting: "observation" })).toMatchObject({ ...byThePlan("category"), category });
  });
  test("at home is the plan's", () => {
    expect(settled({ code, setting: "home" })).toMatchObject({ ...byThePlan("category"), category });
  });
  test("for an inpatient is the plan's", () => {
    expect(settled({ code, setting: "inpatient" })).toMatchObject(byThePlan("inpatient"));
  });
  test("out of network still goes to the vendor, and the plan keeps the exception", () => {
    const settledLine = settled({ code, participating: false });
    expect(settledLine).toMatchObject(byTheVendor);
    expect(settledLine.because).toContain("the plan keeps the network exception");
  });
  test("at a facility out of network still goes to the vendor", () => {
    expect(settled({ code, facilityParticipating: false })).toMatchObject(byTheVendor);
  });
  test("within a clinical trial is the plan's", () => {
    expect(settled({ code, clinicalTrial: true })).toMatchObject({ ...byThePlan("category"), category });
  });
});

test.each([
  ["the modifier Q0", { modifiers: ["Q0"] }],
  ["the modifier Q1", { modifiers: ["Q1"] }],
  ["the diagnosis Z00.6", { diagnoses: ["M54.16", "Z00.6"] }],
  ["the diagnosis without its dot", { diagnoses: ["Z006"] }],
])("%s tells that an MRI is within a clinical trial", (_, facts) => {
  expect(settled({ code: "72148", ...facts })).toMatchObject(byThePlan("category"));
});

test("imaging by revenue code alone is the vendor's", () => {
  expect(settled({ revenueCode: "0610" })).toMatchObject({ ...byTheVendor, category: "imaging-mri-mra" });
});

test("a plain film is not advanced imaging: it needs no authorization", () => {
  expect(settled({ code: "72100" })).toMatchObject(none("no-authorization"));
});

describe("the plan's published exceptions", () => {
  test.each(inpatientFamily)("every service in setting %s needs authorization by the plan, in an emergency too", (setting) => {
    for (const code of ["72148", "99213", "99999"])
      expect(settled({ setting, code, emergency: true, postStabilization: true })).toMatchObject(byThePlan("inpatient"));
  });

  test("a stay without a code needs authorization", () => {
    expect(settled({ setting: "inpatient", levelOfCare: "acute" })).toMatchObject({
      ...byThePlan("inpatient"),
      category: "inpatient",
    });
    expect(settled({ setting: "inpatient", levelOfCare: "psychiatric" }).category).toBe("behavioral-inpatient");
  });

  test("outpatient emergency services need none, whatever they are", () => {
    for (const code of ["97110", "E0100", "99999", "J0120"])
      expect(settled({ code, setting: "ambulance", emergency: true })).toMatchObject(none("outpatient-emergency"));
  });

  test("post-stabilization in any emergency department needs none", () => {
    expect(settled({ code: "97110", setting: "emergency", postStabilization: true, participating: false }).requirement).toBe(
      "not-required",
    );
  });

  test("post-stabilization in observation needs none by a participating provider", () => {
    expect(settled({ code: "97110", setting: "observation", postStabilization: true })).toMatchObject(none("post-stabilization"));
  });

  test.each([{ participating: false }, { facilityParticipating: false }])(
    "post-stabilization in observation needs one outside the network: %o",
    (network) => {
      expect(settled({ code: "97110", setting: "observation", postStabilization: true, ...network })).toMatchObject(
        byThePlan("out-of-network"),
      );
    },
  );

  test("post-stabilization elsewhere is no exception", () => {
    expect(settled({ code: "97110", postStabilization: true })).toMatchObject(byThePlan("category"));
  });

  test("a provider outside the network needs one for everything else, even for an office visit", () => {
    expect(settled({ code: "99213", participating: false })).toMatchObject(byThePlan("out-of-network"));
    expect(settled({ code: "99213", facilityParticipating: false })).toMatchObject(byThePlan("out-of-network"));
    expect(settled({ code: "99999", participating: false })).toMatchObject(byThePlan("out-of-network"));
  });

  test("a provider who is not named yet is read as taking part", () => {
    expect(settled({ code: "99213", participating: undefined })).toMatchObject(none("no-authorization"));
  });
});

describe("the lists", () => {
  test.each([
    ["an office visit", "99213"],
    ["an immunization", "90471"],
    ["a mammogram", "77066"],
    ["a blood count", "85025"],
    ["a venipuncture", "36415"],
    ["a delivery", "59400"],
    ["an emergency ambulance", "A0427"],
    ["crisis psychotherapy", "90839"],
    ["a simple wound repair", "12001"],
  ])("%s (%s) needs none", (_, code) => {
    expect(settled({ code })).toMatchObject(none("no-authorization"));
  });

  test.each([
    ["urine drug testing, though it is a laboratory's", "80305", "urine-drug-testing"],
    ["physical therapy", "97110", "outpatient-therapy"],
    ["applied behavior analysis", "97153", "applied-behavior-analysis"],
    ["a wheelchair", "K0001", "dme-prosthetics-orthotics"],
    ["a knee replacement", "27447", "elective-surgery"],
    ["a new technology", "0075T", "experimental-investigational"],
    ["a non-emergent ambulance", "A0428", "non-emergent-ambulance"],
    ["a drug under the medical benefit", "J1745", "drug"],
  ])("%s (%s) needs one by the plan", (_, code, category) => {
    expect(settled({ code })).toMatchObject({ ...byThePlan("category"), category });
  });

  test("therapy at home is home care", () => {
    expect(settled({ code: "97110", setting: "home" }).category).toBe("home-care");
  });

  test("surgery that is not elective is not in the list of elective surgery", () => {
    expect(settled({ code: "27447", elective: false })).toMatchObject({ requirement: "review", rule: "unlisted", category: null });
  });

  test("waiver services count for members of the waiver's program only", () => {
    expect(settled({ code: "H2016", programs: ["AR-CES"] })).toMatchObject({ ...byThePlan("category"), category: "ces-waiver" });
    expect(settled({ code: "H2016" })).toMatchObject({ requirement: "review", rule: "unlisted" });
  });

  test("a code that is unconfirmed for its category is reviewed by a person, not sent to the vendor", () => {
    expect(settled({ code: "75580" })).toMatchObject({ requirement: "review", route: "plan", category: "imaging-ct-cta" });
  });

  test("a code in neither list is reviewed by a person, never waved through", () => {
    expect(settled({ code: "99999" })).toMatchObject({ requirement: "review", route: "plan", rule: "unlisted", category: null });
  });
});

describe("the answer says which facts decided", () => {
  test.each<[Partial<LineFacts>, RegExp]>([
    [{ code: "99213", setting: "inpatient" }, /^Medical inpatient care.*the setting is an inpatient one/],
    [{ code: "99999", setting: "emergency" }, /^In an emergency department: outpatient emergency/],
    [{ code: "99999", emergency: true }, /^An emergency outside an inpatient stay: outpatient emergency/],
    [
      { code: "97110", setting: "observation", postStabilization: true },
      /^Post-stabilization care in observation by a participating/,
    ],
    [{ code: "72148" }, /^Outpatient, non-emergent MRI \/ MRA: the plan's imaging vendor decides\.$/],
    [{ code: "72148", setting: "home" }, /^MRI \/ MRA, told by its code: the plan decides, .*the outpatient setting only\.$/],
    [{ code: "72148", clinicalTrial: true }, /^MRI \/ MRA.*the plan decides, .*within a clinical trial\.$/],
    [{ code: "99213", participating: false }, /^The servicing provider does not participate/],
    [{ code: "99213", facilityParticipating: false }, /^The facility does not participate/],
    [{ code: "K0001" }, /^Durable medical equipment, prosthetics, orthotics, told by its code: the plan lists it/],
    [{ revenueCode: "0420" }, /^Outpatient therapy.*told by its revenue code/],
    [{ code: "99999", modifiers: ["GP"] }, /^Outpatient therapy.*told by a modifier/],
    [{ code: "99999", diagnoses: ["Z00.6"] }, /^Clinical trial, told by a diagnosis/],
    [{ code: "99213", clinicalTrial: true }, /^Clinical trial, as the request says/],
    [{ code: "99213", investigational: true }, /^Unproven, experimental or investigational, as the request says/],
    [{ code: "97110", setting: "home" }, /^Home care.*told by its code in this setting/],
    [{ code: "99213", setting: "residential" }, /^Residential behavioral health, told by its setting/],
    [{ code: "75580" }, /^CT \/ CTA: the code is unconfirmed for this category, a person reviews it\.$/],
    [{ code: "99213" }, /^The plan lists the code among those that need no authorization\.$/],
    [{ code: "99999" }, /^The code stands in none of the plan's lists: a person reviews it\.$/],
  ])("%o", (facts, says) => {
    expect(settled(facts).because).toMatch(says);
  });
});

test("a wheelchair's part is a waiver adaptation for members of the program, and equipment for everybody else", () => {
  expect(settled({ code: "K0108", programs: ["AR-CES"] }).category).toBe("ces-waiver");
  expect(settled({ code: "K0108" })).toMatchObject({ ...byThePlan("category"), category: "dme-prosthetics-orthotics" });
});

describe("rules that are written otherwise", () => {
  const rules = structuredClone(categories) as unknown as Categories;

  test("what a list of free codes excludes is not free", () => {
    const noAuthorization = [
      { ...rules.noAuthorization[0], codes: ["99000-99999"], exclude: ["99213"] },
    ] as typeof rules.noAuthorization;
    const other = policyWith({ ...rules, noAuthorization });
    expect(requirementOf(someFacts({ code: "99212" }), other)).toMatchObject(none("no-authorization"));
    expect(requirementOf(someFacts({ code: "99213" }), other)).toMatchObject({ requirement: "review", rule: "unlisted" });
  });

  test("a code that is unconfirmed for trials makes no trial of an MRI", () => {
    const trials = rules.rules.map((rule) => (rule.id === "clinical-trial" ? { ...rule, verify: ["72148", "99213"] } : rule));
    const other = policyWith({ ...rules, rules: trials });
    expect(requirementOf(someFacts({ code: "72148" }), other)).toMatchObject(byTheVendor);
    expect(requirementOf(someFacts({ code: "99213" }), other)).toMatchObject({ requirement: "review", category: "clinical-trial" });
  });
});

test("every combination of facts gets one answer that hangs together", () => {
  const facts = fc.record({
    setting: fc.constantFrom(...settings),
    emergency: fc.boolean(),
    postStabilization: fc.boolean(),
    participating: fc.constantFrom(true, false, undefined),
    facilityParticipating: fc.constantFrom(true, false, undefined),
    programs: fc.constantFrom([], ["AR-CES"]),
    clinicalTrial: fc.boolean(),
    code: fc.oneof(
      fc.constantFrom("72148", "99213", "K0108", "0889T", "80305"),
      fc.integer({ min: 0, max: 99_999 }).map((number) => String(number).padStart(5, "0")),
      fc
        .tuple(fc.constantFrom(..."ABCEGHJKLQSTV"), fc.nat(9999))
        .map(([letter, number]) => `${letter}${String(number).padStart(4, "0")}`),
    ),
    investigational: fc.boolean(),
    elective: fc.boolean(),
  });
  fc.assert(
    fc.property(facts, (given) => {
      const answer = settled(given);
      expect(decisionRules).toContain(answer.rule);
      expect(answer.because).toMatch(/\.$/);
      expect(answer.route === "none").toBe(answer.requirement === "not-required");
      if (answer.route === "vendor") expect(given.setting).toBe("outpatient");
      if (inpatientFamily.includes(given.setting)) expect(answer.requirement).toBe("required");
    }),
    { numRuns: 1000 },
  );
});
