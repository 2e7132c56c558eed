import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileJson, maxBodyBytes } from "../../../shared/api/json-guard.ts";

const met = (body: string | Uint8Array) => hostileJson(typeof body === "string" ? Buffer.from(body, "utf8") : body);
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

describe("what is not hostile passes", () => {
  test.each([
    ["the empty body: the parser says what is wrong", ""],
    ["a number", "1"],
    ["the same name in two objects", '[{"a":1},{"a":2}]'],
    ["the same name in an object and in its parent", '{"a":{"a":{"a":1}}}'],
    ["a name that is also a value", '{"a":"a","b":"a"}'],
    ["names that only look alike", '{"constructors":1,"proto":2,"__proto":3}'],
    ["forbidden names as values", '["__proto__","constructor"]'],
    ["a pair of surrogates", '"\\uD83D\\uDE00"'],
    ["an emoji itself", '"😀"'],
    ["an escaped backslash before a u", '"\\\\uD800"'],
    ["brackets, commas and quotes in a text", `{"a":"${"[{,".repeat(30_000)}\\""}`],
    ["twenty levels", nested("[", "]", 20)],
  ])("%s", (_, body) => expect(met(body)).toBeUndefined());

  test("whatever JSON.stringify writes of plain values", () => {
    const plain = fc.jsonValue({ maxDepth: 5, stringUnit: "grapheme" });
    fc.assert(
      fc.property(plain, (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(text));
        expect(met(text)).toBeUndefined();
        expect(met(JSON.stringify(value, null, 2))).toBeUndefined();
      }),
    );
  });
});

describe("what is hostile is met", () => {
  test.each([
    ["twenty-one levels of lists", nested("[", "]", 21), /nested/],
    ["twenty-one levels of objects", `${'{"a":'.repeat(21)}1${"}".repeat(21)}`, /nested/],
    ["100,000 levels that never close", "[".repeat(100_000), /nested/],
    ["a name twice", '{"a":1,"b":2,"a":3}', /twice/],
    ["a name twice, once with an escape", '{"a":1,"\\u0061":2}', /twice/],
    ["a name twice, with a slash escaped", '{"a/b":1,"a\\/b":2}', /twice/],
    ["a name twice, behind an object", '{"a":{"x":[{}]},"a":1}', /twice/],
    ["a name twice, behind a list", '{"a":[1,{"b":2},"c"],"a":1}', /twice/],
    ["the empty name twice", '{"":1,"":2}', /twice/],
    ["__proto__", '{"__proto__":{"admin":true}}', /never accepted/],
    ["__proto__ with an escape", '{"\\u005f_proto__":1}', /never accepted/],
    ["constructor, deep within", '{"a":[{"constructor":1}]}', /never accepted/],
    ["prototype", '{"prototype":1}', /never accepted/],
    ["a lone high surrogate", '{"a":"\\uD800"}', /surrogate/],
    ["a lone low surrogate", '["x","\\udc00"]', /surrogate/],
    ["surrogates in the wrong order", '"\\uDE00\\uD83D"', /surrogate/],
    ["a pair split over two texts", '["\\uD83D","\\uDE00"]', /surrogate/],
    ["a lone surrogate in a name", '{"\\uD800":1}', /surrogate/],
    ["a lone surrogate behind one that is paired", '["\\uD83D\\uDE00 \\uD83D"]', /surrogate/],
    ["a text that does not end", '{"a":"b', /within a string/],
    ["a text that ends in a backslash", '"a\\', /within a string/],
    ["a name with a bad escape", '{"\\x":1}', /malformed/],
    ["more than 20,000 tokens", `[${"1,".repeat(20_000)}1]`, /tokens/],
    ["more than 20,000 empty objects", `[${"{},".repeat(10_001)}1]`, /tokens/],
  ])("%s", (_, body, says) => expect(met(body)).toMatch(says));

  test.each([
    ["a byte alone", [0xff]],
    ["a cut character", [0x22, 0xc3, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["an encoded surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["beyond Unicode", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
  ])("bytes that are not UTF-8: %s", (_, bytes) => expect(met(Uint8Array.from(bytes))).toMatch(/UTF-8/));

  test("without repeating the body's words", () => {
    const said = ['{"Reyes":1,"Reyes":2}', '{"a":"Reyes\\uD800"}', '{"__proto__":"Reyes"}', '{"Reyes'].map((body) => met(body));
    expect(said.join(" ")).not.toContain("Reyes");
    expect(said).not.toContain(undefined);
  });
});

test("a duplicate is found wherever it stands, however it is written", () => {
  const escaped = (name: string) => [...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(names, fc.nat(), fc.boolean(), fc.jsonValue({ maxDepth: 2 }), (all, pick, escapes, value) => {
      fc.pre(!/"(__proto__|constructor|prototype)"/.test(JSON.stringify(value)));
      const again = all[pick % all.length] ?? "";
      const members = all.map((name) => `"${name}":${JSON.stringify(value)}`);
      expect(met(`{${members.join(",")}}`)).toBeUndefined();
      expect(met(`{${[...members, `"${escapes ? escaped(again) : again}":1`].join(",")}}`)).toMatch(/twice/);
    }),
  );
});

/** Some 5 ms of a processor, were it busy with others or not; a scan that starts over at each text or escape would take seconds. */
describe("256 KB are scanned in linear time", () => {
  const fill = (piece: string, bytes: number) => piece.repeat(Math.floor(bytes / piece.length));
  test.each<[string, (bytes: number) => string]>([
    ["of one text", (bytes) => `"${fill("a", bytes)}"`],
    ["of escapes", (bytes) => `"${fill("\\u0061", bytes)}"`],
    ["of escaped backslashes", (bytes) => `"${fill("\\\\", bytes)}"`],
    ["of escapes that are not in a text", (bytes) => `["a",${fill("\\u", bytes)}]`],
    ["of short texts before one escape", (bytes) => `[${fill('"aaaaaaaaaaaaaaaa",', bytes)}"\\u0061"]`],
    ["of texts with an escape each", (bytes) => `[${fill('"aaaaaaaaa\\u0061",', bytes)}1]`],
    [
      "of names",
      (bytes) => `{${Array.from({ length: Math.floor(bytes / 16) }, (_, n) => `"name${String(n).padStart(8, "0")}":1`).join(",")}}`,
    ],
    ["of a text that never ends", (bytes) => `"${fill('\\"', bytes)}`],
    ["of blanks", (bytes) => fill(" ", bytes)],
  ])("%s", (_, body) => {
    const bytes = Buffer.from(body(maxBodyBytes));
    const spent = Array.from({ length: 3 }, () => {
      const before = process.threadCpuUsage();
      hostileJson(bytes);
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...spent)).toBeLessThan(100);
  });
});
