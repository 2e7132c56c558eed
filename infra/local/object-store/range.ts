import { Refusal } from "./refusal.ts";

/** First and last byte, both included. */
type ByteRange = { first: number; last: number };

/**
 * One range of a `Range` header. Several ranges, other units and malformed headers are ignored as S3 ignores them (the whole object
 * is sent); a range that begins behind the end is refused.
 */
export const parseRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const parts = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!parts || header === undefined) return undefined;
  const [, from = "", to = ""] = parts;
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (first > last || (from === "" && Number(to) === 0)) {
    throw new Refusal("InvalidRange", "The requested range is not satisfiable", {
      details: { RangeRequested: header, ActualObjectSize: String(size) },
      headers: { "content-range": `bytes */${size}` },
    });
  }
  return { first, last };
};
