import type { IncomingMessage } from "node:http";

/** What is read of a body that is refused anyway, so that its sender gets to see the answer instead of a broken pipe. */
const drainLimit = 64 * 1_048_576;

export type Body = { kind: "complete"; bytes: Buffer } | { kind: "too-large" } | { kind: "endless" };

/** Reads a body of at most `limit` bytes. A longer one is read to its end without being kept, up to 64 MB: beyond that it is endless. */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Body> => {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > drainLimit) return { kind: "endless" };
    if (size <= limit) chunks.push(chunk);
    else chunks = [];
  }
  return size > limit ? { kind: "too-large" } : { kind: "complete", bytes: Buffer.concat(chunks) };
};
