import { describe, expect, test } from "vitest";
import { aSubmission, mri, npis, officeVisit, theLeast, therapy } from "./bodies.ts";
import { caller, type Json } from "./client.ts";
import { expectProblem } from "./problems.ts";
import { enroll } from "./roster.ts";

const provider = await caller({ role: "provider" });

/** A submission as it is asked about: without its member. */
const asked = ({ member: _, ...rest }: Json = aSubmission(), more: Json = {}): Json => ({ ...rest, ...more });
const check = (body: Json) => provider.post("/v1/requirement-checks", body);
const checked = async (body: Json): Promise<Json> => {
  const answer = await check(body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

const requirementIn = ({ lineNumber, requirement, route, category, rule, because }: Json) => ({
  lineNumber,
  requirement,
  route,
  category,
  rule,
  because,
});

describe("a check", () => {
  const outside = { npi: npis.outside, name: "Elsewhere Clinic" };
  test.each<[string, Json]>([
    ["the contract's example", aSubmission()],
    ["a mixed request", aSubmission({ lines: [therapy(), mri(), officeVisit(), mri({ code: "99999" })] })],
    ["everyday care", aSubmission({ lines: [officeVisit(), mri({ code: "71046" })] })],
    ["care out of network", aSubmission({ servicingProvider: outside, lines: [officeVisit()] })],
    ["one line of two out of network", aSubmission({ lines: [officeVisit(), officeVisit({ servicingProvider: outside })] })],
    ["an emergency", aSubmission({ emergency: true })],
    ["a stay", aSubmission({ setting: "inpatient", admission: { date: "2026-12-20" }, lines: [{}] })],
    ["a trial", aSubmission({ clinicalTrial: {} })],
    [
      "a member of a program",
      aSubmission({ member: { ...aSubmission().member, programs: ["AR-CES"] }, lines: [mri({ code: "H2016" })] }),
    ],
  ])("answers line by line what a submission of the same would get: %s", async (_what, submission) => {
    const { programs } = submission.member;
    const body = await checked(asked(submission, { programs }));
    const { body: submitted } = await provider.submit(submission);
    expect(body.lines.map(requirementIn)).toEqual(submitted.lines.map(requirementIn));
    expect(body).toMatchObject({
      status: submitted.status,
      missing: submitted.missing,
      policyVersion: submitted.policyVersion,
      reminder: "Check benefit coverage and limits before providing services.",
    });
    const routes = new Set(body.lines.map((line: Json) => line.route));
    expect(new Set(Object.keys(body.contacts))).toEqual(new Set([...routes].filter((route) => route !== "none")));
  });

  test("answers line by line what a submission of the same would get", async () => {
    expect(await checked(asked(aSubmission({ lines: [mri(), officeVisit()] })))).toEqual({
      policyVersion: "2026-11-22",
      status: "awaiting-information",
      missing: ["clinical-documents"],
      lines: [
        {
          lineNumber: 1,
          code: "72148",
          modifiers: [],
          requirement: "required",
          route: "vendor",
          category: "imaging-mri-mra",
          rule: "advanced-imaging",
          because: expect.stringContaining("vendor decides"),
        },
        {
          lineNumber: 2,
          code: "99213",
          modifiers: [],
          requirement: "not-required",
          route: "none",
          category: null,
          rule: "no-authorization",
          because: expect.stringMatching(/\.$/),
        },
      ],
      contacts: { vendor: [{ channel: "portal", name: "NIA", url: "https://www.radmd.com" }] },
      reminder: "Check benefit coverage and limits before providing services.",
    });
  });

  test("asks the directory: a provider whom it does not know does not participate", async () => {
    const { npi } = await enroll();
    const visit = (by: string) => asked(aSubmission({ servicingProvider: { npi: by, name: "Somebody" }, lines: [officeVisit()] }));
    expect(await checked(visit(npi))).toMatchObject({ status: "not-required", missing: [], contacts: {} });
    expect(await checked(visit(npis.outside))).toMatchObject({
      status: "awaiting-information",
      missing: ["out-of-network-reason", "clinical-documents"],
      lines: [{ rule: "out-of-network" }],
    });
  });

  test("of the least that a submission may be says all that would be missing, but for the member's name", async () => {
    const body = await checked(asked(theLeast({ lines: [{ code: "97110" }] })));
    expect(body.missing).toEqual([
      "provider-name",
      "servicing-provider",
      "service-date",
      "diagnosis",
      "service-description",
      "visits",
      "clinical-documents",
    ]);
  });

  test("a program makes the difference for a waiver service", async () => {
    const waiver = (programs?: string[]) => asked(aSubmission({ lines: [mri({ code: "H2016" })] }), programs ? { programs } : {});
    expect((await checked(waiver(["AR-CES"]))).lines[0]).toMatchObject({ requirement: "required", category: "ces-waiver" });
    expect((await checked(waiver())).lines[0]).toMatchObject({ requirement: "review", category: null });
  });

  test("stores nothing: the list stays as it was, and no key is asked for", async () => {
    const { organization } = await enroll();
    const newcomer = await caller({ role: "provider", organization });
    expect((await newcomer.post("/v1/requirement-checks", asked())).status).toBe(200);
    expect((await newcomer.get("/v1/requests")).body.items).toEqual([]);
  });

  test("is never kept on the way", async () => {
    const { headers } = await check(asked());
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("etag")).toBeNull();
  });
});

describe("what is wrong with a check is told at once", () => {
  test("all that is required, but no member", async () => {
    expectProblem(await check({}), "validation-failed", [
      "/channel",
      "/lineOfBusiness",
      "/state",
      "/priority",
      "/setting",
      "/requestingProvider",
      "/lines",
    ]);
  });

  test.each<[string, Json, string[]]>([
    ["a member", aSubmission(), ["/member"]],
    ["programs where a submission has them", asked(theLeast(), { member: { programs: [] } }), ["/member"]],
    ["a program that is no id", asked(theLeast(), { programs: ["AR CES", 7] }), ["/programs/0", "/programs/1"]],
    ["a line without any code", asked(theLeast({ lines: [{}] })), ["/lines/0/code"]],
    [
      "a pointer to no diagnosis",
      asked(aSubmission({ lines: [mri({ diagnosisPointers: [2] })] })),
      ["/lines/0/diagnosisPointers/0"],
    ],
    ["an end before its beginning", asked(aSubmission({ lines: [mri({ endDate: "2026-12-01" })] })), ["/lines/0/endDate"]],
    ["a receipt for the portal", asked(theLeast(), { receivedAt: "2026-01-01" }), ["/receivedAt"]],
    [
      "several",
      asked(theLeast({ state: "XX", setting: "moon", lines: [{ code: "MRI" }] })),
      ["/state", "/setting", "/lines/0/code"],
    ],
  ])("%s", async (_what, body, pointers) => {
    expectProblem(await check(body), "validation-failed", pointers);
  });

  test("what came by mail may be asked about as it would be keyed in", async () => {
    const body = asked(theLeast({ channel: "mail" }), { receivedAt: "2026-01-15", organization: "org-demo" });
    expect((await checked(body)).lines).toHaveLength(1);
  });
});
