import { expect, test } from "vitest";
import { recentlyUsed } from "../../../functions/lib/recently-used.ts";

test("what was made for a key is made once, until others were asked for more lately", () => {
  const made: string[] = [];
  const kept = recentlyUsed<string>(2);
  const ask = (key: string) =>
    kept(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  expect(["a", "b", "a", "c", "a", "b"].map(ask)).toEqual(["A", "B", "A", "C", "A", "B"]);
  expect(made).toEqual(["a", "b", "c", "b"]);
});
