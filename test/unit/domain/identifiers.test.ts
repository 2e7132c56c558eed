import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDocumentId, isNpi, isRequestId, patterns } from "../../../shared/domain/identifiers.ts";

describe("an NPI", () => {
  test.each(["1234567893", "1245319599", "1679576722", "1558598797", "1993999998"])("%s is valid", (npi) => {
    expect(isNpi(npi)).toBe(true);
  });

  test.each([
    ["has a wrong check digit", "1234567890"],
    ["begins with neither 1 nor 2", "3234567893"],
    ["is too short", "123456789"],
    ["is too long", "12345678933"],
    ["has a letter", "12345678E3"],
    ["has a space", "1234567893 "],
    ["ends in a line break", "1234567893\n"],
    ["is written in other digits", "１２３４５６７８９３"],
    ["is empty", ""],
  ])("is refused when it %s", (_, npi) => {
    expect(isNpi(npi)).toBe(false);
  });

  test("has exactly one check digit that fits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000, max: 299_999_999 }), (first) => {
        const fitting = [...Array(10).keys()].filter((digit) => isNpi(`${first}${digit}`));
        expect(fitting).toHaveLength(1);
      }),
    );
  });

  test("does not survive one mistyped digit", () => {
    fc.assert(
      fc.property(fc.nat(9), fc.integer({ min: 1, max: 9 }), (position, shift) => {
        const digits = [..."1234567893"].map(Number);
        digits[position] = ((digits[position] ?? 0) + shift) % 10;
        expect(isNpi(digits.join(""))).toBe(false);
      }),
    );
  });
});

describe.each([
  { what: "memberId", good: ["10487654321"], bad: ["1048765432", "104876543210", "1048765432a"] },
  { what: "icd10cm", good: ["M54.16", "M5416", "Z00.6", "C4A", "QA0.1234"], bad: ["54.16", "M5", "M54.", "M54.12345", "m54.16"] },
  { what: "cpt", good: ["72148", "0362T", "0007U", "0001F", "0001A", "0001M"], bad: ["7214", "721488", "0362X", "A0425"] },
  { what: "hcpcs", good: ["A0425", "V5298", "E0100"], bad: ["D0120", "W1234", "A042", "A04255"] },
  { what: "procedureCode", good: ["72148", "0362T", "A0425"], bad: ["D0120", "ABCDE", "72148 "] },
  { what: "revenueCode", good: ["0610"], bad: ["610", "06100", "061A"] },
  { what: "placeOfService", good: ["22"], bad: ["2", "222", "2B"] },
  { what: "modifier", good: ["Q0", "GP", "26"], bad: ["Q", "gp", "QQ0"] },
  { what: "nct", good: ["01234567"], bad: ["NCT01234567", "1234567"] },
] as const)("the format of $what", ({ what, good, bad }) => {
  test.each(good)("takes %s", (code) => expect(patterns[what].test(code)).toBe(true));
  test.each(bad)("refuses %s", (code) => expect(patterns[what].test(code)).toBe(false));
});

test("ids are told apart by their shape", () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWX23";
  expect(isRequestId(`PA-${letters}`)).toBe(true);
  expect(isRequestId(letters)).toBe(false);
  expect(isRequestId(`PA-${letters.slice(1)}`)).toBe(false);
  expect(isRequestId(`PA-${letters.slice(1)}1`)).toBe(false);
  expect(isDocumentId(letters)).toBe(true);
  expect(isDocumentId(`../${letters.slice(3)}`)).toBe(false);
});
