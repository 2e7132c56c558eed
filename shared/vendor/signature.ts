import { createHmac, timingSafeEqual } from "node:crypto";
import { clockTolerance } from "../domain/vendor-event.ts";

/** Both directions sign alike: hex HMAC-SHA-256 over timestamp, a dot, and the raw body. */
export function vendorSignature(secret: string, timestamp: string, body: Uint8Array | string): string {
  return `v1=${createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex")}`;
}

/** @param now instant at which the message arrived */
export function isSignedBy(
  secret: string,
  { timestamp, signature }: { timestamp: string; signature: string },
  body: Uint8Array,
  now: string,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Date.parse(now) / 1000 - Number(timestamp)) > clockTolerance) return false;
  const expected = Buffer.from(vendorSignature(secret, timestamp, body));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
