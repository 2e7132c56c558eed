import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export type VendorKey = { id: string; secret: string };

/** Real seconds either way that a request's time may be off. */
const tolerance = 300;

/** The headers of a signed request. `timestamp` is in Unix seconds; `body` is signed byte for byte. */
export const signVendorRequest = (
  secret: string,
  keyId: string,
  timestamp: number,
  body: string | Uint8Array,
): Record<string, string> => ({
  "X-Timestamp": String(timestamp),
  "X-Key-Id": keyId,
  "X-Signature": `v1=${digest(secret, String(timestamp), body).toString("hex")}`,
});

/** Why a request is not from who it says, or undefined when it is. */
export const refuseSignature = (
  headers: IncomingHttpHeaders,
  body: Uint8Array,
  keys: readonly VendorKey[],
  now: Date,
): string | undefined => {
  const timestamp = String(headers["x-timestamp"] ?? "");
  if (!/^\d{1,12}$/.test(timestamp)) return "no timestamp";
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > tolerance) return "the timestamp is too far off";
  const key = keys.find(({ id }) => id === headers["x-key-id"]);
  if (!key) return "unknown key";
  const [, signature = ""] = /^v1=([0-9a-f]{64})$/.exec(String(headers["x-signature"] ?? "")) ?? [];
  const expected = digest(key.secret, timestamp, body);
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected) ? undefined : "the signature does not fit";
};

const digest = (secret: string, timestamp: string, body: string | Uint8Array): Buffer =>
  createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
