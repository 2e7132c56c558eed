import { describe, expect, test } from "vitest";
import { aSubmission, hoursAfter, memberOfItsOwn, mri, npis, officeVisit, theLeast, therapy } from "./bodies.ts";
import { caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";

const provider = await caller({ role: "provider" });

describe("the contract's example", async () => {
  const answer = await provider.submit(aSubmission());
  const { body } = answer;

  test("is taken, and every field of the answer is as the contract says", () => {
    expect(answer.status).toBe(201);
    expect(body.id).toMatch(/^PA-[A-Z2-7]{26}$/);
    expect(body).toMatchObject({
      version: 1,
      status: "awaiting-information",
      channel: "portal",
      priority: "standard",
      completeAt: null,
      dueAt: hoursAfter(body.receivedAt, 7 * 24),
      dueRule: "medicaid.standard",
      clock: [
        { rule: "medicaid.standard", cite: "42 CFR 438.210(d)(1)", dueAt: hoursAfter(body.receivedAt, 7 * 24) },
        { rule: "ohio.medicaid.standard", dueAt: hoursAfter(body.receivedAt, 10 * 24) },
      ],
      overdue: false,
      extended: false,
      missing: ["clinical-documents"],
      policyVersion: "2026-11-22",
      referral: { vendor: "NIA", portalUrl: "https://www.radmd.com", status: "waiting", caseId: null },
      documents: [],
      authorization: null,
      updatedAt: body.receivedAt,
    });
    expect(body.lines).toEqual([
      {
        ...mri(),
        lineNumber: 1,
        investigational: false,
        category: "imaging-mri-mra",
        requirement: "required",
        route: "vendor",
        rule: "advanced-imaging",
        because: expect.stringMatching(/^Outpatient, non-emergent .*MRI.*: the plan's imaging vendor decides\.$/),
        decision: null,
      },
    ]);
  });

  test("names the request's address and version", () => {
    expect(answer.headers.get("location")).toBe(`/v1/requests/${body.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("idempotent-replayed")).toBeNull();
  });

  test("is received when it is submitted", () => {
    const answeredAt = Date.parse(answer.headers.get("date") ?? "");
    expect(Math.abs(answeredAt - Date.parse(body.receivedAt))).toBeLessThan(60_000);
  });

  test("reads back as it was answered", async () => {
    const read = await provider.get(answer.headers.get("location") ?? "");
    expect(read.status).toBe(200);
    expect(read.body).toEqual(body);
    expect(read.headers.get("etag")).toBe('"1"');
  });
});

describe("what is absent is listed as missing, and the clock runs all the same", () => {
  const { servicingProvider, diagnoses } = aSubmission();
  const without = (more: Json) => aSubmission({ servicingProvider: undefined, diagnoses: undefined, ...more });
  const { serviceDate: _sd, ...undated } = mri();
  const { description: _de, ...undescribed } = mri();
  const { quantity: _q, ...uncounted } = therapy();

  test.each<[string, Json]>([
    ["member-name", aSubmission({ member: memberOfItsOwn({ familyName: undefined }) })],
    ["member-name", aSubmission({ member: memberOfItsOwn({ givenName: undefined }) })],
    ["provider-name", aSubmission({ requestingProvider: { npi: npis.dayton } })],
    ["provider-name", aSubmission({ servicingProvider: { npi: npis.imaging } })],
    ["servicing-provider", without({ diagnoses })],
    ["service-date", aSubmission({ lines: [undated] })],
    ["diagnosis", without({ servicingProvider })],
    ["diagnosis", aSubmission({ diagnoses: [] })],
    ["diagnosis-narrative", aSubmission({ diagnoses: [{ code: "M54.16" }] })],
    ["service-description", aSubmission({ lines: [undescribed] })],
    ["visits", aSubmission({ lines: [uncounted] })],
    ["visits", aSubmission({ lines: [therapy({ unit: "unit" })] })],
    ["out-of-network-reason", aSubmission({ servicingProvider: { npi: npis.outside, name: "Elsewhere Imaging" } })],
    [
      "out-of-network-reason",
      aSubmission({ servicingFacility: { npi: npis.outside, name: "Elsewhere Hospital" }, lines: [therapy()] }),
    ],
    ["admission", aSubmission({ setting: "inpatient" })],
    ["admission", aSubmission({ setting: "inpatient", admission: { date: "2026-12-20", levelOfCare: "acute" } })],
  ])("%s", async (item, body) => {
    const answer = await provider.submit(body);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ status: "awaiting-information", missing: [item, "clinical-documents"], completeAt: null });
    expect(answer.body.dueAt).toBe(hoursAfter(answer.body.receivedAt, 7 * 24));
  });

  test("everything that may be absent at once", async () => {
    const answer = await provider.submit(theLeast({ setting: "inpatient", lines: [{ code: "97110" }] }));
    expect(answer.body.missing).toEqual([
      "member-name",
      "provider-name",
      "servicing-provider",
      "service-date",
      "diagnosis",
      "service-description",
      "admission",
      "clinical-documents",
    ]);
  });

  test("visits are asked for only where the category counts them", async () => {
    const answer = await provider.submit(aSubmission({ lines: [mri({ quantity: undefined, unit: undefined })] }));
    expect(answer.body.missing).toEqual(["clinical-documents"]);
  });

  test("a stay is asked for by admission, without any code", async () => {
    const admission = { date: "2026-12-20", type: "elective", levelOfCare: "acute", days: 3 };
    const answer = await provider.submit(aSubmission({ setting: "inpatient", admission, lines: [{ serviceDate: "2026-12-20" }] }));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({ missing: ["clinical-documents"], admission, referral: null });
    expect(answer.body.lines[0]).toMatchObject({ requirement: "required", route: "plan", rule: "inpatient" });
  });
});

describe("who decides", () => {
  test.each([
    ["in an emergency department", { setting: "emergency" }],
    ["for an outpatient emergency", { setting: "outpatient", emergency: true }],
    [
      "for an emergency in observation, out of network",
      { setting: "observation", emergency: true, servicingProvider: { npi: npis.outside } },
    ],
  ])("an MRI %s needs no authorization, whatever is absent", async (_where, more) => {
    const answer = await provider.submit(theLeast(more));
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toMatchObject({
      status: "not-required",
      missing: [],
      dueAt: null,
      dueRule: null,
      clock: [],
      overdue: false,
      referral: null,
      completeAt: null,
      lines: [{ requirement: "not-required", route: "none", rule: "outpatient-emergency", decision: null }],
    });
  });

  test("a mixed request is split by line", async () => {
    const answer = await provider.submit(aSubmission({ lines: [therapy(), mri(), officeVisit(), mri({ code: "99999" })] }));
    expect(answer.body.lines).toMatchObject([
      { lineNumber: 1, code: "97110", requirement: "required", route: "plan", rule: "category", category: "outpatient-therapy" },
      {
        lineNumber: 2,
        code: "72148",
        requirement: "required",
        route: "vendor",
        rule: "advanced-imaging",
        category: "imaging-mri-mra",
      },
      { lineNumber: 3, code: "99213", requirement: "not-required", route: "none", rule: "no-authorization", category: null },
      { lineNumber: 4, code: "99999", requirement: "review", route: "plan", rule: "unlisted", category: null },
    ]);
    expect(answer.body).toMatchObject({ status: "awaiting-information", referral: { status: "waiting" } });
  });

  test("imaging out of network is still the vendor's, and the plan keeps the exception", async () => {
    const answer = await provider.submit(
      aSubmission({
        servicingProvider: { npi: npis.outside, name: "Elsewhere Imaging" },
        outOfNetworkReason: "The only open scanner within 100 miles.",
      }),
    );
    expect(answer.body).toMatchObject({ missing: ["clinical-documents"], referral: { status: "waiting" } });
    expect(answer.body.lines[0]).toMatchObject({ route: "vendor", because: expect.stringContaining("network exception") });
  });

  test("an office visit out of network needs the plan's authorization, one in the network none", async () => {
    const lines = [officeVisit(), officeVisit({ servicingProvider: { npi: npis.outside, name: "Elsewhere Clinic" } })];
    const answer = await provider.submit(aSubmission({ lines }));
    expect(answer.body.lines).toMatchObject([
      { requirement: "not-required", route: "none" },
      { requirement: "required", route: "plan", rule: "out-of-network" },
    ]);
    expect(answer.body).toMatchObject({ missing: ["out-of-network-reason", "clinical-documents"], referral: null });
  });

  test("imaging within a clinical trial is the plan's", async () => {
    const answer = await provider.submit(aSubmission({ clinicalTrial: { nct: "01234567" } }));
    expect(answer.body).toMatchObject({ lines: [{ requirement: "required", route: "plan" }], referral: null });
  });
});

describe("the clock", () => {
  const drug = mri({ code: "J1745", description: "An infusion" });
  const outside = { npi: npis.outside, name: "Elsewhere Hospital" };

  test.each<[string, number, Json]>([
    ["medicaid.standard", 168, {}],
    ["medicaid.expedited", 72, { priority: "expedited", state: "TX" }],
    ["ohio.medicaid.expedited", 48, { priority: "expedited" }],
    ["medicaid.drug", 24, { lines: [drug] }],
    ["medicare-advantage.standard", 168, { lineOfBusiness: "medicare-advantage" }],
    ["medicare-advantage.expedited", 72, { lineOfBusiness: "medicare-advantage", priority: "expedited" }],
    ["medicare-advantage.drug.standard", 72, { lineOfBusiness: "medicare-advantage", lines: [drug] }],
    ["medicare-advantage.drug.expedited", 24, { lineOfBusiness: "medicare-advantage", priority: "expedited", lines: [drug] }],
    ["marketplace.standard", 15 * 24, { lineOfBusiness: "marketplace", state: "TX" }],
    ["marketplace.expedited", 72, { lineOfBusiness: "marketplace", priority: "expedited", state: "TX" }],
    ["post-stabilization", 1, { setting: "observation", postStabilization: true, servicingFacility: outside }],
  ])("%s: %i h from receipt, to the second", async (rule, hours, more) => {
    const { status, body, text } = await provider.submit(aSubmission(more));
    expect(status, text).toBe(201);
    expect(body).toMatchObject({ dueRule: rule, dueAt: hoursAfter(body.receivedAt, hours) });
    expect(body.clock[0]).toMatchObject({ rule, dueAt: body.dueAt, cite: expect.stringMatching(/CFR|ORC/) });
    expect(body.clock.map((row: Json) => row.dueAt)).toEqual(body.clock.map((row: Json) => row.dueAt).toSorted());
  });
});

describe("limits", () => {
  const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item);
  const diagnosis = { code: "M54.16", narrative: "Radiculopathy" };

  test.each<[string, Json]>([
    ["50 lines", { lines: many(50, { code: "72148" }) }],
    ["12 diagnoses", { diagnoses: many(12, diagnosis) }],
    ["a quantity of 99,999", { lines: [mri({ quantity: 99_999, unit: "unit" })] }],
    ["a text of 4,000 characters", { clinicalSummary: "y".repeat(4_000) }],
    [
      "codes in lower case, a diagnosis without its dot",
      { lines: [mri({ code: "c8900" })], diagnoses: [{ code: "m5416", narrative: "Back pain" }] },
    ],
  ])("%s: taken", async (_what, more) => {
    const answer = await provider.submit(aSubmission(more));
    expect(answer.status, answer.text).toBe(201);
  });

  test.each<[string, Json, string[]]>([
    ["51 lines", { lines: many(51, { code: "72148" }) }, ["/lines"]],
    ["no line", { lines: [] }, ["/lines"]],
    ["13 diagnoses", { diagnoses: many(13, diagnosis) }, ["/diagnoses"]],
    ["a quantity of 100,000", { lines: [mri({ quantity: 100_000 })] }, ["/lines/0/quantity"]],
    ["a quantity of 0", { lines: [mri({ quantity: 0 })] }, ["/lines/0/quantity"]],
    ["half a visit", { lines: [mri({ quantity: 0.5 })] }, ["/lines/0/quantity"]],
    ["a text of 4,001 characters", { clinicalSummary: "y".repeat(4_001) }, ["/clinicalSummary"]],
    ["texts of more than 16,000 characters together", { lines: many(5, mri({ description: "y".repeat(3_900) })) }, [""]],
    ["an empty text", { clinicalSummary: "" }, ["/clinicalSummary"]],
    ["a birth in the future", { member: { id: "10487654321", birthDate: "2999-01-01" } }, ["/member/birthDate"]],
    ["a line without any code, and no admission", { lines: [mri({ code: undefined })] }, ["/lines/0/code"]],
    ["a diagnosis pointer to nowhere", { lines: [mri({ diagnosisPointers: [1, 2] })] }, ["/lines/0/diagnosisPointers/1"]],
    ["an end before the beginning", { lines: [mri({ endDate: "2026-12-19" })] }, ["/lines/0/endDate"]],
    ["a day that does not exist", { lines: [mri({ serviceDate: "2026-02-30" })] }, ["/lines/0/serviceDate"]],
    ["an NPI with a wrong check digit", { requestingProvider: { npi: "1234567890" } }, ["/requestingProvider/npi"]],
    ["a member id of ten digits", { member: { id: "1048765432" } }, ["/member/id"]],
    ["a state that is none", { state: "XX" }, ["/state"]],
  ])("%s: refused", async (_what, more, pointers) => {
    expectProblem(await provider.submit(aSubmission(more)), "validation-failed", pointers);
  });

  test("whatever is required is named when it is absent", async () => {
    expectProblem(await provider.submit({}), "validation-failed", [
      "/channel",
      "/lineOfBusiness",
      "/state",
      "/priority",
      "/setting",
      "/member",
      "/requestingProvider",
      "/lines",
    ]);
    const hollow = theLeast({ member: {}, requestingProvider: {}, lines: [{}] });
    expectProblem(await provider.submit(hollow), "validation-failed", ["/member/id", "/requestingProvider/npi", "/lines/0/code"]);
  });

  test("five faults are told at once, each by its place", async () => {
    const answer = await provider.submit(
      aSubmission({
        priority: "yesterday",
        member: { id: "123", givenName: "Ada", birthDate: "2999-01-01" },
        lines: [mri({ code: "MRI" }), mri({ quantity: "1", colour: "blue" })],
      }),
    );
    expectProblem(answer, "validation-failed", [
      "/priority",
      "/member/id",
      "/member/birthDate",
      "/lines/0/code",
      "/lines/1/quantity",
      "/lines/1/colour",
    ]);
  });
});
