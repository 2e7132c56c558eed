import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { replaceFile } from "../durable-file.ts";

export type Journal<Entry> = {
  /**
   * Writes entries down, then applies them. When this returns they are with the operating system and survive the death
   * of this process (SIGKILL included); a power failure may still lose the last moments, which is enough for a laptop.
   */
  append(...entries: Entry[]): void;
  close(): void;
};

const fewestLinesToCompact = 2_000;

/**
 * State that survives: an append-only file of one JSON document per line, replayed through `apply` when it is opened.
 * When far more was written than is still true, the file is rewritten from `snapshot`, the entries that lead to the
 * present state.
 */
export const openJournal = <Entry>(
  path: string,
  apply: (entry: Entry) => void,
  snapshot: () => Iterable<Entry>,
): Journal<Entry> => {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, "a+", 0o600);
  let lines = replay(file, path, apply);
  let compactAt = Math.max(fewestLinesToCompact, lines);

  const compact = () => {
    const kept = [...snapshot()];
    if (kept.length * 2 < lines) {
      replaceFile(path, kept.map(toLine).join(""), 0o600);
      closeSync(file);
      file = openSync(path, "a+", 0o600);
      lines = kept.length;
    }
    compactAt = Math.max(fewestLinesToCompact, lines * 2);
  };

  return {
    append: (...entries) => {
      if (entries.length === 0) return;
      const bytes = Buffer.from(entries.map(toLine).join(""));
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      lines += entries.length;
      for (const entry of entries) apply(entry);
      if (lines >= compactAt) compact();
    },
    close: () => closeSync(file),
  };
};

const toLine = (entry: unknown) => `${JSON.stringify(entry)}\n`;

const replay = <Entry>(file: number, path: string, apply: (entry: Entry) => void): number => {
  const bytes = readFileSync(path);
  // A process that died while writing leaves a torn last line: nobody was told that it was stored, so it is dropped.
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) ftruncateSync(file, end);
  const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  for (const line of lines) apply(JSON.parse(line) as Entry);
  return lines.length;
};
