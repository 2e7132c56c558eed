import { expect, test } from "vitest";
import { seenNpis } from "../../../infra/providers/seen-npis.ts";
import { npiOf } from "../../providers-file.ts";

test("an NPI is new once, whichever came before it", () => {
  const isNew = seenNpis();
  const many = ["1000000004", "2999999990", ...Array.from({ length: 10_000 }, (_, n) => npiOf(n + 1))];
  expect(many.filter((npi) => !isNew(npi))).toEqual([]);
  expect(many.filter((npi) => isNew(npi))).toEqual([]);
});
