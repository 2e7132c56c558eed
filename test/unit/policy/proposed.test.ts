import { describe, expect, test } from "vitest";
import { proposedRules } from "../../../shared/policy/proposed.ts";
import { builtInRules } from "../../../shared/policy/rules-bundle.ts";

const builtIn = builtInRules();
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const changed = (change: (rules: { rules: Record<string, unknown>[] } & Record<string, unknown>) => void) => {
  const rules = JSON.parse(builtIn.text);
  change(rules);
  return bytes(rules);
};

describe("proposed rules", () => {
  test("are the same whatever the order of their parts and the blanks between", () => {
    const rules = JSON.parse(builtIn.text) as Record<string, unknown>;
    const otherwise = Object.fromEntries(Object.entries(rules).toReversed());
    expect(proposedRules(bytes(JSON.stringify(otherwise, null, 2)))).toEqual(builtIn);
  });

  test("are other rules when anything in them is other", () => {
    const other = proposedRules(
      changed((rules) => {
        rules.note = "Another note.";
      }),
    );
    expect(other).toMatchObject({ version: builtIn.version, effectiveFrom: builtIn.effectiveFrom });
    expect((other as typeof builtIn).digest).not.toBe(builtIn.digest);
  });

  test.each<[string, Uint8Array]>([
    ["a text that ends too soon", bytes(builtIn.text.slice(0, -1))],
    ["no text at all", new Uint8Array()],
    ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
    ["nothing", bytes("null")],
    ["a list", bytes("[]")],
    ["a number", bytes("7")],
  ])("%s is none, as a whole", (_what, text) => {
    expect(proposedRules(text)).toEqual({ broken: ["file"] });
  });

  test("with parts that are wrong are named by their places, and by nothing that stands there", () => {
    const broken = changed((rules) => {
      rules.version = "next";
      (rules.rules[2] as Record<string, unknown>).route = "nowhere";
      (rules.rules[3] as Record<string, unknown>).mispelt = ["72148"];
    });
    const found = proposedRules(broken);
    expect(found).toEqual({ broken: expect.arrayContaining(["version", "rules.2.route", "rules.3"]) });
    expect(JSON.stringify(found)).not.toMatch(/nowhere|mispelt|72148/);
  });

  test("with an error that the check finds are named by the rule it is in, once", () => {
    const broken = changed(({ rules }) => {
      const [first] = rules as { id: string; match: { codes: string[] } }[];
      if (first) first.match.codes = ["no code", "nor this"];
    });
    expect(proposedRules(broken)).toEqual({ broken: [(JSON.parse(builtIn.text) as { rules: { id: string }[] }).rules[0]?.id] });
  });

  test("that drop a published id are named by it", () => {
    const dropped = changed((rules) => rules.rules.splice(13, 1));
    expect(proposedRules(dropped)).toEqual({ broken: ["respite"] });
  });

  test("whose ids are no names are named by nothing that stands in them", () => {
    const broken = changed(({ rules }) => {
      const [first] = rules as { id: string; match: { codes: string[] } }[];
      if (first) Object.assign(first, { id: "Ada Reyes, born 1986", match: { codes: ["no code"] } });
    });
    expect(JSON.stringify(proposedRules(broken))).not.toMatch(/Ada|1986/);
  });
});
