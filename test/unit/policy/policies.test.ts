import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inForceOn, type RulesVersion } from "../../../shared/policy/policies.ts";

const version = (name: string, effectiveFrom: string): RulesVersion => ({ version: name, effectiveFrom });
const builtIn = version("built-in", "2026-11-22");
const inForce = (day: string, ...adopted: RulesVersion[]) => inForceOn(day, adopted, builtIn).version;

describe("the version in force on a day", () => {
  test("is the one that is built in while there is no other", () => {
    expect(inForce("2026-11-22")).toBe("built-in");
    expect(inForce("2031-01-01")).toBe("built-in");
  });

  test("is another from its first day on, and not the day before", () => {
    const next = version("next", "2027-01-01");
    expect(inForce("2026-12-31", next)).toBe("built-in");
    expect(inForce("2027-01-01", next)).toBe("next");
  });

  test("is the oldest for what was received before any was in force", () => {
    expect(inForce("2026-11-21", version("next", "2027-01-01"))).toBe("built-in");
    expect(inForce("2020-01-01", version("older", "2026-03-01"))).toBe("older");
  });

  test("is the one adopted last of several that begin on one day, the one that is built in among them", () => {
    expect(inForce("2027-01-01", version("one", "2027-01-01"), version("other", "2027-01-01"))).toBe("other");
    expect(inForce("2026-11-22", version("mended", "2026-11-22"))).toBe("mended");
    expect(inForce("2020-01-01", version("mended", "2026-11-22"))).toBe("mended");
  });

  test("takes the one that is built in for adopted when it was", () => {
    const mended = version("mended", "2026-11-22");
    expect(inForce("2026-11-22", mended, builtIn)).toBe("built-in");
    expect(inForce("2026-11-22", builtIn, mended)).toBe("mended");
  });
});

const days = ["2026-11-21", "2026-11-22", "2026-11-23", "2027-01-01", "2027-06-30"] as const;
const day = fc.constantFrom(...days);
const adopted = fc.array(day, { maxLength: 6 }).map((some) => some.map((from, index) => version(`v${index}`, from)));

describe("whatever was adopted", () => {
  test("the version in force is one that is known, and none that begun later or was adopted later has been passed over", () => {
    fc.assert(
      fc.property(adopted, day, (others, on) => {
        const all = [builtIn, ...others];
        const found = inForceOn(on, others, builtIn);
        expect(all).toContainEqual(found);
        const place = all.findIndex((one) => one.version === found.version);
        for (const [index, one] of all.entries()) {
          if (found.effectiveFrom > on) expect(one.effectiveFrom > on && one.effectiveFrom >= found.effectiveFrom).toBe(true);
          else if (one.effectiveFrom <= on) expect(one.effectiveFrom <= found.effectiveFrom).toBe(true);
          if (one.effectiveFrom === found.effectiveFrom) expect(index).toBeLessThanOrEqual(place);
        }
      }),
    );
  });

  test("an adoption changes nothing for the days before its own", () => {
    fc.assert(
      fc.property(adopted, day, day, (others, on, from) => {
        fc.pre(on < from && [builtIn, ...others].some((one) => one.effectiveFrom <= on));
        expect(inForceOn(on, [...others, version("new", from)], builtIn)).toEqual(inForceOn(on, others, builtIn));
      }),
    );
  });

  test("it judges from its own day on, until another begins", () => {
    fc.assert(
      fc.property(adopted, day, day, (others, on, from) => {
        fc.pre(from <= on && others.every((one) => one.effectiveFrom <= from) && builtIn.effectiveFrom <= from);
        expect(inForceOn(on, [...others, version("new", from)], builtIn).version).toBe("new");
      }),
    );
  });
});
