import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluatedLines } from "../../../shared/domain/evaluate.ts";
import type { KnownFacts } from "../../../shared/domain/known-facts.ts";
import { lookUp } from "../../../shared/domain/look-up.ts";
import { missingFrom } from "../../../shared/domain/missing.ts";
import type { Inquiry } from "../../../shared/domain/submission.ts";
import { linesOfBusiness, settings } from "../../../shared/domain/vocabulary.ts";
import { whatToSend } from "../../../shared/domain/what-to-send.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { npis, received } from "../../builders.ts";
import { rounds } from "../../faults/chance.ts";

/** By rule, for each answer to a code of which this much is known. */
const asked = (code: string, known: KnownFacts = {}) =>
  lookUp(code, known, policy).answers.map((answer) => ({
    ...answer,
    whatToSend: whatToSend(answer, code, known, policy),
  }));

const network = { participating: true, facilityParticipating: true } as const;
const atTheOffice = { setting: "outpatient", emergency: false, ...network } as const;
const always = [
  "member-name",
  "provider-name",
  "servicing-provider",
  "service-date",
  "diagnosis",
  "diagnosis-narrative",
  "service-description",
];

describe("what to send", () => {
  test("for an office visit in the network: nothing", () => {
    for (const answer of asked("99213", { ...atTheOffice, clinicalTrial: false, investigational: false }))
      expect(answer).toMatchObject({ requirement: "not-required", whatToSend: [] });
  });

  test("for therapy: the number of visits, for a scan not", () => {
    const [therapy] = asked("97110", { ...atTheOffice, clinicalTrial: false, investigational: false });
    expect(therapy?.whatToSend).toEqual([...always, "visits", "clinical-documents"]);
    const [scan] = asked("72148", { ...atTheOffice, clinicalTrial: false });
    expect(scan?.whatToSend).toEqual([...always, "clinical-documents"]);
  });

  test("for a stay: the admission", () => {
    const [stay] = asked("27447", { setting: "inpatient", ...network });
    expect(stay?.whatToSend).toEqual([...always, "admission", "clinical-documents"]);
    for (const answer of asked("27447")) expect(answer.whatToSend.includes("admission")).toBe(answer.rule === "inpatient");
  });

  test("outside the network: the reason for leaving it", () => {
    for (const outside of [{ participating: false }, { facilityParticipating: false }])
      for (const { whatToSend } of asked("99213", { ...atTheOffice, ...outside }))
        expect(whatToSend).toContain("out-of-network-reason");
    for (const { rule, whatToSend } of asked("99213", { setting: "outpatient", emergency: false }))
      expect(whatToSend.includes("out-of-network-reason")).toBe(rule === "out-of-network");
  });

  test("for family planning in Medicaid no such reason: it is free of network rules", () => {
    const reasons = (lineOfBusiness: (typeof linesOfBusiness)[number]) =>
      asked("58600", {
        ...atTheOffice,
        lineOfBusiness,
        participating: false,
        elective: true,
        clinicalTrial: false,
        investigational: false,
      })
        .filter(({ requirement }) => requirement !== "not-required")
        .map(({ whatToSend }) => whatToSend.includes("out-of-network-reason"));
    expect(reasons("medicaid")).toEqual([false]);
    expect(reasons("marketplace")).toEqual([true]);
  });
});

test("whoever says everything is told just what a submission of nothing more would be asked for", () => {
  const facts = fc.record({
    lineOfBusiness: fc.constantFrom(...linesOfBusiness),
    setting: fc.constantFrom(...settings),
    emergency: fc.boolean(),
    postStabilization: fc.boolean(),
    participating: fc.boolean(),
    facilityParticipating: fc.boolean(),
    programs: fc.constantFrom([], ["AR-CES"]),
    clinicalTrial: fc.boolean(),
    investigational: fc.boolean(),
    elective: fc.boolean(),
  });
  const codes = fc.constantFrom("72148", "99213", "97110", "27447", "H2016", "E0100", "58600", "59400", "J1745", "99999", "G0151");
  fc.assert(
    fc.property(codes, facts, (code, known) => {
      const [answer, ...others] = asked(code, { ...known, serviceDate: received.slice(0, 10) });
      expect(others).toEqual([]);
      const inquiry: Inquiry = {
        channel: "portal",
        state: "OH",
        priority: "standard",
        member: { programs: known.programs },
        requestingProvider: { npi: npis.dayton },
        lineOfBusiness: known.lineOfBusiness,
        setting: known.setting,
        emergency: known.emergency,
        postStabilization: known.postStabilization,
        ...(known.clinicalTrial ? { clinicalTrial: {} } : {}),
        diagnoses: [],
        lines: [{ code, modifiers: [], investigational: known.investigational, elective: known.elective }],
      };
      const network = { servicingProvider: known.participating, servicingFacility: known.facilityParticipating };
      const lines = evaluatedLines(inquiry, { network, receivedAt: received }, policy);
      const missing = missingFrom({ submission: inquiry, lines, network, receivedAt: received, documents: [] }, policy);
      // Of a diagnosis that is not there no narrative is missing yet.
      expect(answer?.whatToSend.filter((item) => item !== "diagnosis-narrative")).toEqual(missing);
    }),
    { numRuns: rounds(5_000, 300) },
  );
});
