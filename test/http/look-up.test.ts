import { describe, expect, test } from "vitest";
import { caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";

const anybody = await caller(undefined);
const lookUp = async (code: string, query = ""): Promise<Json> => {
  const answer = await anybody.get(`/v1/procedure-codes/${code}${query ? `?${query}` : ""}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

describe("does this service need authorization?", () => {
  test("a lumbar MRI: that depends, and the answer says on what", async () => {
    const answer = await lookUp("72148");
    expect(answer).toMatchObject({
      code: "72148",
      policyVersion: "2026-11-22",
      dependsOn: expect.arrayContaining(["setting", "emergency", "network", "trial"]),
      reminder: "Check benefit coverage and limits before providing services.",
    });
    expect(new Set(answer.answers.map((one: Json) => one.rule))).toEqual(
      new Set(["inpatient", "outpatient-emergency", "post-stabilization", "advanced-imaging", "out-of-network", "category"]),
    );
    for (const one of answer.answers) expect(one.because).toMatch(/\w.+\.$/);
  });

  test("whatever one can know leads to one of the answers, and only one", async () => {
    const { answers } = await lookUp("72148", "program=AR-CES&investigational=false&elective=true");
    const facts = {
      setting: ["outpatient", "observation", "inpatient", "home"],
      emergency: [true, false],
      postStabilization: [true, false],
      network: ["participating", "not-participating"],
      facilityNetwork: ["participating", "not-participating"],
      trial: [true, false],
    };
    const cases = Object.entries(facts).reduce<Json[]>(
      (some, [fact, values]) => some.flatMap((one) => values.map((value) => ({ ...one, [fact]: value }))),
      [{}],
    );
    for (const known of cases)
      expect(
        answers.filter((answer: Json) => Object.entries<Json>(answer.when).every(([fact, values]) => values.includes(known[fact]))),
      ).toHaveLength(1);
  });

  test("each fact that is said narrows it down to one", async () => {
    const outpatient =
      "setting=outpatient&emergency=false&postStabilization=false&network=participating&facilityNetwork=participating&trial=false&investigational=false&elective=true&program=none";
    expect(await lookUp("72148", outpatient)).toMatchObject({
      answers: [{ when: {}, requirement: "required", route: "vendor", rule: "advanced-imaging", category: "imaging-mri-mra" }],
      dependsOn: [],
    });
  });

  test.each<[string, string, Json]>([
    ["72148", "setting=emergency", { requirement: "not-required", route: "none", rule: "outpatient-emergency" }],
    ["72148", "emergency=true&setting=outpatient", { requirement: "not-required", rule: "outpatient-emergency" }],
    ["72148", "setting=inpatient", { requirement: "required", route: "plan", rule: "inpatient" }],
    [
      "72148",
      "setting=outpatient&emergency=false&trial=false&network=not-participating",
      { requirement: "required", route: "vendor" },
    ],
    [
      "99213",
      "setting=outpatient&network=participating&facilityNetwork=participating&emergency=false&trial=false&investigational=false",
      { requirement: "not-required", route: "none", rule: "no-authorization" },
    ],
    [
      "99213",
      "setting=outpatient&network=not-participating&emergency=false&trial=false&investigational=false",
      { requirement: "required", route: "plan", rule: "out-of-network" },
    ],
    [
      "99999",
      "setting=outpatient&network=participating&facilityNetwork=participating&emergency=false&trial=false&investigational=false",
      { requirement: "review", route: "plan", rule: "unlisted" },
    ],
    [
      "97110",
      "setting=outpatient&network=participating&facilityNetwork=participating&emergency=false&trial=false&investigational=false",
      { requirement: "required", route: "plan", rule: "category", category: "outpatient-therapy" },
    ],
    [
      "H2023",
      "program=AR-CES&setting=home&network=participating&facilityNetwork=participating&emergency=false&trial=false&investigational=false",
      { requirement: "required", category: "ces-waiver" },
    ],
  ])("%s with %s", async (code, query, answer) => {
    const { answers } = await lookUp(code, query);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject(answer);
  });

  test("a code may be written in lower case", async () => {
    expect((await lookUp("g0151")).code).toBe("G0151");
  });

  test.each(["7214", "721488", "DUMMY", "D0120", "72148-26", "%20", "W1234"])("%s is no code", async (code) => {
    expectProblem(await anybody.get(`/v1/procedure-codes/${code}`), "validation-failed", ["/code"]);
  });

  test("facts are as many as a submission may have, and no more", async () => {
    const many = (count: number) => Array(count).fill("M54.16").join(",");
    expect((await lookUp("72148", `setting=emergency&diagnosis=${many(12)}`)).answers).toHaveLength(1);
    expectProblem(
      await anybody.get(`/v1/procedure-codes/72148?diagnosis=${many(13)}&modifiers=LT,RT,50,59,26`),
      "validation-failed",
      ["/diagnosis", "/modifiers"],
    );
  });

  test("every faulty fact is named", async () => {
    const query = "setting=moon&network=maybe&emergency=yes&modifiers=LT,1234&serviceDate=soon&memberId=10487654321";
    expectProblem(await anybody.get(`/v1/procedure-codes/72148?${query}`), "validation-failed", [
      "/setting",
      "/network",
      "/emergency",
      "/modifiers/1",
      "/serviceDate",
      "/memberId",
    ]);
  });
});
