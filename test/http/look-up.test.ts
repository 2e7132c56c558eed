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
      "setting=outpatient&emergency=false&postStabilization=false&network=participating&facilityNetwork=participating&trial=false&investigational=false&elective=true&program=none&modifiers=none&revenueCode=none&diagnosis=none";
    expect(await lookUp("72148", outpatient)).toMatchObject({
      answers: [{ when: {}, requirement: "required", route: "vendor", rule: "advanced-imaging", category: "imaging-mri-mra" }],
      dependsOn: [],
      unless: [],
    });
  });

  test("what is not said and would lead elsewhere is named, and said to be none it counts no more", async () => {
    const office =
      "setting=outpatient&network=participating&facilityNetwork=participating&emergency=false&trial=false&investigational=false";
    const open = await lookUp("99213", office);
    expect(open).toMatchObject({
      answers: [{ requirement: "not-required" }],
      dependsOn: ["modifiers", "revenueCode", "diagnosis"],
    });
    expect(open.unless.find((one: Json) => one.values.includes("GP"))).toMatchObject({
      fact: "modifiers",
      leadsTo: [{ requirement: "required", category: "outpatient-therapy" }],
    });
    const settled = await lookUp("99213", `${office}&modifiers=none&revenueCode=none&diagnosis=none`);
    expect(settled).toMatchObject({ answers: open.answers, dependsOn: [], unless: [] });
  });

  test("two days of a delivery's stay are a notification, three need authorization", async () => {
    const stay =
      "setting=inpatient&trial=false&investigational=false&revenueCode=none&levelOfCare=acute&modifiers=none&diagnosis=none";
    expect(await lookUp("59400", stay)).toMatchObject({ answers: [{ requirement: "required" }], dependsOn: ["days"] });
    expect(await lookUp("59400", `${stay}&days=2`)).toMatchObject({ answers: [{ requirement: "not-required" }], dependsOn: [] });
    expect(await lookUp("59400", `${stay}&days=3`)).toMatchObject({ answers: [{ requirement: "required" }], dependsOn: [] });
    expect(await lookUp("59400", `${stay}&days=none`)).toMatchObject({ answers: [{ requirement: "required" }], dependsOn: [] });
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

  const sure = "setting=outpatient&network=participating&facilityNetwork=participating&emergency=false";

  test.each<[fact: string, code: string, query: string, Json]>([
    ["where it is done", "27447", "setting=inpatient", { rule: "inpatient" }],
    [
      "the network",
      "99213",
      "setting=outpatient&network=not-participating&emergency=false&trial=false&investigational=false",
      { rule: "out-of-network" },
    ],
    [
      "the facility's network",
      "99213",
      "setting=outpatient&network=participating&facilityNetwork=not-participating&emergency=false&trial=false&investigational=false",
      { rule: "out-of-network", because: expect.stringContaining("facility") },
    ],
    ["an emergency", "72148", "setting=outpatient&emergency=true", { rule: "outpatient-emergency" }],
    [
      "post-stabilization",
      "72148",
      "setting=observation&emergency=false&postStabilization=true&network=participating&facilityNetwork=participating",
      { rule: "post-stabilization" },
    ],
    ["a program", "H2016", `${sure}&program=AR-CES&trial=false&investigational=false`, { category: "ces-waiver" }],
    [
      "one of several programs",
      "H2016",
      `${sure}&program=X-1,AR-CES&trial=false&investigational=false`,
      { category: "ces-waiver" },
    ],
    [
      "a program said in a parameter of its own",
      "H2016",
      `${sure}&program=X-1&program=AR-CES&trial=false&investigational=false`,
      { category: "ces-waiver" },
    ],
    ["a modifier", "99213", `${sure}&modifiers=GP&trial=false&investigational=false`, { category: "outpatient-therapy" }],
    [
      "one of several modifiers",
      "99213",
      `${sure}&modifiers=25&modifiers=gp&trial=false&investigational=false`,
      { category: "outpatient-therapy" },
    ],
    ["a revenue code", "99213", `${sure}&revenueCode=0610&trial=false`, { route: "vendor", category: "imaging-mri-mra" }],
    ["a diagnosis", "99213", `${sure}&diagnosis=M54.16,z006&investigational=false&trial=false`, { category: "clinical-trial" }],
    ["a trial", "99213", `${sure}&trial=true&investigational=false`, { category: "clinical-trial" }],
    ["what is investigational", "99213", `${sure}&investigational=true&trial=false`, { category: "experimental-investigational" }],
    ["what is elective", "27447", `${sure}&elective=true&trial=false&investigational=false`, { category: "elective-surgery" }],
    ["what is not elective", "27447", `${sure}&elective=false&trial=false&investigational=false`, { rule: "unlisted" }],
    [
      "the line of business",
      "58600",
      "lineOfBusiness=medicaid&setting=outpatient&emergency=false&network=not-participating&elective=true&trial=false&investigational=false",
      { rule: "category" },
    ],
    [
      "another line of business",
      "58600",
      "lineOfBusiness=marketplace&setting=outpatient&emergency=false&network=not-participating&elective=true&trial=false&investigational=false",
      { rule: "out-of-network" },
    ],
  ])("%s decides", async (_fact, code, query, answer) => {
    const { answers } = await lookUp(code, query);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject(answer);
  });

  test("the day of service decides: before the rules begin, none of them holds", async () => {
    const on = async (day: string) =>
      (await lookUp("97110", `${sure}&trial=false&investigational=false&serviceDate=${day}`)).answers;
    expect(await on("2026-12-20")).toMatchObject([{ rule: "category" }]);
    expect(await on("1999-12-31")).toMatchObject([{ rule: "unlisted" }]);
    expect((await lookUp("97110", `${sure}&trial=false&investigational=false`)).answers).toEqual(await on("2026-12-20"));
  });

  test("an answer that needs a decision says what to send, and whom to contact", async () => {
    const { answers, contacts } = await lookUp("97110", `${sure}&trial=false&investigational=false`);
    expect(answers[0].whatToSend).toEqual([
      "member-name",
      "provider-name",
      "servicing-provider",
      "service-date",
      "diagnosis",
      "diagnosis-narrative",
      "service-description",
      "visits",
      "clinical-documents",
    ]);
    expect(contacts).toEqual({
      plan: [
        expect.objectContaining({ channel: "portal" }),
        expect.objectContaining({ address: "P.O. Box 1307, Dayton, OH 45401-1307" }),
      ],
    });
    const scan = await lookUp("72148", `${sure}&trial=false`);
    expect(scan.contacts).toEqual({ vendor: [{ channel: "portal", name: "NIA", url: "https://www.radmd.com" }] });
    const visit = await lookUp("99213", `${sure}&trial=false&investigational=false`);
    expect(visit).toMatchObject({ answers: [{ whatToSend: [] }], contacts: {} });
  });

  test("a code that is none is told together with the facts that are none", async () => {
    const answer = await anybody.get("/v1/procedure-codes/MRI?setting=moon&trial=perhaps");
    expectProblem(answer, "validation-failed", ["/code", "/setting", "/trial"]);
    expect(answer.text).not.toMatch(/moon|perhaps/);
  });

  test.each([
    ["setting=outpatient&setting=home", ["/setting"]],
    ["emergency=true&emergency=false", ["/emergency"]],
    ["network=yes&facilityNetwork=", ["/network", "/facilityNetwork"]],
    [
      "postStabilization=1&trial=TRUE&investigational=no&elective=",
      ["/postStabilization", "/trial", "/investigational", "/elective"],
    ],
    ["program=AR%20CES&modifiers=&diagnosis=back%20pain", ["/program/0", "/modifiers/0", "/diagnosis/0"]],
    ["levelOfCare=high&days=0", ["/levelOfCare", "/days"]],
    ["modifiers=none,GP&diagnosis=none,none&days=1000", ["/modifiers/0", "/diagnosis/0", "/diagnosis/1", "/days"]],
    ["revenueCode=610&serviceDate=2026-02-30&lineOfBusiness=medicare", ["/revenueCode", "/serviceDate", "/lineOfBusiness"]],
  ])("?%s is refused, fact by fact", async (query, pointers) => {
    expectProblem(await anybody.get(`/v1/procedure-codes/72148?${query}`), "validation-failed", pointers);
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
