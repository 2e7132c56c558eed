import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import type { RowFault } from "./provider-row.ts";

const bufferedCharacters = 65_536;

export const inWords = (line: number, faults: readonly RowFault[]): string =>
  `line ${line}: ${faults.map(({ column, detail }) => (column === "row" ? detail : `${column}: ${detail}`)).join(" ")}`;

/** Every rejected row, in a file that is there only when there is one. */
export function openRejectedReport(path: string) {
  rmSync(path, { force: true });
  let file: number | undefined;
  let waiting = "";
  const write = () => {
    file ??= openSync(path, "w");
    writeSync(file, waiting);
    waiting = "";
  };
  return {
    add(line: number, faults: readonly RowFault[]) {
      waiting += `${inWords(line, faults)}\n`;
      if (waiting.length >= bufferedCharacters) write();
    },
    close() {
      if (waiting !== "") write();
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
