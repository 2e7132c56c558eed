import { describe, expect, test } from "vitest";
import { searchOf, typedFor, type View, viewFrom } from "../../../functions/pages/look-up/address.ts";
import { entryFrom } from "../../../functions/pages/look-up/entry.ts";

describe("what somebody types", () => {
  test.each([
    ["72148", "72148"],
    [" e0601 ", "E0601"],
    ["0889t", "0889T"],
  ])("%j is the code %s", (typed, code) => {
    expect(entryFrom(typed)).toEqual({ kind: "code", code, modifiers: [] });
  });

  test.each(["physical therapy", "MRI", "dummy", "  home   care "])("%j is words", (typed) => {
    expect(entryFrom(typed)).toEqual({ kind: "words", words: typed.trim().replaceAll(/\s+/g, " ") });
  });

  test.each(["8214", "821488", "D0120", "W1234", "10487654321", "Ada Reyes 10487654321", "x".repeat(101)])(
    "%j is neither, and what to do does not repeat it",
    (typed) => {
      const entry = entryFrom(typed);
      expect(entry.kind).toBe("unclear");
      if (entry.kind === "unclear") expect(entry.whatToDo).not.toContain(typed);
    },
  );

  test.each([
    ["72148-26", "72148", ["26"]],
    ["99213 gp", "99213", ["GP"]],
    ["e0601-NU-RR", "E0601", ["NU", "RR"]],
    ["99213, GP, 59", "99213", ["GP", "59"]],
  ])("%j is the code %s with the modifiers %j", (typed, code, modifiers) => {
    expect(entryFrom(typed)).toEqual({ kind: "code", code, modifiers });
  });

  test("more modifiers than a line may have are none", () => {
    expect(entryFrom("99213-GP-59-26-LT-RT").kind).toBe("unclear");
  });
});

describe("the page's address", () => {
  test.each<[View, string]>([
    [{ kind: "start" }, ""],
    [{ kind: "code", code: "72148", facts: {} }, "?q=72148"],
    [{ kind: "code", code: "H2023", facts: { setting: "home", program: "AR-CES" } }, "?q=H2023&setting=home&program=AR-CES"],
    [{ kind: "code", code: "99213", facts: { modifiers: "GP,59" } }, "?q=99213&modifiers=GP%2C59"],
    [
      { kind: "code", code: "99213", facts: { revenueCode: "0424", diagnosis: "M54.16" } },
      "?q=99213&revenueCode=0424&diagnosis=M54.16",
    ],
    [{ kind: "category", id: "imaging-mri-mra" }, "?category=imaging-mri-mra"],
  ])("of %j is %j, and leads back", (view, search) => {
    expect(searchOf(view)).toBe(search);
    expect(viewFrom(search)).toEqual(view);
  });

  test("keeps no words that somebody typed, though it opens with those that it was given", () => {
    const view = viewFrom("?q=physical+therapy");
    expect(view).toEqual({ kind: "words", words: "physical therapy" });
    expect([searchOf(view), typedFor(view)]).toEqual(["", "physical therapy"]);
  });

  test("takes modifiers that were typed with the code as a fact, and the field shows them again", () => {
    const view = viewFrom("?q=99213-GP&setting=home");
    expect(view).toEqual({ kind: "code", code: "99213", facts: { setting: "home", modifiers: "GP" } });
    expect(typedFor(view)).toBe("99213-GP");
    expect(typedFor({ kind: "code", code: "99213", facts: { modifiers: "none" } })).toBe("99213");
  });

  test("keeps nothing of what was unclear", () => {
    const view = viewFrom("?q=10487654321");
    expect(view.kind).toBe("unclear");
    expect([searchOf(view), typedFor(view)]).toEqual(["", ""]);
  });

  test("knows the facts of the look-up and no others, and no odd values", () => {
    expect(viewFrom("?q=72148&memberId=10487654321&setting=home&trial=%3Cb%3E")).toEqual({
      kind: "code",
      code: "72148",
      facts: { setting: "home" },
    });
  });
});
