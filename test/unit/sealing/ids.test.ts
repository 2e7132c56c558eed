import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shardCount, shardOf } from "../../../shared/aws/keys.ts";
import type { RequestId } from "../../../shared/domain/identifiers.ts";
import { patterns } from "../../../shared/domain/identifiers.ts";
import { documentId, memberKey, saltedIds } from "../../../shared/sealing/ids.ts";

const ids = saltedIds("salt");
const requestId = ids.request("caller", "submitRequest", "key-0123456789abcdef");

describe("a request's id", () => {
  test("is PA- and 26 characters, the same for the same key", () => {
    expect(requestId).toMatch(patterns.requestId);
    expect(saltedIds("salt").request("caller", "submitRequest", "key-0123456789abcdef")).toBe(requestId);
  });
  test("stays what it is over releases: it is how a repeat meets its first", () => {
    expect(requestId).toMatchInlineSnapshot(`"PA-JL5DFDJ7PRJIJTOMAJF4ZFNXWW"`);
  });
  test("differs by deployment, caller, operation and key, however they are cut", () => {
    const all = [
      requestId,
      saltedIds("pepper").request("caller", "submitRequest", "key-0123456789abcdef"),
      ids.request("caller2", "submitRequest", "key-0123456789abcdef"),
      ids.request("caller", "opened", "key-0123456789abcdef"),
      ids.request("caller", "submitRequest", "key-0123456789abcdeg"),
      ids.request("caller,submitRequest", "", "key-0123456789abcdef"),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
  test("is well-formed for any caller and key", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (caller, key) => {
        expect(ids.request(caller, "submitRequest", key)).toMatch(patterns.requestId);
      }),
    );
  });
});

describe("a document's id", () => {
  const id = (sha256 = "a", size = 1, type = "application/pdf", request = requestId) => documentId(request, sha256, size, type);

  test("is 26 characters, the same for the same content in the same request", () => {
    expect(id()).toMatch(patterns.documentId);
    expect(id()).toBe(id());
  });
  test("differs by request, checksum, size and type", () => {
    const other = ids.request("caller", "submitRequest", "another-key-0123456");
    const all = [id(), id("b"), id("a", 2), id("a", 1, "text/plain"), id("a", 1, "application/pdf", other)];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("what stands for a member in an index", () => {
  test("does not show the member's id, and differs by deployment", () => {
    const key = memberKey("salt")("10487654321");
    expect(key).not.toContain("10487654321");
    expect(key).not.toBe(memberKey("pepper")("10487654321"));
    expect(key).toBe(memberKey("salt")("10487654321"));
  });
});

describe("shards", () => {
  const many: readonly RequestId[] = Array.from({ length: 8_000 }, (_, index) =>
    ids.request("caller", "submitRequest", `key-${index}`),
  );

  test("hold a request always in the same place", () => {
    for (const id of many.slice(0, 100)) expect(shardOf(id)).toBe(shardOf(id));
  });
  test("share requests evenly: none has more than two eighths, none is idle", () => {
    const counts = Array.from({ length: shardCount }, (_, shard) => many.filter((id) => shardOf(id) === shard).length);
    expect(Math.max(...counts)).toBeLessThan(1_200);
    expect(Math.min(...counts)).toBeGreaterThan(800);
  });
});
