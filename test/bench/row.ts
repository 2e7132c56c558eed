/** One line of the benchmark: good when `value` is at most `goal`. */
export type Row = { readonly name: string; readonly value: number; readonly goal: number; readonly unit: string };

export const misses = ({ value, goal }: Row): boolean => !(value <= goal);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** All rows under one another, the numbers aligned. */
export function table(rows: readonly Row[]): string {
  const shown = (value: number) => String(Math.round(value * 1000) / 1000);
  const cells = rows.map((row) => [row.name, shown(row.value), `<= ${shown(row.goal)}`, row.unit, misses(row) ? "MISSED" : ""]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((cell) => cell[column]?.length ?? 0)));
  const aligned = (cell: string, column: number) =>
    column === 0 || column > 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return cells.map((row) => row.map(aligned).join("  ").trimEnd()).join("\n");
}
