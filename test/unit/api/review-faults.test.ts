import { expect, test } from "vitest";
import { operations } from "../../../shared/api/operations.ts";

const pointers = (items: unknown) => operations.requestInformation.faults({ items }).map(({ pointer }) => pointer);
const item = (code: unknown) => ({ code, text: "What was tried before?" });

test("what is asked of the provider has a code of its own, item by item", () => {
  expect(pointers([item("history"), item("images")])).toEqual([]);
  expect(pointers([item("history"), item("history")])).toEqual(["/items/1/code"]);
  expect(pointers([item("a"), item("b"), item("b"), item("a")])).toEqual(["/items/2/code", "/items/3/code"]);
  for (const strange of ["text", null, [{}, {}], [null, 7]]) expect(pointers(strange)).toEqual([]);
});
