import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signVendorRequest, type VendorKey } from "../../infra/local/stand-ins/vendor-signature.ts";
import type { Answer, Caller, CloudAddress } from "../caller.ts";

const secretName = "prior-auth/local/vendor";

/** Gives a pocket cloud that was never started a vendor's secret in the middle of a change of keys: the old one lives still. */
export function withTwoKeys(directory: string): void {
  const key = (id: string): VendorKey => ({ id, secret: randomBytes(24).toString("base64url") });
  const value = JSON.stringify({ current: key("new"), previous: key("old") });
  const stored = { [secretName]: { current: { id: randomUUID(), value, createdAt: new Date().toISOString() } } };
  writeFileSync(join(directory, "secrets.json"), JSON.stringify(stored), { mode: 0o600 });
}

/** The keys that plan and vendor share. */
export function sharedKeys({ directory }: Pick<CloudAddress, "directory">): { current: VendorKey; previous?: VendorKey } {
  const secrets = JSON.parse(readFileSync(join(directory, "secrets.json"), "utf8")) as Record<
    string,
    { current: { value: string } }
  >;
  return JSON.parse(secrets[secretName]?.current.value ?? "{}");
}

export const seconds = (): number => Math.floor(Date.now() / 1000);

export type VendorMessage = Readonly<Record<string, unknown>>;

/** An event of a case, with an id and a time of its own. */
export const event = (type: string, version: number, more: VendorMessage = {}): VendorMessage => ({
  eventId: randomUUID(),
  type,
  version,
  occurredAt: new Date().toISOString(),
  ...more,
});

/** The vendor's own hand: sends what it is given, signed by the key and at the time given. @param nobody a caller without a token */
export function vendorAt(cloud: Pick<CloudAddress, "directory">, nobody: Caller) {
  const { current } = sharedKeys(cloud);
  return (message: VendorMessage | string, { key = current, timestamp = seconds() } = {}): Promise<Answer> => {
    const body = typeof message === "string" ? message : JSON.stringify(message);
    return nobody.post("/v1/vendor-events", body, signVendorRequest(key.secret, key.id, timestamp, body));
  };
}
