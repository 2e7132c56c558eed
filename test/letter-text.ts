import { Buffer } from "node:buffer";

/** The words of a letter that is printed uncompressed in Windows-1252, line by line as they were drawn. */
export function textOf(pdf: Uint8Array): string {
  const source = Buffer.from(pdf).toString("latin1");
  return [...source.matchAll(/\[([^\]]*)\] TJ/g)]
    .map(([, shown = ""]) => [...shown.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = ""]) => decoded(hex)).join(""))
    .join(" ")
    .replaceAll(/\s+/g, " ");
}

const decoded = (hex: string): string => new TextDecoder("windows-1252").decode(Buffer.from(hex, "hex"));
