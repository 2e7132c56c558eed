import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { faultsOf } from "../../../shared/api/faults.ts";
import { lookUpView, requirementCheckView, servicesView } from "../../../shared/api/policy-views.ts";
import { submissionBody } from "../../../shared/api/schemas.ts";
import { submissionFaults } from "../../../shared/api/submission-faults.ts";
import { requestView } from "../../../shared/api/views.ts";
import { maxDocumentBytes } from "../../../shared/domain/document.ts";
import type { KnownFacts } from "../../../shared/domain/known-facts.ts";
import { lookUp } from "../../../shared/domain/look-up.ts";
import { queueOf, type Request } from "../../../shared/domain/request.ts";
import { requirementOf } from "../../../shared/domain/requirement.ts";
import type { Submission, SubmittedLine } from "../../../shared/domain/submission.ts";
import { hearVendor } from "../../../shared/domain/transitions/hear-vendor.ts";
import { inform } from "../../../shared/domain/transitions/inform.ts";
import { channels, inpatientFamily, type LevelOfCare, type Setting } from "../../../shared/domain/vocabulary.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { checkRequirements } from "../../../shared/use-cases/check-requirements.ts";
import { registerDocument } from "../../../shared/use-cases/register-document.ts";
import {
  aRequest,
  aSubmission,
  asked,
  at,
  changed,
  complete,
  mriLine,
  npis,
  policies,
  received,
  requestId,
  someFacts,
  therapyLine,
  vendor,
  vendorDecides,
  visitLine,
} from "../../builders.ts";

/** What the plan publishes, sentence by sentence: each test bears the words that it holds the product to. */

const inNetwork = { servicingProvider: true };
const telling = { now: received, policy, reviews: false };
const outOfNetwork = { servicingProvider: false };
const judged = (submission: Partial<Submission>, network = inNetwork) => aRequest(submission, { network }).lines[0];
const service = (code: string, line: Partial<SubmittedLine> = {}) => mriLine({ code, ...line });
const stayLine: SubmittedLine = { modifiers: [], investigational: false };
const without = <T extends object, Key extends keyof T>(value: T, key: Key): Omit<T, Key> => {
  const { [key]: _gone, ...rest } = value;
  return rest;
};

const byPlan = (category: string | null, rule = "category") => ({ requirement: "required", route: "plan", category, rule });
const byVendor = (category: string) => ({ requirement: "required", route: "vendor", category, rule: "advanced-imaging" });
const needsNone = (rule: string) => ({ requirement: "not-required", route: "none", rule });

describe('Services that require prior authorization ("not limited to"; benefit coverage and limits also apply)', () => {
  const stay = (setting: Setting, levelOfCare: LevelOfCare): Partial<Submission> => ({
    setting,
    admission: { date: "2026-12-20", type: "elective", levelOfCare, days: 5 },
    lines: [stayLine],
  });
  const medical = byPlan("inpatient", "inpatient");
  const behavioral = byPlan("behavioral-inpatient", "inpatient");
  const { member } = aSubmission();
  const ofProgram = { member: { ...member, programs: ["AR-CES"] } };
  const therapy = "outpatient-mental-health-therapy";
  const equipment = "dme-prosthetics-orthotics";

  test.each<[string, string, Partial<Submission>, object]>([
    ["Waiver", "IDD / CES Waiver services", { ...ofProgram, setting: "home", lines: [service("H2016")] }, byPlan("ces-waiver")],
    ["Physical health", "medical inpatient care: acute", stay("inpatient", "acute"), medical],
    ["Physical health", "medical inpatient care: skilled nursing facility", stay("skilled-nursing", "skilled-nursing"), medical],
    [
      "Physical health",
      "medical inpatient care: inpatient rehabilitation/therapy",
      stay("inpatient-rehabilitation", "rehabilitation"),
      medical,
    ],
    ["Physical health", "medical inpatient care: long-term", stay("long-term-care", "long-term"), medical],
    ["Physical health", "medical inpatient care: respite", stay("inpatient-respite", "respite"), medical],
    ["Physical health", "elective surgery, outpatient", { lines: [service("27447")] }, byPlan("elective-surgery")],
    ["Physical health", "elective surgery, inpatient", { ...stay("inpatient", "acute"), lines: [service("27447")] }, medical],
    [
      "Physical health",
      "all clinical trials: said of the request",
      { clinicalTrial: {}, lines: [visitLine()] },
      byPlan("clinical-trial"),
    ],
    [
      "Physical health",
      "all clinical trials: told by a modifier",
      { lines: [visitLine({ modifiers: ["Q1"] })] },
      byPlan("clinical-trial"),
    ],
    [
      "Physical health",
      "all unproven, experimental or investigational items and services: by code",
      { lines: [service("0100T")] },
      byPlan("experimental-investigational"),
    ],
    [
      "Physical health",
      "all unproven, experimental or investigational items and services: said of the line",
      { lines: [visitLine({ investigational: true })] },
      byPlan("experimental-investigational"),
    ],
    [
      "Physical health",
      "non-emergent ambulance",
      { setting: "ambulance", lines: [service("A0428")] },
      byPlan("non-emergent-ambulance"),
    ],
    ["Physical health", "durable medical equipment (DME)", { lines: [service("E0601")] }, byPlan(equipment)],
    ["Physical health", "prosthetics included", { lines: [service("L5301")] }, byPlan(equipment)],
    ["Physical health", "orthotics included", { lines: [service("L1833")] }, byPlan(equipment)],
    ["Physical health", "home care services", { setting: "home", lines: [service("G0299")] }, byPlan("home-care")],
    ["Physical health", "home care therapies", { setting: "home", lines: [therapyLine()] }, byPlan("home-care")],
    ["Physical health", "outpatient therapies: physical", { lines: [therapyLine()] }, byPlan("outpatient-therapy")],
    ["Physical health", "outpatient therapies: occupational", { lines: [service("97530")] }, byPlan("outpatient-therapy")],
    ["Physical health", "outpatient therapies: speech", { lines: [service("92507")] }, byPlan("outpatient-therapy")],
    ["Behavioral health", "all inpatient stays: psychiatric", stay("inpatient", "psychiatric"), behavioral],
    ["Behavioral health", "all inpatient stays: detoxification", stay("inpatient", "detoxification"), behavioral],
    [
      "Behavioral health",
      "all inpatient stays: by revenue code",
      { ...stay("inpatient", "acute"), lines: [{ ...stayLine, revenueCode: "0124" }] },
      behavioral,
    ],
    [
      "Behavioral health",
      "residential",
      { setting: "residential", lines: [service("H0018")] },
      byPlan("residential-behavioral-health"),
    ],
    [
      "Behavioral health",
      "partial hospital program (PHP)",
      { setting: "partial-hospital", lines: [service("H0035")] },
      byPlan("partial-hospital-program"),
    ],
    [
      "Behavioral health",
      "transcranial magnetic stimulation (TMS)",
      { lines: [service("90868")] },
      byPlan("transcranial-magnetic-stimulation"),
    ],
    ["Behavioral health", "urine drug testing", { lines: [service("80305")] }, byPlan("urine-drug-testing")],
    ["Behavioral health", "outpatient mental health therapy", { lines: [service("90837")] }, byPlan(therapy)],
    [
      "Behavioral health",
      "applied behavioral analysis (ABA) included",
      { lines: [service("97153")] },
      byPlan("applied-behavior-analysis"),
    ],
    ["Advanced imaging", "MRI, outpatient and non-emergent", { lines: [mriLine()] }, byVendor("imaging-mri-mra")],
    ["Advanced imaging", "MRA, outpatient and non-emergent", { lines: [service("70544")] }, byVendor("imaging-mri-mra")],
    ["Advanced imaging", "CT, outpatient and non-emergent", { lines: [service("70450")] }, byVendor("imaging-ct-cta")],
    ["Advanced imaging", "CTA, outpatient and non-emergent", { lines: [service("75574")] }, byVendor("imaging-ct-cta")],
    ["Advanced imaging", "PET, outpatient and non-emergent", { lines: [service("78815")] }, byVendor("imaging-pet")],
  ])("%s: %s", (_group, _item, submission, answer) => {
    const line = judged(submission);
    expect(line).toMatchObject(answer);
    expect(servicesView(policy).services.map(({ id }) => id)).toContain(line?.category);
  });

  test.each(["99213", "85025", "71046", "97110", "E0601", "99999"])(
    "Physical health: every service by an out-of-network (non-participating) provider: %s",
    (code) => {
      expect(judged({ lines: [service(code)] }, outOfNetwork)).toMatchObject({
        requirement: "required",
        route: "plan",
        rule: "out-of-network",
      });
    },
  );

  test('"not limited to": what no list names is not free, a person reviews it', () => {
    const request = complete(aRequest({ lines: [service("99999")] }));
    expect(request.lines[0]).toMatchObject({ requirement: "review", route: "plan", rule: "unlisted" });
    expect(request).toMatchObject({ status: "in-review" });
    expect(queueOf(request)).toBe("nurse");
  });

  test("benefit coverage and limits also apply: the published list says so", () => {
    expect(servicesView(policy).reminder).toMatch(/benefit coverage and limits/);
  });
});

describe("Exceptions: they stand under non-participating providers; we read them as holding for all", () => {
  const networks = [inNetwork, outOfNetwork];
  const codes = ["72148", "99213", "97110", "27447", "E0601", "99999"];

  test.each(networks)("Outpatient emergency services need none: %o", (network) => {
    for (const code of codes) {
      expect(judged({ setting: "emergency", lines: [service(code)] }, network)).toMatchObject(needsNone("outpatient-emergency"));
      for (const setting of ["outpatient", "observation", "home", "ambulance"] as const)
        expect(judged({ setting, emergency: true, lines: [service(code)] }, network)).toMatchObject(
          needsNone("outpatient-emergency"),
        );
    }
  });

  test.each(networks)("All inpatient services need one: %o", (network) => {
    for (const setting of inpatientFamily)
      for (const code of codes)
        expect(judged({ setting, lines: [service(code)] }, network)).toMatchObject({ requirement: "required", route: "plan" });
  });

  test("an emergency admission is notified and requested afterwards", () => {
    const admission = { date: "2026-11-20", type: "emergency", levelOfCare: "acute", days: 4 } as const;
    const request = aRequest({ setting: "inpatient", emergency: true, admission, lines: [stayLine] });
    expect(request.lines[0]).toMatchObject(byPlan("inpatient", "inpatient"));
    expect(request.retrospective).toBe(true);
  });

  const afterwards = { postStabilization: true, lines: [therapyLine()] };
  test.each(networks)("Post-stabilization services need none in any emergency department: %o", (network) => {
    expect(judged({ ...afterwards, setting: "emergency" }, network)).toMatchObject({ requirement: "not-required", route: "none" });
  });

  test("Post-stabilization services need none in an observation setting by a participating provider", () => {
    expect(judged({ ...afterwards, setting: "observation" })).toMatchObject(needsNone("post-stabilization"));
  });

  test('we read "by a participating provider" as bound to the observation setting', () => {
    expect(judged({ ...afterwards, setting: "observation" }, outOfNetwork)).toMatchObject(
      byPlan("outpatient-therapy", "out-of-network"),
    );
    expect(judged({ ...afterwards, setting: "emergency" }, outOfNetwork)?.requirement).toBe("not-required");
  });

  test("Non-participating providers need one for everything else", () => {
    for (const code of codes)
      for (const setting of ["outpatient", "observation", "residential", "partial-hospital", "home", "ambulance"] as const)
        expect(judged({ setting, lines: [service(code)] }, outOfNetwork)).toMatchObject({ requirement: "required" });
  });
});

describe("Imaging", () => {
  test("Ordering physicians obtain it for outpatient, non-emergent procedures from NIA at RadMD's website", () => {
    expect(aRequest().referral).toMatchObject({ vendor: "NIA", portalUrl: "https://www.radmd.com" });
    expect(lookUpView("72148", outpatient, policy).contacts.vendor).toEqual([
      { channel: "portal", name: "NIA", url: "https://www.radmd.com" },
    ]);
  });

  test("a vendor's name is plan data", () => {
    const successor = { ...policy.imagingVendor, name: "Evolent", portalUrl: "https://www.evolent.example" };
    const context = { ...at(received), policy: { ...policy, imagingVendor: successor } };
    expect(aRequest({}, {}, context).referral).toMatchObject({ vendor: "Evolent", portalUrl: "https://www.evolent.example" });
  });

  test("through us: the request is referred", () => {
    expect(complete(aRequest())).toMatchObject({
      status: "referred-to-vendor",
      referral: { number: 1, releasedAt: expect.any(String) },
    });
  });

  test("directly: an authorization opened at the vendor must reach our records too", () => {
    const openedCase = { caseId: "NIA-1", version: 1, eventId: "event-opened-1", fingerprint: "f" };
    const opened = aRequest({ channel: "vendor" }, { openedCase });
    expect(opened).toMatchObject({ submission: { channel: "vendor" }, referral: { status: "acknowledged", caseId: "NIA-1" } });
    const approved = changed(opened, hearVendor, vendorDecides(2), at(received, vendor));
    expect(approved).toMatchObject({ status: "approved", authorization: { number: expect.stringMatching(/^AU-/) } });
  });

  test.each<[string, Partial<Submission>]>([
    ["Emergency department", { setting: "emergency" }],
    ["observation", { setting: "observation" }],
    ["inpatient", { setting: "inpatient" }],
  ])("%s imaging is not the vendor's", (_, submission) => {
    for (const code of ["72148", "70450", "78815"]) {
      const request = aRequest({ ...submission, lines: [service(code)] });
      expect(request.lines[0]?.route).not.toBe("vendor");
      expect(request.referral).toBeNull();
    }
  });

  test("out-of-network imaging still goes to the vendor (the plan keeps the network exception)", () => {
    const request = aRequest({}, { network: outOfNetwork });
    expect(request.lines[0]).toMatchObject(byVendor("imaging-mri-mra"));
    expect(request.lines[0]?.because).toContain("the plan keeps the network exception");
    expect(request.missing).toContain("out-of-network-reason");
  });

  test("imaging within a clinical trial goes to the plan", () => {
    const request = aRequest({ clinicalTrial: { nct: "01234567" } });
    expect(request.lines[0]).toMatchObject(byPlan("imaging-mri-mra"));
    expect(request.referral).toBeNull();
  });

  test("The ordering provider is recorded apart from the imaging facility", () => {
    const providers = {
      requestingProvider: { npi: npis.dayton, name: "Dayton Orthopaedics" },
      servicingProvider: { npi: npis.miamiValley, name: "Miami Valley Imaging" },
      servicingFacility: { npi: npis.outside, name: "Elsewhere Hospital" },
    };
    expect(requestView(aRequest(providers), [], telling)).toMatchObject(providers);
  });
});

const outpatient = {
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  participating: true,
  facilityParticipating: true,
  clinicalTrial: false,
  investigational: false,
  elective: true,
  programs: [],
  lineOfBusiness: "medicaid",
  modifiers: [],
  revenueCode: null,
  diagnoses: [],
} as const satisfies KnownFacts;

describe("Look-up", () => {
  test.each([
    ["72148", "required"],
    ["99213", "not-required"],
    ["99999", "review"],
  ])("A Procedure Code Lookup Tool says whether a service requires authorization: %s", (code, requirement) => {
    expect(lookUpView(code, outpatient, policy)).toMatchObject({ code, answers: [{ requirement }], dependsOn: [] });
  });

  test('"check benefit coverage and limits before providing services" belongs in every answer', async () => {
    const reminder = "Check benefit coverage and limits before providing services.";
    for (const code of ["72148", "99213", "99999"])
      for (const known of [{}, outpatient, { setting: "emergency" } as const])
        expect(lookUpView(code, known, policy).reminder).toBe(reminder);
    const deps = { directory: { lookUp: async () => new Map() }, policies, clock: { now: () => received } };
    expect(requirementCheckView(await checkRequirements(deps as never, aSubmission())).reminder).toBe(reminder);
    expect(servicesView(policy).reminder).toBe(reminder);
    expect(requestView(aRequest(), [], telling).reminder).toBe(reminder);
  });

  const free = policy.noAuthorization.flatMap(({ id, codes }) => codes.map((range) => [id, range] as const));
  test.each(free)("It must mostly be able to say no: codes listed under noAuthorization need none: %s, %s", (_, range) => {
    for (const code of range.split("-"))
      expect(lookUp(code, outpatient, policy).answers).toMatchObject([needsNone("no-authorization")]);
  });

  test.each([
    ["an everyday office visit", "99213"],
    ["a chest film", "71046"],
    ["a blood count", "85025"],
  ])("It must mostly be able to say no: %s", (_, code) => {
    expect(aRequest({ lines: [service(code)] }).status).toBe("not-required");
  });

  test("only codes in neither list are for a person", () => {
    const codes = Array.from({ length: 100_000 }, (_, number) => String(number).padStart(5, "0"));
    const listed = new Set([
      ...policy.rules.flatMap(({ match, exclude }) => within(match.codes, exclude)),
      ...policy.noAuthorization.flatMap(({ codes, exclude }) => within(codes, exclude)),
    ]);
    // A code that is unconfirmed for a rule is not on that rule's list yet.
    for (const code of policy.rules.flatMap(({ verify }) => within(verify))) listed.delete(code);
    const reviewed = codes.filter((code) => requirementOf(someFacts({ code }), policy).requirement === "review");
    expect(reviewed).toEqual(codes.filter((code) => !listed.has(code)));
  });

  /** Codes of five digits within ranges, one by one. */
  const within = (ranges: readonly string[] = [], excluded: readonly string[] = []): readonly string[] => {
    const out = new Set(excluded.flatMap((range) => within([range])));
    return ranges.flatMap((range) => {
      const [first = "", last = first] = range.split("-");
      if (!/^\d{5}$/.test(first)) return [];
      const all = Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => String(Number(first) + index));
      return all.map((code) => code.padStart(5, "0")).filter((code) => !out.has(code));
    });
  };
});

describe("Payment rule", () => {
  test("A service that requires authorization must be authorized before it is delivered: asking is not yet having it", () => {
    expect(complete(aRequest()).authorization).toBeNull();
  });

  test("A past date of service is accepted as a retrospective request and marked so", () => {
    const request = aRequest({ lines: [mriLine({ serviceDate: "2026-11-20" })] });
    expect(request).toMatchObject({ status: "awaiting-information", retrospective: true });
    expect(requestView(request, [], telling).retrospective).toBe(true);
    expect(submissionFaults({ ...aSubmission(), lines: [{ code: "72148", serviceDate: "2026-11-20" }] }, received)).toEqual([]);
  });

  test.each<[string, boolean, Partial<Submission>]>([
    ["the day of receipt", false, { lines: [mriLine({ serviceDate: "2026-11-23" })] }],
    ["the day before", true, { lines: [mriLine({ serviceDate: "2026-11-22" })] }],
    ["a day to come", false, { lines: [mriLine()] }],
    ["no day at all", false, { lines: [without(mriLine(), "serviceDate")] }],
    ["one past day of several", true, { lines: [mriLine(), mriLine({ serviceDate: "2026-11-22" })] }],
    ["an admission in the past", true, { setting: "inpatient", admission: { date: "2026-11-22" }, lines: [stayLine] }],
  ])("past is what lies before the day of receipt: %s", (_, retrospective, submission) => {
    expect(aRequest(submission).retrospective).toBe(retrospective);
  });

  test("past is told in the plan's time zone: at its midnight yesterday becomes past", () => {
    const lines = [mriLine({ serviceDate: "2026-11-23" })];
    expect(aRequest({ lines }, { receivedAt: "2026-11-24T04:59:59.999Z" }).retrospective).toBe(false);
    expect(aRequest({ lines }, { receivedAt: "2026-11-24T05:00:00.000Z" }).retrospective).toBe(true);
  });

  test("a letter is judged by the day on which it reached the plan, not by that of its keying", () => {
    const lines = [mriLine({ serviceDate: "2026-11-20" })];
    expect(aRequest({ channel: "mail", lines }, { receivedAt: "2026-11-19T05:00:00.000Z" }).retrospective).toBe(false);
  });

  test("a past date that is said later is marked as well", () => {
    const request = aRequest({ lines: [without(mriLine(), "serviceDate")] });
    const information = {
      supplement: { lines: [{ lineNumber: 1, serviceDate: "2026-11-20" }] },
      answers: [],
      network: inNetwork,
      membership: asked(),
      servicingOrganization: null,
    };
    expect(changed(request, inform, information).retrospective).toBe(true);
  });
});

describe("Channels", () => {
  const body = {
    lineOfBusiness: "medicaid",
    state: "OH",
    priority: "standard",
    setting: "outpatient",
    member: { id: "10487654321" },
    requestingProvider: { npi: npis.dayton },
    lines: [{ code: "72148" }],
  };

  test("Provider Portal: preferred, so it is named first", () => {
    expect(lookUpView("97110", outpatient, policy).contacts.plan?.[0]).toMatchObject({
      channel: "portal",
      name: "Provider Portal",
    });
  });

  test("Provider Portal: immediate answer where possible", () => {
    const visit = aRequest({ channel: "portal", lines: [visitLine()] });
    expect(visit).toMatchObject({ version: 1, status: "not-required", clock: [] });
  });

  test.each(["portal", "mail", "phone", "fax"])("%s", (channel) => {
    expect(channels).toContain(channel);
    expect(z.safeParse(submissionBody(), { ...body, channel }).success).toBe(true);
  });

  test("mail (P.O. Box 1307, Dayton, OH 45401-1307): contact data is plan data, shown where people look", () => {
    const mail = expect.objectContaining({ channel: "mail", address: "P.O. Box 1307, Dayton, OH 45401-1307" });
    expect(policy.plan.contacts).toContainEqual(mail);
    expect(lookUpView("97110", outpatient, policy).contacts.plan).toContainEqual(mail);
    expect(servicesView(policy).contacts.plan).toContainEqual(mail);
  });
});

describe("What a request carries", () => {
  const { member, requestingProvider } = aSubmission();
  const body = {
    channel: "portal",
    lineOfBusiness: "medicaid",
    state: "OH",
    priority: "standard",
    setting: "outpatient",
    member: { id: "10487654321" },
    requestingProvider: { npi: npis.dayton },
    lines: [{ code: "72148" }],
  };
  const pointers = (given: object) => {
    const result = z.safeParse(submissionBody(), given);
    return result.success ? [] : faultsOf(result.error.issues, given).map(({ pointer }) => pointer);
  };
  const missing = (submission: Partial<Submission>, network = inNetwork) => complete(aRequest(submission, { network })).missing;

  test("everything said, nothing is missing", () => {
    expect(missing({})).toEqual([]);
  });
  test("Member name", () => {
    expect(missing({ member: without(member, "familyName") })).toEqual(["member-name"]);
  });
  test("11-digit member ID", () => {
    expect(pointers(body)).toEqual([]);
    for (const id of ["1048765432", "104876543210", "1048765432A", "10487 54321"])
      expect(pointers({ ...body, member: { id } }), id).toEqual(["/member/id"]);
  });
  test("provider name", () => {
    expect(missing({ requestingProvider: without(requestingProvider, "name") })).toEqual(["provider-name"]);
  });
  test("provider NPI", () => {
    for (const npi of ["1234567890", "123456789", "3234567893"])
      expect(pointers({ ...body, requestingProvider: { npi } }), npi).toEqual(["/requestingProvider/npi"]);
    for (const npi of ["1234567893", "1245319599", "1679576722"])
      expect(pointers({ ...body, requestingProvider: { npi } }), npi).toEqual([]);
  });
  test("anticipated date of service", () => {
    expect(missing({ lines: [without(mriLine(), "serviceDate")] })).toEqual(["service-date"]);
  });
  test("diagnosis code", () => {
    expect(missing({ diagnoses: [] })).toEqual(["diagnosis"]);
    expect(pointers({ ...body, diagnoses: [{ code: "back pain" }] })).toEqual(["/diagnoses/0/code"]);
  });
  test("diagnosis narrative", () => {
    expect(missing({ diagnoses: [{ code: "M54.16" }] })).toEqual(["diagnosis-narrative"]);
  });
  test("procedure, treatment or service requested", () => {
    expect(submissionFaults({ ...body, lines: [{}] }, received).map(({ pointer }) => pointer)).toEqual(["/lines/0/code"]);
    expect(pointers({ ...body, lines: [] })).toEqual(["/lines"]);
    expect(missing({ lines: [without(mriLine(), "description")] })).toEqual(["service-description"]);
  });
  test("number of visits, if applicable", () => {
    expect(missing({ lines: [without(therapyLine(), "quantity")] })).toEqual(["visits"]);
    expect(missing({ lines: [without(mriLine(), "quantity")] })).toEqual([]);
  });
  test("reason for referring to an out-of-plan provider, if applicable", () => {
    expect(missing({}, outOfNetwork)).toEqual(["out-of-network-reason"]);
    expect(missing({ outOfNetworkReason: "Nobody nearer does this." }, outOfNetwork)).toEqual([]);
    expect(missing({}, inNetwork)).toEqual([]);
  });
  test("clinical information that supports medical necessity: documents", () => {
    expect(aRequest().missing).toEqual(["clinical-documents"]);
  });

  test("documents of up to 100 MB (our reading: each document, 100 MiB = 104,857,600 bytes)", async () => {
    expect(maxDocumentBytes).toBe(104_857_600);
    expect(await registered(104_857_601, aRequest())).toMatchObject({ ok: false, refusal: { problem: "document-too-large" } });
    // Large enough documents before it do not make this one too large: it gets as far as the hourly allowance.
    for (const request of [aRequest(), complete(aRequest())])
      expect(await registered(104_857_600, request)).toMatchObject({ ok: false, refusal: { problem: "too-many-uploads" } });
  });

  test("An admission is asked for by date, level of care and days rather than by a procedure code", () => {
    const admission = { date: "2026-12-20", levelOfCare: "acute", days: 3 } as const;
    expect(submissionFaults({ ...body, setting: "inpatient", admission, lines: [{}] }, received)).toEqual([]);
    const asked = { setting: "inpatient", admission, lines: [stayLine] } as const;
    expect(missing(asked)).toEqual([]);
    expect(judged(asked)).toMatchObject(byPlan("inpatient", "inpatient"));
    for (const part of ["date", "levelOfCare", "days"] as const)
      expect(missing({ ...asked, admission: without(admission, part) }), part).toContain("admission");
  });
});

/** As far as the hourly allowance, which is used up. */
const registered = (size: number, request: Request) =>
  registerDocument(
    {
      requests: { find: async () => request },
      allowance: { take: async () => false },
      clock: { now: () => received },
      policies,
      policy,
    } as never,
    {
      issuer: "https://issuer",
      subject: "desk",
      organization: request.organization,
      scopes: new Set(["requests:write"]),
      person: null,
    },
    {
      requestId,
      description: {
        fileName: "note.pdf",
        contentType: "application/pdf",
        size,
        sha256: `${"A".repeat(43)}=`,
        kind: "clinical",
      },
    },
  );
