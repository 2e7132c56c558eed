import { Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import { npi } from "../../shared/api/schemas.ts";
import { type Cells, type Column, columns, type Period, type ProviderRow, type RowFault, readRow } from "./provider-row.ts";
import { seenNpis } from "./seen-npis.ts";

/** One provider as all of its rows say. */
export type Provider = {
  readonly npi: string;
  readonly organizations: readonly string[];
  readonly home: string | null;
  readonly participation: readonly Period[];
};

export type Found =
  | { readonly provider: Provider; readonly rows: number /** Bytes read so far. */; readonly at: number }
  | { readonly rejected: { readonly line: number; readonly faults: readonly RowFault[] }; readonly at: number };

/** The file as a whole cannot be read. */
export class NotProviders extends Error {}

const mostPeriods = 50;
const mostCharacters = 65_536;

type Group = { readonly npi: string; at: number; rows: { line: number; row: ProviderRow }[]; spoilt: boolean };

/**
 * Reads a file of providers as it comes, in memory that does not grow with it. Rows of one NPI stand together and make one provider,
 * with a period each; a provider is taken whole or not at all. The same bytes give the same answers in the same order.
 *
 * @param isNew whether an NPI comes for the first time
 * @throws NotProviders when the first line does not name the columns, or a line has no end
 */
export async function* providersIn(chunks: AsyncIterable<Uint8Array>, isNew = seenNpis()): AsyncGenerator<Found> {
  let names: readonly Column[] | undefined;
  let group: Group | undefined;

  for await (const { line, at, cells } of linesOf(chunks)) {
    if (!names) {
      names = columnsIn(cells);
      continue;
    }
    if (cells.length === 1 && cells[0] === "") continue;
    const read = cells.length === names.length ? readRow(named(names, cells)) : { faults: [miscounted] };
    const own = "faults" in read ? read.faults : [];
    const whose = npiOf(names, cells, own);
    // Whose row it is, nobody can say.
    if (whose === undefined) {
      yield { rejected: { line, faults: own }, at };
      continue;
    }

    if (group?.npi !== whose) {
      if (group) yield* providerOf(group);
      group = { npi: whose, at, rows: [], spoilt: !isNew(whose) };
      if (group.spoilt) {
        yield { rejected: { line, faults: [...own, cameBefore] }, at };
        continue;
      }
    }
    const faults = "row" in read ? disagreements(group, read.row) : own;
    if ("row" in read && faults.length === 0 && !group.spoilt) {
      group.rows.push({ line, row: read.row });
      group.at = at;
      continue;
    }
    // The others of this provider fall with it.
    for (const held of group.rows) yield { rejected: { line: held.line, faults: [fellWith] }, at };
    yield { rejected: { line, faults: faults.length > 0 ? faults : [fellWith] }, at };
    group.rows = [];
    group.spoilt = true;
  }
  if (!names) throw new NotProviders(`The file is empty: its first line names the columns ${columns.join(", ")}.`);
  if (group) yield* providerOf(group);
}

const miscounted: RowFault = { column: "row", detail: "Must have as many fields as the first line." };
const cameBefore: RowFault = { column: "npi", detail: "Stood further up already: all rows of an NPI stand together." };
const fellWith: RowFault = {
  column: "row",
  detail: "Another row of this NPI has faults: a provider is loaded whole or not at all.",
};

/** Fields by line. Quotes are not read as such: a stray one then spoils its own line, and not the rest of the file. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<{ line: number; at: number; cells: string[] }> {
  const parser = parse({ bom: true, quote: null, info: true, relax_column_count: true, max_record_size: mostCharacters });
  const source = Readable.from(chunks, { objectMode: false });
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{ record: string[]; info: Info }>) {
      yield { line: info.lines, at: info.bytes, cells: record.map(unquoted) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines);
    throw new NotProviders(
      error.code === "CSV_MAX_RECORD_SIZE"
        ? `Line ${line} has more than ${mostCharacters} characters: is this a CSV file?`
        : `Line ${line} cannot be read.`,
    );
  } finally {
    source.destroy();
  }
}

const unquoted = (field: string): string => /^\s*"(.*)"\s*$/su.exec(field)?.[1]?.trim() ?? field.trim();

function columnsIn(cells: readonly string[]): readonly Column[] {
  const names = cells.map((cell) => cell.toLowerCase());
  const unknown = names.filter((name) => !(columns as readonly string[]).includes(name)).length;
  const absent = columns.filter((column) => !names.includes(column));
  if (unknown === 0 && absent.length === 0 && names.length === columns.length) return names as Column[];
  throw new NotProviders(
    `The first line must name these columns and no others, in any order, with commas between: ${columns.join(", ")}.${
      absent.length > 0 ? ` Not found: ${absent.join(", ")}.` : ""
    }`,
  );
}

const named = (names: readonly Column[], cells: readonly string[]): Cells =>
  Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])) as Cells;

/** The NPI of a row, unless it is none. One with too few fields or too many has it too: without that row its provider is not whole. */
const npiOf = (names: readonly Column[], cells: readonly string[], faults: readonly RowFault[]): string | undefined => {
  const cell = cells[names.indexOf("npi")];
  const unread = faults.includes(miscounted) && !npi.safeParse(cell).success;
  return unread || faults.some(({ column }) => column === "npi") ? undefined : cell;
};

/** What sets a row apart from the rows of its NPI before it. */
function disagreements({ rows, spoilt }: Group, row: ProviderRow): readonly RowFault[] {
  const [first] = rows;
  if (!first || spoilt) return [];
  if (rows.length === mostPeriods) return [{ column: "row", detail: `At most ${mostPeriods} rows for one NPI.` }];
  const faults: RowFault[] = [];
  if (first.row.organizations.toSorted().join("|") !== row.organizations.toSorted().join("|"))
    faults.push({ column: "organizations", detail: "Must be the same in all rows of this NPI." });
  if (first.row.home !== row.home) faults.push({ column: "home", detail: "Must be the same in all rows of this NPI." });
  return faults;
}

function* providerOf({ rows, at }: Group): Generator<Found> {
  const [first] = rows;
  if (!first) return;
  const { npi, organizations, home } = first.row;
  const participation = rows.flatMap(({ row }) => row.period ?? []);
  yield { provider: { npi, organizations, home, participation }, rows: rows.length, at };
}
