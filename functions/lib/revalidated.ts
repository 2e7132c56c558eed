import { hash } from "node:crypto";
import type { Reply } from "./reply.ts";

/**
 * An answer that is the same for everybody: it may be kept for five minutes, and asked about after that by the ETag of its bytes
 * (RFC 9110, 13.1.2). A 304 keeps its media type, else the gateway would give it one of its own.
 */
export function revalidated(body: unknown, ifNoneMatch: string | undefined): Reply {
  const text = JSON.stringify(body);
  const etag = `"${hash("sha256", text, "base64url")}"`;
  const headers = { etag, "cache-control": "public, max-age=300" };
  return isKnown(etag, ifNoneMatch) ? { status: 304, headers } : { body, text, headers };
}

/** Weak comparison: on the way, a proxy may have made the tag a weak one. */
export const isKnown = (etag: string, ifNoneMatch = ""): boolean =>
  ifNoneMatch.trim() === "*" || [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);
