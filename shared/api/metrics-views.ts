import { definitions, isReported, type ProgramMetrics, postBy, shareNames } from "../domain/metrics.ts";
import { priorities } from "../domain/vocabulary.ts";
import type { Policy } from "../policy/policy.ts";
import { servicesView } from "./policy-views.ts";

/** A year's metrics as they are to be posted, with the list of what needs authorization in that year by the rules as they are now. */
export function metricsView(year: number, programs: readonly ProgramMetrics[], policy: Policy) {
  const { policyVersion, services } = servicesView(policy);
  const inForce = services.filter(
    ({ effectiveFrom, effectiveTo }) => effectiveFrom <= `${year}-12-31` && (effectiveTo ?? "9999") >= `${year}-01-01`,
  );
  return {
    year,
    timeZone: policy.plan.timeZone,
    postBy: postBy(year),
    programs,
    services: { policyVersion, items: inForce.filter(isReported).map(({ id, name }) => ({ id, name })) },
    definitions,
  };
}

type Cell = string | number | null;

const columns = ["year", "lineOfBusiness", "program", "measure", "numerator", "denominator", "value", "unit"];

/** RFC 4180: a row for each program and measure. Two decimals where something was divided; empty where there is nothing to divide. */
export function metricsCsv(year: number, programs: readonly ProgramMetrics[]): string {
  const rows = programs.flatMap((one) => measuresOf(one).map((measured) => [year, one.lineOfBusiness, one.program, ...measured]));
  return [columns, ...rows].map((row) => `${row.map(written).join(",")}\r\n`).join("");
}

function measuresOf({ shares, timeToDecision, excluded }: ProgramMetrics): readonly (readonly Cell[])[] {
  return [
    ...shareNames.map((name) => {
      const { numerator, denominator, percent } = shares[name];
      return [name, numerator, denominator, decimal(percent), "percent"];
    }),
    ...priorities.flatMap((priority) => {
      const { unit, count, totalMilliseconds, mean, median } = timeToDecision[priority];
      return [
        [`timeToDecision.${priority}.mean`, totalMilliseconds, count, decimal(mean), unit],
        [`timeToDecision.${priority}.median`, null, count, decimal(median), unit],
      ];
    }),
    ["excluded.drugs", excluded.drugs, null, excluded.drugs, "asks"],
    ["excluded.retrospective", excluded.retrospective, null, excluded.retrospective, "asks"],
  ];
}

const decimal = (value: number | null): string | null => value?.toFixed(2) ?? null;

/** Words of ours and numbers that are not negative: no cell can begin as a spreadsheet's formula does. A test holds it so. */
const written = (cell: Cell): string => {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
