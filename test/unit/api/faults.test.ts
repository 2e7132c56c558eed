import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { faultsOf, pointerTo } from "../../../shared/api/faults.ts";
import {
  documentBody,
  informationBody,
  listQuery,
  lookUpQuery,
  searchBody,
  submissionBody,
  vendorEventBody,
} from "../../../shared/api/schemas.ts";

const good = {
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  setting: "outpatient",
  member: { id: "10487654321", givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02", programs: [] },
  requestingProvider: { npi: "1234567893", name: "Dayton Orthopaedics", email: "desk@example.org", phone: "+19375550100" },
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy" }],
  lines: [{ code: "72148", modifiers: [], serviceDate: "2026-12-20", quantity: 1, unit: "visit" }],
};
function faults(schema: z.ZodMiniType, input: unknown) {
  const result = z.safeParse(schema, input);
  return result.success ? [] : faultsOf(result.error.issues, input);
}
const told = (input: unknown, schema: z.ZodMiniType = submissionBody()) => faults(schema, input);
const pointers = (input: unknown, schema?: z.ZodMiniType) => told(input, schema).map((fault) => fault.pointer);

describe("faults of a submission", () => {
  test("are none in a good one", () => expect(told(good)).toEqual([]));

  test("are named all five at once, with their pointers", () => {
    const bad = {
      ...good,
      channel: "pigeon",
      member: { ...good.member, id: "123" },
      requestingProvider: { npi: "1234567890" },
      diagnoses: [{ code: "M54.16" }, { code: "back pain" }],
      lines: [good.lines[0], { code: "72148", quantity: 0 }],
    };
    expect(pointers(bad).sort()).toEqual([
      "/channel",
      "/diagnoses/1/code",
      "/lines/1/quantity",
      "/member/id",
      "/requestingProvider/npi",
    ]);
  });

  test.each([
    ["an unknown member", { ...good, colour: "red" }, "/colour", /not a member/i],
    ["an unknown member deep within", { ...good, lines: [{ code: "72148", colour: 1 }] }, "/lines/0/colour", /not a member/i],
    ["null in place of absence", { ...good, servicingProvider: null }, "/servicingProvider", /null/],
    ["null in place of text", { ...good, member: { ...good.member, givenName: null } }, "/member/givenName", /null/],
    ["something required that is absent", (({ state: _, ...rest }) => rest)(good), "/state", /required/i],
    ["a number in place of text", { ...good, state: 3 }, "/state", /text/i],
    ["a list in place of an object", { ...good, member: [] }, "/member", /type/i],
    ["an object in place of a list", { ...good, lines: {} }, "/lines", /list/],
    ["no line", { ...good, lines: [] }, "/lines", /at least 1/i],
    ["51 lines", { ...good, lines: Array(51).fill(good.lines[0]) }, "/lines", /at most 50/i],
    ["13 diagnoses", { ...good, diagnoses: Array(13).fill(good.diagnoses[0]) }, "/diagnoses", /at most 12/i],
    ["text that is too long", { ...good, clinicalSummary: "a".repeat(4_001) }, "/clinicalSummary", /4000/],
    ["empty text", { ...good, clinicalSummary: "" }, "/clinicalSummary", /empty/],
    ["a quantity of 100,000", { ...good, lines: [{ code: "72148", quantity: 100_000 }] }, "/lines/0/quantity", /99999/],
    ["half a visit", { ...good, lines: [{ code: "72148", quantity: 0.5 }] }, "/lines/0/quantity", /whole number/],
    [
      "a day that does not exist",
      { ...good, lines: [{ code: "72148", serviceDate: "2026-02-30" }] },
      "/lines/0/serviceDate",
      /date/,
    ],
    ["a dental code", { ...good, lines: [{ code: "D0120" }] }, "/lines/0/code", /CPT/],
    ["a state that is none", { ...good, state: "ZZ" }, "/state", /state/],
    [
      "an e-mail address that is none",
      { ...good, requestingProvider: { npi: "1234567893", email: "desk" } },
      "/requestingProvider/email",
      /e-mail/,
    ],
  ])("name %s", (_, body, pointer, says) => {
    const found = told(body);
    expect(found.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(found[0]?.detail).toMatch(says);
  });

  test.each([null, 1, "text", [], true])("name the body itself when it is %o", (body) => {
    expect(pointers(body)).toEqual([""]);
  });

  test("each have a sentence", () => {
    for (const { detail } of told({ channel: 1, lines: [{ quantity: "x", unit: "mile" }], extra: true }))
      expect(detail).toMatch(/^[A-Z].*\.$/);
  });
});

describe("faults never repeat a value", () => {
  const secret = "ZebraQuagga77";
  const values = fc.constantFrom<unknown>(secret, [secret], { [`${secret} is a value`]: secret }, `${secret}@`, `2026-${secret}`);

  test.each([
    ["a submission", submissionBody(), good],
    ["information", informationBody(), { member: { givenName: "Ada" }, diagnoses: good.diagnoses, clinicalSummary: "a" }],
    ["a document", documentBody(), { fileName: "a", contentType: "application/pdf", size: 1, sha256: "a", kind: "order" }],
    ["a search", searchBody(), { memberId: "10487654321", serviceFrom: "2026-01-01", limit: 3 }],
    [
      "a vendor's event",
      vendorEventBody(),
      {
        eventId: "e",
        type: "decided",
        caseId: "c",
        version: 1,
        occurredAt: "2026-11-23T15:00:00Z",
        lines: [{ lineNumber: 1, outcome: "approved" }],
      },
    ],
    ["a list's query", listQuery(), { status: "approved", limit: "3", updatedSince: "2026-11-23T15:00:00Z" }],
    [
      "a look-up's query",
      lookUpQuery(),
      { setting: "outpatient", network: "participating", modifiers: "26,Q0", emergency: "true" },
    ],
  ] as readonly [string, z.ZodMiniType, Record<string, unknown>][])("of %s", (_, schema, body) => {
    const places: (readonly string[])[] = [];
    const walk = (value: unknown, path: readonly string[]) => {
      if (value === null || typeof value !== "object") places.push(path);
      else for (const [key, member] of Object.entries(value)) walk(member, [...path, key]);
    };
    walk(body, []);
    fc.assert(
      fc.property(fc.subarray(places, { minLength: 1 }), values, (bent, value) => {
        const copy = structuredClone(body);
        for (const path of bent) {
          const parent = path.slice(0, -1).reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, copy);
          parent[path.at(-1) ?? ""] = value;
        }
        expect(JSON.stringify(faults(schema, copy))).not.toContain(secret);
      }),
    );
  });

  test("nor a member's name that is more than a plain word", () => {
    expect(pointers({ ...good, "Ada Reyes, born 1986": 1, "10487654321": 2 })).toEqual(["/?"]);
  });
});

test("a pointer escapes what would lead astray", () => {
  expect(pointerTo(["a/b", "m~n", 0])).toBe("/a~1b/m~0n/0");
  expect(pointerTo([])).toBe("");
});
