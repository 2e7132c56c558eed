import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursors } from "../../../shared/sealing/cursors.ts";

const sealed = cursors("salt");
const context = ["listRequests", '["https://issuer.example","org-demo","desk"]', { status: "approved" }];

describe("a cursor", () => {
  test("opens for the caller and query that it was made for, wherever the function runs", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.jsonValue(), (position, query) => {
        fc.pre(position.isWellFormed() && position.length > 0);
        expect(cursors("salt").open(sealed.seal(position, query), query)).toBe(position);
      }),
    );
  });

  test("shows nothing of what it holds, and differs each time", () => {
    const position = "2026-11-23T15:00:00.000Z#PA-ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const [one, two] = [sealed.seal(position, context), sealed.seal(position, context)];
    expect(one).not.toBe(two);
    expect(Buffer.from(one, "base64url").toString("latin1")).not.toContain("2026");
    expect(one).toMatch(/^[\w-]+$/);
  });

  test.each([
    ["another caller", ["listRequests", '["https://issuer.example","org-a","desk"]', { status: "approved" }]],
    ["another query", ["listRequests", context[1], { status: "denied" }]],
    ["another operation", ["searchRequests", context[1], context[2]]],
  ])("does not open for %s", (_, other) => {
    expect(sealed.open(sealed.seal("position", context), other)).toBeUndefined();
  });

  test("of another deployment does not open", () => {
    expect(cursors("pepper").open(sealed.seal("position", context), context)).toBeUndefined();
  });

  test("bent anywhere does not open", () => {
    const cursor = sealed.seal("position", context);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...alphabet), (at, letter) => {
        fc.pre(cursor[at] !== letter);
        expect(sealed.open(cursor.slice(0, at) + letter + cursor.slice(at + 1), context)).toBeUndefined();
      }),
    );
  });

  test.each(["", "A", "made-up", "=", `${"A".repeat(200)}`, "ü", "2026-11-23T15:00:00.000Z"])(
    "made up does not open: %s",
    (text) => {
      expect(sealed.open(text, context)).toBeUndefined();
    },
  );

  test("cut or lengthened does not open", () => {
    const cursor = sealed.seal("position", context);
    for (const bent of [cursor.slice(0, -1), cursor.slice(1), `${cursor}A`, `${cursor}=`, ` ${cursor}`])
      expect(sealed.open(bent, context)).toBeUndefined();
  });
});
