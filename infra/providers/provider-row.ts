import * as z from "zod";
import { npi } from "../../shared/api/schemas.ts";

/** What a file of providers says in each row, by the names in its first line. */
export const columns = ["npi", "organizations", "home", "participating-from", "participating-to"] as const;
export type Column = (typeof columns)[number];
export type Cells = Record<Column, string>;

/** A span of days, both ends within it. */
export type Period = { readonly from: string; readonly to?: string };

export type ProviderRow = {
  readonly npi: string;
  readonly organizations: readonly string[];
  readonly home: string | null;
  /** None: known, and not participating. */
  readonly period: Period | null;
};

/** What is wrong with a row, without its values: they may be anything. */
export type RowFault = { readonly column: Column | "row"; readonly detail: string };

const mostOrganizations = 100;
const separator = "|";

const day = z.union([z.literal(""), z.iso.date()], "Must be empty, or an ISO date like 2026-12-20.");
const organization = z
  .string()
  .min(1, "An organization's id must not be empty.")
  .max(200, "An organization's id has at most 200 characters.")
  .regex(/^[^\s"]*$/u, "An organization's id holds neither spaces nor quotes.")
  // What bytes of another encoding become when they are read as UTF-8.
  .regex(/^[^\uFFFD]*$/u, "Is not UTF-8.");

const schema = z.strictObject({
  npi,
  organizations: z
    .array(organization)
    .max(mostOrganizations, `At most ${mostOrganizations} organizations.`)
    .refine((ids) => new Set(ids).size === ids.length, "An organization stands twice."),
  home: z.string(),
  "participating-from": day,
  "participating-to": day,
});

/** One row, or every fault of it. */
export function readRow(cells: Cells): { row: ProviderRow } | { faults: readonly RowFault[] } {
  const organizations = cells.organizations === "" ? [] : cells.organizations.split(separator);
  const parsed = schema.safeParse({ ...cells, organizations });
  const faults: RowFault[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    column: path[0] as Column,
    detail: message,
  }));
  const sound = (column: Column) => !faults.some((fault) => fault.column === column);

  const { home, "participating-from": from, "participating-to": to } = cells;
  if (home !== "" && sound("organizations") && !organizations.includes(home))
    faults.push({ column: "home", detail: "Must be one of the organizations." });
  if (sound("participating-from") && sound("participating-to") && to !== "") {
    if (from === "") faults.push({ column: "participating-from", detail: "Must be given where participating-to is." });
    else if (to < from) faults.push({ column: "participating-to", detail: "Must not be before participating-from." });
  }
  if (faults.length > 0) return { faults: inOrder(faults) };
  const period = from === "" ? null : { from, ...(to === "" ? {} : { to }) };
  return { row: { npi: cells.npi, organizations, home: home === "" ? null : home, period } };
}

/** By column, and each said once. */
const inOrder = (faults: readonly RowFault[]): readonly RowFault[] => {
  const said = new Map(faults.map((fault) => [`${fault.column} ${fault.detail}`, fault]));
  return columns.flatMap((column) => [...said.values()].filter((fault) => fault.column === column));
};
