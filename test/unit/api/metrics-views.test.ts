import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { metricsCsv } from "../../../shared/api/metrics-views.ts";
import { metricsOf } from "../../../shared/domain/metrics.ts";

const csv = metricsCsv(2026, metricsOf([], 2026));

test("every row has every column, and ends as RFC 4180 says", () => {
  const rows: string[][] = parse(csv, { recordDelimiter: "\r\n" });
  expect(rows).toHaveLength(1 + 3 * 12);
  for (const row of rows) expect(row).toHaveLength(8);
  expect(csv.endsWith("\r\n")).toBe(true);
});

test("no cell begins as a spreadsheet's formula does, and none needs to be quoted", () => {
  for (const row of parse(csv) as string[][]) for (const cell of row) expect(cell).toMatch(/^([A-Za-z0-9][^",\r\n]*)?$/);
});

test("a measure is met once in each program", () => {
  const rows: { program: string; measure: string }[] = parse(csv, { columns: true });
  expect(new Set(rows.map(({ program, measure }) => `${program} ${measure}`)).size).toBe(rows.length);
});

test("what has two decimals shows them, and what could not be divided is empty", () => {
  const one = metricsOf([], 2026, ["medicaid"]).map((program) => ({
    ...program,
    shares: { ...program.shares, standardApproved: { numerator: 1, denominator: 2, percent: 50 } },
  }));
  const rows: { measure: string; value: string }[] = parse(metricsCsv(2026, one), { columns: true });
  const shown = (measure: string) => rows.find((row) => row.measure === measure)?.value;
  expect([shown("standardApproved"), shown("standardDenied"), shown("excluded.drugs")]).toEqual(["50.00", "", "0"]);
});
