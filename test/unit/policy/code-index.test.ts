import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { indexCodes, parseRange } from "../../../shared/policy/code-index.ts";

const pad = (number: number, width: number) => String(number).padStart(width, "0");
/** Codes of one shape: CPT, a HCPCS letter, or CPT's categories with a letter at the end. */
const shapes = [
  (number: number) => pad(number, 5),
  (number: number) => `A${pad(number % 10_000, 4)}`,
  (number: number) => `K${pad(number % 10_000, 4)}`,
  (number: number) => `${pad(number % 10_000, 4)}T`,
  (number: number) => `${pad(number % 10_000, 4)}U`,
] as const;
// Few numbers, so that ranges overlap, touch and share their ends.
const near = fc.integer({ min: 0, max: 40 });
const shape = fc.constantFrom(...shapes);
const range = fc.tuple(shape, near, near).map(([write, a, b]) => {
  const [low, high] = [Math.min(a, b), Math.max(a, b)].map(write) as [string, string];
  return { text: low === high ? low : `${low}-${high}`, low, high };
});
const lists = fc.dictionary(
  fc.constantFrom("match:a", "match:b", "exclude:a", "free:x", "verify:c"),
  fc.array(range, { maxLength: 6 }),
);

test("an index answers what a scan of every range would", () => {
  fc.assert(
    fc.property(lists, shape, near, (ranges, write, number) => {
      const code = write(number);
      const sameShape = (one: string) => one.replace(/\d/g, "9") === code.replace(/\d/g, "9");
      const holding = Object.entries(ranges)
        .filter(([, all]) => all.some(({ low, high }) => sameShape(low) && low <= code && code <= high))
        .map(([list]) => list);
      const names = Object.keys(ranges);
      const found = indexCodes(
        Object.values(ranges).map((all) => all.map(({ text }) => text)),
        (some) => some.map((list) => names[list]),
      );
      // The first look-ups go through the ranges, later ones search in an index.
      for (let asked = 0; asked < 12; asked += 1) expect([...found(code)].sort()).toEqual(holding.sort());
    }),
    { numRuns: 2_000 },
  );
});

describe("a range", () => {
  const found = (list: string, code: string) => {
    const held = indexCodes([[list]], (lists) => lists.length > 0);
    const answers = new Set(Array.from({ length: 12 }, () => held(code)));
    expect(answers.size).toBe(1);
    return [...answers][0];
  };

  test("holds both of its ends and nothing beyond", () => {
    expect(["97009", "97010", "97150", "97151"].map((code) => found("97010-97150", code))).toEqual([false, true, true, false]);
  });
  test("holds codes of its own shape only", () => {
    expect(found("0001T-0999T", "0500T")).toBe(true);
    for (const code of ["0500F", "0500U", "00500", "T0500", "500", "0500TT", ""]) expect(found("0001T-0999T", code)).toBe(false);
  });
  test("of one code holds that code", () => {
    expect(found("G0659", "G0659")).toBe(true);
    expect(found("G0659", "G0660")).toBe(false);
  });
  test.each(["97150-97010", "97010-9715", "0001T-0999U", "A0001-B0001", "A0001-00019", "AB001", "", "0000001"])(
    "%s is none",
    (text) => {
      expect(() => parseRange(text)).toThrow("not a code range");
    },
  );
});
