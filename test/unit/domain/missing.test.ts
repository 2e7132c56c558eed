import { describe, expect, test } from "vitest";
import type { Network } from "../../../shared/domain/request.ts";
import type { Submission } from "../../../shared/domain/submission.ts";
import { inpatientFamily, type MissingItem, missingItems } from "../../../shared/domain/vocabulary.ts";
import { aRequest, aSubmission, complete, mriLine, npis, therapyLine, visitLine } from "../../builders.ts";

const { member, requestingProvider } = aSubmission();
const { name: _, ...namelessProvider } = requestingProvider;
const without = <T extends object, Key extends keyof T>(value: T, key: Key): Omit<T, Key> => {
  const { [key]: _gone, ...rest } = value;
  return rest;
};

/** Everything said, a document verified, and the one change. */
function missingWith(submission: Partial<Submission>, network: Network = { servicingProvider: true }): readonly MissingItem[] {
  const { servicingProvider, ...rest } = aSubmission();
  const given = "servicingProvider" in submission ? submission : { servicingProvider, ...submission };
  return complete(aRequest({ ...rest, ...given } as Partial<Submission>, { network })).missing;
}
const stay = { date: "2026-12-20", levelOfCare: "acute", days: 3 } as const;

describe("of a request with everything said", () => {
  test("nothing is missing once a clinical document is verified", () => {
    expect(missingWith({})).toEqual([]);
  });
  test("clinical documents are missing until then", () => {
    expect(aRequest().missing).toEqual(["clinical-documents"]);
  });
});

const cases: readonly { item: MissingItem; when: string; submission: Partial<Submission>; network?: Network }[] = [
  { item: "member-name", when: "without the given name", submission: { member: without(member, "givenName") } },
  { item: "member-name", when: "without the family name", submission: { member: without(member, "familyName") } },
  { item: "provider-name", when: "without the requesting provider's name", submission: { requestingProvider: namelessProvider } },
  {
    item: "provider-name",
    when: "without the servicing provider's name",
    submission: { servicingProvider: { npi: npis.miamiValley } },
  },
  { item: "service-date", when: "without a date on a line", submission: { lines: [without(mriLine(), "serviceDate")] } },
  { item: "diagnosis", when: "without a diagnosis", submission: { diagnoses: [] } },
  { item: "diagnosis-narrative", when: "without words for a diagnosis", submission: { diagnoses: [{ code: "M54.16" }] } },
  { item: "service-description", when: "without words for a line", submission: { lines: [without(mriLine(), "description")] } },
  { item: "visits", when: "for therapy without a quantity", submission: { lines: [without(therapyLine(), "quantity")] } },
  { item: "visits", when: "for therapy counted in hours", submission: { lines: [therapyLine({ unit: "hour" })] } },
  {
    item: "out-of-network-reason",
    when: "when the provider does not take part",
    submission: {},
    network: { servicingProvider: false },
  },
  {
    item: "out-of-network-reason",
    when: "when the facility does not take part",
    submission: {},
    network: { servicingProvider: true, servicingFacility: false },
  },
  {
    item: "out-of-network-reason",
    when: "when a line's own provider does not take part",
    submission: { lines: [mriLine({ servicingProvider: { npi: npis.outside, name: "Elsewhere" } })] },
    network: { servicingProvider: true, lines: { "1": false } },
  },
  ...inpatientFamily.map((setting) => ({
    item: "admission" as const,
    when: `in setting ${setting} without an admission`,
    submission: { setting },
  })),
  { item: "admission", when: "without its days", submission: { setting: "inpatient", admission: without(stay, "days") } },
  {
    item: "admission",
    when: "without its level of care",
    submission: { setting: "inpatient", admission: without(stay, "levelOfCare") },
  },
  { item: "admission", when: "without its date", submission: { setting: "inpatient", admission: without(stay, "date") } },
];

test.each(cases)("$item is missing $when, and nothing else", ({ item, submission, network }) => {
  expect(missingWith(submission, network)).toEqual([item]);
});

test("servicing-provider is missing when nobody is named, and nothing else", () => {
  const { servicingProvider: _gone, ...rest } = aSubmission();
  const request = aRequest({}, { submission: rest, network: {} });
  expect(complete(request).missing).toEqual(["servicing-provider"]);
});

test("every item of the list can be missing alone", () => {
  const proven = new Set<MissingItem>(["clinical-documents", "servicing-provider", ...cases.map(({ item }) => item)]);
  expect([...proven].sort()).toEqual([...missingItems].sort());
});

describe("is met", () => {
  test("by a line's own servicing provider", () => {
    const { servicingProvider: _gone, ...rest } = aSubmission({
      lines: [mriLine({ servicingProvider: { npi: npis.miamiValley, name: "Miami Valley Imaging" } })],
    });
    expect(complete(aRequest({}, { submission: rest, network: { lines: { "1": true } } })).missing).toEqual([]);
  });
  test("by the reason for going outside the network", () => {
    expect(missingWith({ outOfNetworkReason: "Nobody nearer does this." }, { servicingProvider: false })).toEqual([]);
  });
  test("by an admission's date for a line without one", () => {
    expect(missingWith({ setting: "inpatient", admission: stay, lines: [without(mriLine(), "serviceDate")] })).toEqual([]);
  });
  test("for the stay itself by the admission: it needs no description", () => {
    expect(missingWith({ setting: "inpatient", admission: stay, lines: [{ modifiers: [], investigational: false }] })).toEqual([]);
  });
});

describe("what is missing counts only for lines that need a decision", () => {
  test("an office visit lacks nothing, whatever is absent", () => {
    const request = aRequest({
      lines: [{ code: "99213", modifiers: [], investigational: false }],
      diagnoses: [],
      member: without(without(member, "givenName"), "familyName"),
      requestingProvider: namelessProvider,
    });
    expect(request).toMatchObject({ missing: [], status: "not-required", completeAt: null });
  });
  test("an office visit beside an MRI need not be described", () => {
    expect(missingWith({ lines: [mriLine(), without(without(visitLine(), "description"), "serviceDate")] })).toEqual([]);
  });
});

test("items stand in the vocabulary's order", () => {
  const request = aRequest({ diagnoses: [], member: without(member, "givenName"), lines: [without(mriLine(), "serviceDate")] });
  expect(request.missing).toEqual(["member-name", "service-date", "diagnosis", "clinical-documents"]);
});
