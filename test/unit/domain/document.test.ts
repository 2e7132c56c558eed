import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  awaitedAgain,
  type Document,
  expired,
  type Finding,
  isVerified,
  madeAvailable,
  maxDocumentBytes,
  newDocument,
  withFinding,
} from "../../../shared/domain/document.ts";
import { documentId, hoursAfter, received, requestId } from "../../builders.ts";

const fresh = newDocument({
  requestId,
  id: documentId(),
  description: { fileName: "note.pdf", contentType: "application/pdf", size: 3, sha256: "x", kind: "clinical" },
  now: received,
  uploadHours: 24,
});
const good: Finding = { good: true };
const bad: Finding = { good: false, reason: "The malware scan found a threat." };
type Fact = readonly ["checked" | "scanned", string, Finding];
const told = (...facts: readonly Fact[]): Document =>
  facts.reduce((document, [fact, version, finding]) => withFinding(document, fact, version, finding), fresh);

test("a document has 100 MiB at most", () => expect(maxDocumentBytes).toBe(104_857_600));

test("a new document awaits its upload for a day", () => {
  expect(fresh).toMatchObject({ status: "awaiting-upload", version: 1, awaitedUntil: hoursAfter(24), upload: null, reason: null });
});

describe("the two facts about an upload", () => {
  const checked: Fact = ["checked", "v1", good];
  const scanned: Fact = ["scanned", "v1", good];

  test.each([
    ["check first", [checked, scanned]],
    ["scan first", [scanned, checked]],
  ])("are both needed, %s", (_, [first, second]) => {
    const half = told(first as Fact);
    expect(half.status).toBe("verifying");
    expect(isVerified(half)).toBe(false);
    const both = told(first as Fact, second as Fact);
    expect(isVerified(both)).toBe(true);
    expect(both).toMatchObject({ status: "verifying", version: 3 });
    expect(madeAvailable(both, "r1")).toMatchObject({ status: "available", recordsVersionId: "r1", version: 4 });
  });

  test.each([
    ["a bad check", ["checked", "v1", bad]],
    ["a bad scan", ["scanned", "v1", bad]],
  ] as const)("reject by one alone: %s", (_, fact) => {
    expect(told(fact)).toMatchObject({ status: "rejected", reason: bad.good ? "" : bad.reason });
    expect(isVerified(told(fact))).toBe(false);
  });

  test("reject though the other is good", () => {
    expect(told(scanned, ["checked", "v1", bad]).status).toBe("rejected");
    expect(told(["scanned", "v1", bad], checked).status).toBe("rejected");
  });

  test("are about the first version only: one of each is not two", () => {
    expect(isVerified(told(checked, ["scanned", "v2", good]))).toBe(false);
    expect(told(checked, ["scanned", "v2", bad])).toEqual(told(checked));
    expect(isVerified(told(checked, ["scanned", "v2", bad], scanned))).toBe(true);
  });

  test("are recorded once, and change nothing afterwards", () => {
    const verified = madeAvailable(told(checked, scanned), "r1");
    expect(withFinding(verified, "scanned", "v1", bad)).toBe(verified);
    expect(withFinding(verified, "checked", "v2", bad)).toBe(verified);
    const rejected = told(["scanned", "v1", bad]);
    expect(withFinding(rejected, "scanned", "v1", good)).toBe(rejected);
  });

  test("in any order and number lead to the same end", () => {
    const fact = fc.tuple(fc.constantFrom("checked" as const, "scanned" as const), fc.constant("v1"), fc.constant(good));
    fc.assert(
      fc.property(fc.array(fact), (facts) => {
        const kinds = new Set(facts.map(([kind]) => kind));
        expect(isVerified(told(...facts))).toBe(kinds.size === 2);
        expect(told(...facts).version).toBe(1 + kinds.size);
      }),
    );
  });
});

describe("a place that is not used", () => {
  test("is given up at its time, not before", () => {
    expect(expired(fresh, hoursAfter(23.999))).toBe(fresh);
    expect(expired(fresh, hoursAfter(24))).toMatchObject({
      status: "expired",
      version: 2,
      reason: expect.stringContaining("register"),
    });
  });
  test("is not given up once bytes have arrived", () => {
    const arrived = told(["scanned", "v1", good]);
    expect(expired(arrived, hoursAfter(240))).toBe(arrived);
  });
  test("is opened again for another day", () => {
    const again = awaitedAgain(expired(fresh, hoursAfter(24)), hoursAfter(30), 24);
    expect(again).toMatchObject({ status: "awaiting-upload", reason: null, awaitedUntil: hoursAfter(54), version: 3 });
  });
  test("takes an upload that was under way when it was given up", () => {
    expect(withFinding(expired(fresh, hoursAfter(24)), "checked", "v1", good)).toMatchObject({ status: "verifying", reason: null });
  });
});
