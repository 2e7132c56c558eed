import { Refusal } from "./refusal.ts";

const longestLine = 8 * 1024;

/**
 * Unwraps `aws-chunked`, the body format of SDK uploads whose checksum follows the bytes, into the plain bytes. What follows the
 * last chunk is put into `trailers`, names in lower case. Signatures of single chunks are not part of what is accepted here.
 */
export async function* decodeAwsChunked(source: AsyncIterable<Buffer>, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  let state: "size" | "data" | "data-end" | "trailers" | "done" = "size";
  let remaining = 0;
  let buffered: Buffer = Buffer.alloc(0);

  const takeLine = (): string | undefined => {
    const end = buffered.indexOf("\r\n");
    if (end > longestLine || (end < 0 && buffered.length > longestLine)) throw malformed();
    if (end < 0) return undefined;
    const line = buffered.toString("latin1", 0, end);
    buffered = buffered.subarray(end + 2);
    return line;
  };

  for await (const chunk of source) {
    buffered = buffered.length > 0 ? Buffer.concat([buffered, chunk]) : chunk;
    while (state !== "done") {
      if (state === "data") {
        const part = buffered.subarray(0, remaining);
        if (part.length === 0) break;
        buffered = buffered.subarray(part.length);
        remaining -= part.length;
        if (remaining === 0) state = "data-end";
        yield part;
        continue;
      }
      const line = takeLine();
      if (line === undefined) break;
      if (state === "size") {
        remaining = chunkSize(line);
        state = remaining === 0 ? "trailers" : "data";
      } else if (state === "data-end") {
        if (line !== "") throw malformed();
        state = "size";
      } else if (line === "") {
        state = "done";
      } else {
        const colon = line.indexOf(":");
        if (colon < 1 || trailers.size >= 20) throw malformed();
        trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
    }
  }
  if (state !== "done") throw malformed();
}

const chunkSize = (line: string): number => {
  if (!/^[0-9a-fA-F]{1,10}$/.test(line)) throw malformed();
  return Number.parseInt(line, 16);
};

const malformed = (): Refusal => new Refusal("IncompleteBody", "The request body terminated unexpectedly");
