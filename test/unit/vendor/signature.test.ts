import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSignedBy, vendorSignature } from "../../../shared/vendor/signature.ts";

const now = "2026-11-23T15:00:00.000Z";
const seconds = Date.parse(now) / 1000;
const body = Buffer.from('{"eventId":"e-1"}');
const signed = (change: { secret?: string; at?: number | string; body?: Buffer; signature?: string; now?: string } = {}) => {
  const timestamp = String(change.at ?? seconds);
  const signature = change.signature ?? vendorSignature("secret", timestamp, body);
  return isSignedBy(change.secret ?? "secret", { timestamp, signature }, change.body ?? body, change.now ?? now);
};

describe("the vendor's signature", () => {
  test("is hex HMAC-SHA-256 over timestamp, dot and raw body", () => {
    expect(vendorSignature("secret", "1764000000", "{}")).toBe(
      "v1=b691197929ebc73b102d12f9a4689644cb2d1a38c9f2d1883b9f478077313f85",
    );
  });
  test("holds", () => expect(signed()).toBe(true));

  test.each([-300, -1, 0, 1, 300])("holds %d seconds from our clock", (drift) =>
    expect(signed({ at: seconds + drift })).toBe(true),
  );
  test.each([-86_400, -301, 301, 86_400])("does not hold %d seconds from our clock", (drift) => {
    expect(signed({ at: seconds + drift })).toBe(false);
  });

  test.each([
    ["another secret", { secret: "secret2" }],
    ["another body", { body: Buffer.from('{"eventId":"e-2"}') }],
    ["a body with a blank more", { body: Buffer.from('{"eventId":"e-1"} ') }],
    ["another time than was signed", { signature: vendorSignature("secret", String(seconds - 1), body) }],
    ["no version", { signature: vendorSignature("secret", String(seconds), body).slice(3) }],
    ["another version", { signature: vendorSignature("secret", String(seconds), body).replace("v1", "v2") }],
    ["capital letters", { signature: vendorSignature("secret", String(seconds), body).toUpperCase() }],
    ["none at all", { signature: "" }],
    ["letters beyond ASCII", { signature: `v1=${"é".repeat(32)}` }],
  ])("does not hold with %s", (_, change) => expect(signed(change)).toBe(false));

  test.each(["", "abc", "1e9", " 1764000000", "-1", "1764000000.5", "NaN", "9".repeat(400)])("does not hold at time %o", (at) => {
    expect(signed({ at, signature: vendorSignature("secret", at, body) })).toBe(false);
  });

  test("does not survive one bit bent anywhere in the body", () => {
    const signature = vendorSignature("secret", String(seconds), body);
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(7), (at, bit) => {
        const bent = Buffer.from(body);
        bent[at] = (bent[at] ?? 0) ^ (1 << bit);
        expect(signed({ body: bent, signature })).toBe(false);
      }),
    );
  });
});
