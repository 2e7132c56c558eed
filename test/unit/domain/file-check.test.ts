import { createHash } from "node:crypto";
import { fileTypeFromBuffer } from "file-type";
import { describe, expect, test } from "vitest";
import { acceptedTypes } from "../../../shared/domain/document.ts";
import { checkFile } from "../../../shared/domain/file-check.ts";
import { ccda, everyType, linuxProgram, windowsProgram } from "../../files.ts";

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part))));
const utf8 = (text: string) => Buffer.from(text, "utf8");

/** A stored (uncompressed) entry of a ZIP archive. */
function entry(name: string, content: string): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt32LE(content.length, 18);
  head.writeUInt32LE(content.length, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, Buffer.from(name), Buffer.from(content)]);
}
const zip = (...entries: readonly (readonly [string, string])[]) =>
  Buffer.concat([...entries.map(([name, content]) => entry(name, content)), bytes("PK", [5, 6], Array(18).fill(0))]);

const samples = Object.fromEntries(everyType().map(({ contentType, bytes }) => [contentType, Buffer.from(bytes)]));
const ccdaText = Buffer.from(ccda().bytes).toString("utf8");
async function found(contentType: string, head: Buffer) {
  const sha256 = createHash("sha256").update(head).digest("base64");
  return checkFile(
    { fileName: "upload", contentType, size: head.length, sha256, kind: "clinical" },
    { size: head.length, sha256, head, detectedType: (await fileTypeFromBuffer(head))?.mime },
  );
}
const isGood = async (contentType: string, head: Buffer) => (await found(contentType, head)).good;

test("there is a sample of every type that is taken", () => {
  expect(Object.keys(samples).sort()).toEqual(Object.keys(acceptedTypes).sort());
});

describe.each(Object.keys(acceptedTypes))("a file announced as %s", (contentType) => {
  const others = Object.keys(samples).filter((type) => type !== contentType);

  test("passes when it is one", async () => {
    expect(await isGood(contentType, samples[contentType] ?? Buffer.alloc(0))).toBe(true);
  });
  test.each(others)("is rejected when it is %s", async (type) => {
    expect(await found(contentType, samples[type] ?? Buffer.alloc(0))).toMatchObject({
      good: false,
      reason: expect.stringContaining("not of the type announced"),
    });
  });
  test.each([
    ["a Windows program", windowsProgram],
    ["a Linux program", linuxProgram],
    ["a ZIP archive", zip(["note.txt", "hello"])],
    [
      "a spreadsheet",
      zip([
        "[Content_Types].xml",
        '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
      ]),
    ],
    ["a page for browsers", utf8("<!DOCTYPE html><html><script>alert(1)</script></html>")],
    ["a page with blanks before it", utf8("\uFEFF \n\t<HTML><body>")],
    ["a script", utf8("#!/bin/sh\nrm -rf /")],
    ["a drawing that can run scripts", utf8('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ["a drawing with a declaration", utf8('<?xml version="1.0"?><svg onload="alert(1)"/>')],
    [
      "a page with a declaration",
      utf8('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html xmlns="http://www.w3.org/1999/xhtml"/>'),
    ],
    ["noise", bytes([0, 1, 2, 3, 0xfe, 0xff, 0, 7])],
  ])("is rejected when it is %s", async (_, head) => {
    expect(await isGood(contentType, head)).toBe(false);
  });
});

describe("text", () => {
  test.each([
    ["with a byte order mark", utf8("\uFEFFSix weeks of therapy.")],
    ["with tabs, line breaks and a page break", utf8("A\tB\r\nC\fD")],
    ["beginning with BMI, like a bitmap", utf8("BMI 32, pain for six weeks")],
    ["beginning with MZ, like a program", utf8("MZ twins, one with scoliosis")],
    ["in Japanese", utf8("腰痛が六週間続いています。")],
  ])("passes %s", async (_, head) => {
    expect(await isGood("text/plain", head)).toBe(true);
  });
  test("passes when its head ends within a character", async () => {
    const text = utf8("é".repeat(40_000)).subarray(0, 64 * 1024 - 1);
    expect(await isGood("text/plain", text)).toBe(true);
  });
  test.each([
    ["UTF-16", Buffer.from("\uFEFFSix weeks of therapy.", "utf16le")],
    ["UTF-16 without a mark", Buffer.from("Six weeks of therapy.", "utf16le")],
    ["Latin-1", Buffer.from("Schmerz: äußerst stark", "latin1")],
    ["text with a zero byte", bytes("Six weeks", [0], "of therapy")],
  ])("is rejected as %s: it must be UTF-8", async (_, head) => {
    expect(await isGood("text/plain", head)).toBe(false);
  });
});

describe("a C-CDA document", () => {
  test.each([
    ["with a byte order mark", utf8(`\uFEFF${ccdaText}`)],
    ["without a declaration", utf8('<ClinicalDocument xmlns="urn:hl7-org:v3"/>')],
    ["with a prefix", utf8('<cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3"/>')],
  ])("passes %s", async (_, head) => {
    expect(await isGood("application/xml", head)).toBe(true);
  });
  test("is rejected in UTF-16", async () => {
    expect(await isGood("application/xml", Buffer.from(`\uFEFF${ccdaText}`, "utf16le"))).toBe(false);
  });
});

describe("before its type, a file's", () => {
  const described = { fileName: "n", contentType: "text/plain", size: 3, sha256: "a", kind: "clinical" } as const;
  const stored = { size: 3, sha256: "a", head: utf8("abc"), detectedType: undefined };

  test("size must be the one announced", () => {
    expect(checkFile(described, { ...stored, size: 4 })).toMatchObject({ good: false, reason: expect.stringContaining("size") });
  });
  test("checksum must be the one announced", () => {
    expect(checkFile(described, { ...stored, sha256: "b" })).toMatchObject({
      good: false,
      reason: expect.stringContaining("checksum"),
    });
  });
  test("reason never repeats the file's name", () => {
    const named = { ...described, fileName: "Ada Reyes.pdf" };
    for (const wrong of [{ size: 4 }, { sha256: "b" }, { head: bytes([0]) }])
      expect(JSON.stringify(checkFile(named, { ...stored, ...wrong }))).not.toContain("Ada");
  });
});
