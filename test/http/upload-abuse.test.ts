import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { eicar, html, linuxProgram, pdf, plainText, type SentFile, sha256, windowsProgram } from "../files.ts";
import { caller, control, type Json } from "./client.ts";
import { deskOf } from "./imaging-desk.ts";
import { filledIn, multipart, sent, upload } from "./upload.ts";

const desk = deskOf(await caller({ role: "provider" }));
let notes = 0;
/** A note that no other test has sent. */
const note = (): SentFile => plainText(`Note ${++notes}. ${"Six weeks of physical therapy without relief. ".repeat(4)}\n`);

type Form = { url: string; fields: Record<string, string>; expiresAt: string };
type Awaited = { requestId: string; id: string; form: Form };

/** A file with its form, in a request of its own: the vendor is silent, so nothing else happens to it. */
const awaited = async (file: SentFile): Promise<Awaited> => {
  const { id: requestId } = await desk.submit("7");
  const { id, upload: form } = await desk.register(requestId, file);
  return { requestId, id, form };
};
const settled = ({ requestId, id }: Awaited) => desk.settled(requestId, id);

/** The store said no, and the document waits as before; afterwards the untouched form still works. */
async function expectRefused(
  { requestId, id, form }: Awaited,
  file: SentFile,
  answer: { status: number; text: string },
  code: RegExp,
): Promise<void> {
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
  expect(answer.status, answer.text).toBeLessThan(500);
  expect(answer.text).toMatch(code);
  const document = await desk.readDocument(requestId, id);
  expect(document.status).toBe("awaiting-upload");
  expect(document.download).toBeUndefined();
  expect((await upload(form, file.bytes)).status).toBe(204);
  expect((await desk.settled(requestId, id)).status).toBe("available");
}

describe.concurrent("an upload is refused when its bytes are not the announced ones:", () => {
  test("one byte too many", async () => {
    const file = note();
    const document = await awaited(file);
    const bytes = Buffer.concat([file.bytes, Buffer.from("!")]);
    await expectRefused(document, file, await upload(document.form, bytes), /EntityTooLarge/);
  });

  test("far too many", async () => {
    const file = note();
    const document = await awaited(file);
    await expectRefused(document, file, await upload(document.form, Buffer.alloc(5_000_000, "x")), /EntityTooLarge/);
  });

  test("one byte too few", async () => {
    const file = note();
    const document = await awaited(file);
    await expectRefused(document, file, await upload(document.form, file.bytes.subarray(1)), /EntityTooSmall/);
  });

  test("none at all", async () => {
    const file = note();
    const document = await awaited(file);
    await expectRefused(document, file, await upload(document.form, Buffer.alloc(0)), /EntityTooSmall/);
  });

  test("other content of the same size", async () => {
    const file = note();
    const document = await awaited(file);
    const other = Buffer.from(file.bytes);
    other[0] = other[0] === 0x4e ? 0x4d : 0x4e;
    await expectRefused(document, file, await upload(document.form, other), /BadDigest|checksum/i);
  });

  test("no file", async () => {
    const file = note();
    const document = await awaited(file);
    const form = new FormData();
    for (const [name, value] of Object.entries(document.form.fields)) form.append(name, value);
    await expectRefused(document, file, await sent(document.form.url, form), /InvalidArgument/);
  });

  test("two files", async () => {
    const file = note();
    const document = await awaited(file);
    const form = filledIn(document.form.fields, new Blob([file.bytes as Uint8Array<ArrayBuffer>]));
    form.append("file", new Blob([file.bytes as Uint8Array<ArrayBuffer>]), "again");
    await expectRefused(document, file, await sent(document.form.url, form), /InvalidArgument/);
  });
});

describe.concurrent("an upload is refused when a field of its form says something else:", () => {
  test.each([
    ["another key", "key", "PA-OTHER/DOCUMENT"],
    ["another type", "Content-Type", "text/html"],
    ["another type of the desk's own", "Content-Type", "application/pdf"],
    ["another checksum", "x-amz-checksum-sha256", sha256(Buffer.from("other"))],
    ["another checksum algorithm", "x-amz-checksum-algorithm", "CRC32"],
    ["another disposition", "Content-Disposition", "inline"],
    ["another date", "X-Amz-Date", "20260101T000000Z"],
    ["another algorithm", "X-Amz-Algorithm", "AWS4-HMAC-SHA1"],
    ["another session token", "X-Amz-Security-Token", "bm9uZQ=="],
  ])("%s", async (_what, field, value) => {
    const file = note();
    const document = await awaited(file);
    expect(document.form.fields[field]).toBeDefined();
    await expectRefused(document, file, await upload(document.form, file.bytes, { [field]: value }), /<Code>/);
  });

  test("the checksum of other bytes, sent with those bytes", async () => {
    const file = note();
    const document = await awaited(file);
    const other = Buffer.from(file.bytes).reverse();
    const answer = await upload(document.form, other, { "x-amz-checksum-sha256": sha256(other) });
    await expectRefused(document, file, answer, /AccessDenied/);
  });

  test("the key of another document of the same request", async () => {
    const [file, other] = [note(), note()];
    const document = await awaited(file);
    const { id, upload: form } = await desk.register(document.requestId, other);
    const target = { requestId: document.requestId, id, form };
    const key = target.form.fields.key;
    await expectRefused(document, file, await upload(document.form, file.bytes, { key }), /AccessDenied/);
    await expectRefused(target, other, { status: 400, text: "" }, /^$/);
  });

  test("the name of a field in other letters, beside the field itself", async () => {
    const file = note();
    const document = await awaited(file);
    const answer = await upload(document.form, file.bytes, { "CONTENT-TYPE": "text/html" });
    await expectRefused(document, file, answer, /<Code>/);
  });
});

describe.concurrent("an upload is refused when a field of its form is missing:", () => {
  const fields = [
    "key",
    "Content-Type",
    "Content-Disposition",
    "x-amz-checksum-algorithm",
    "x-amz-checksum-sha256",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Security-Token",
    "Policy",
    "X-Amz-Signature",
  ];

  test.each(fields)("%s", async (field) => {
    const file = note();
    const document = await awaited(file);
    const answer = await upload(document.form, file.bytes, { [field]: undefined });
    await expectRefused(document, file, answer, /AccessDenied|InvalidArgument|InvalidAccessKeyId|InvalidRequest/);
  });

  test("all of them", async () => {
    const file = note();
    const document = await awaited(file);
    expect(Object.keys(document.form.fields).sort()).toEqual([...fields].sort());
    await expectRefused(
      document,
      file,
      await sent(document.form.url, filledIn({}, new Blob(["x"]))),
      /InvalidArgument|AccessDenied/,
    );
    expect((await sent(document.form.url, filledIn({ key: document.form.fields.key }, new Blob(["x"])))).status).toBe(403);
  });
});

describe.concurrent("an upload is refused when its form has a field too many:", () => {
  test.each([
    ["acl", "public-read"],
    ["tagging", "<Tagging><TagSet><Tag><Key>scanned</Key><Value>clean</Value></Tag></TagSet></Tagging>"],
    ["success_action_redirect", "https://example.org/"],
    ["redirect", "https://example.org/"],
    ["success_action_status", "201"],
    ["x-amz-meta-name", "value"],
    ["x-amz-server-side-encryption", "AES256"],
    ["x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:us-east-1:000000000000:key/other"],
    ["x-amz-server-side-encryption-customer-algorithm", "AES256"],
    ["x-amz-storage-class", "GLACIER"],
    ["x-amz-object-lock-mode", "COMPLIANCE"],
    ["x-amz-website-redirect-location", "https://example.org/"],
    ["Content-Encoding", "gzip"],
    ["Cache-Control", "public"],
    ["bucket", "prior-auth-local-records-000000000000-us-east-1"],
    ["anything", "else"],
  ])("%s", async (field, value) => {
    const file = note();
    const document = await awaited(file);
    await expectRefused(document, file, await upload(document.form, file.bytes, { [field]: value }), /<Code>/);
  });
});

describe.concurrent("an upload is refused when its form was tampered with:", () => {
  const policyOf = (form: Form) => JSON.parse(Buffer.from(form.fields.Policy ?? "", "base64").toString());
  const encoded = (policy: unknown) => Buffer.from(JSON.stringify(policy)).toString("base64");

  test("a policy with a wider range, and the signature of the old one", async () => {
    const file = note();
    const document = await awaited(file);
    const policy = policyOf(document.form);
    policy.conditions = policy.conditions.map((condition: unknown) =>
      Array.isArray(condition) && condition[0] === "content-length-range" ? ["content-length-range", 0, 1e9] : condition,
    );
    const answer = await upload(document.form, file.bytes, { Policy: encoded(policy) });
    await expectRefused(document, file, answer, /SignatureDoesNotMatch/);
  });

  test("a policy that lives longer", async () => {
    const file = note();
    const document = await awaited(file);
    const policy = { ...policyOf(document.form), expiration: "2099-01-01T00:00:00Z" };
    const answer = await upload(document.form, file.bytes, { Policy: encoded(policy) });
    await expectRefused(document, file, answer, /SignatureDoesNotMatch/);
  });

  test("a policy without conditions", async () => {
    const file = note();
    const document = await awaited(file);
    const answer = await upload(document.form, file.bytes, { Policy: encoded({ ...policyOf(document.form), conditions: [] }) });
    await expectRefused(document, file, answer, /SignatureDoesNotMatch/);
  });

  test("one digit of the signature", async () => {
    const file = note();
    const document = await awaited(file);
    const signature = document.form.fields["X-Amz-Signature"] ?? "";
    const bent = `${signature.startsWith("0") ? "1" : "0"}${signature.slice(1)}`;
    const answer = await upload(document.form, file.bytes, { "X-Amz-Signature": bent });
    await expectRefused(document, file, answer, /SignatureDoesNotMatch/);
  });

  test("the policy and signature of another document's form", async () => {
    const [file, other] = [note(), note()];
    const [document, donor] = [await awaited(file), await awaited(other)];
    const { Policy, "X-Amz-Signature": signature } = donor.form.fields;
    const answer = await upload(document.form, file.bytes, { Policy, "X-Amz-Signature": signature });
    await expectRefused(document, file, answer, /AccessDenied/);
  });

  test("a credential of nobody", async () => {
    const file = note();
    const document = await awaited(file);
    const [, ...scope] = (document.form.fields["X-Amz-Credential"] ?? "").split("/");
    const credential = ["ASIAAAAAAAAAAAAAAAAA", ...scope].join("/");
    const answer = await upload(document.form, file.bytes, { "X-Amz-Credential": credential });
    await expectRefused(document, file, answer, /InvalidAccessKeyId/);
  });

  test("a credential of another region, day or service", async () => {
    const file = note();
    const document = await awaited(file);
    const [key, day, region, service, end] = (document.form.fields["X-Amz-Credential"] ?? "").split("/");
    const credentials = [
      [key, "20200101", region, service, end],
      [key, day, "eu-west-1", service, end],
      [key, day, region, "dynamodb", end],
    ];
    for (const credential of credentials.map((parts) => parts.join("/")))
      expect((await upload(document.form, file.bytes, { "X-Amz-Credential": credential })).status).toBe(400);
    await expectRefused(document, file, { status: 400, text: "" }, /^$/);
  });

  test("sent to the records bucket", async () => {
    const file = note();
    const document = await awaited(file);
    const records = document.form.url.replace("-intake-", "-records-");
    const answer = await upload({ ...document.form, url: records }, file.bytes);
    await expectRefused(document, file, answer, /AccessDenied/);
  });
});

describe.concurrent("an upload of the announced bytes ends rejected when they are", () => {
  test.each<[string, SentFile, RegExp]>([
    [
      "EICAR in the middle of a note",
      plainText(`Before. ${"x".repeat(70_000)} ${eicar.toString("latin1")} after.\n`),
      /malware scan found a threat/,
    ],
    ["EICAR in the middle of a PDF", { ...pdf(), bytes: Buffer.concat([pdf().bytes, eicar, pdf().bytes]) }, /malware scan/],
    ["EICAR alone", { ...plainText(), bytes: eicar }, /malware scan/],
    ["HTML named .pdf", { fileName: "note.pdf", contentType: "application/pdf", bytes: html }, /not of the type announced/],
    ["HTML named .txt", { fileName: "note.txt", contentType: "text/plain", bytes: html }, /not of the type announced/],
    ["HTML named .xml", { fileName: "ccd.xml", contentType: "application/xml", bytes: html }, /not of the type announced/],
    [
      "XHTML behind a long comment, named .xml",
      {
        fileName: "ccd.xml",
        contentType: "application/xml",
        bytes: Buffer.from(`<?xml version="1.0"?><!-- ${"x".repeat(5_000)} --><html xmlns="http://www.w3.org/1999/xhtml"/>`),
      },
      /not of the type announced/,
    ],
    [
      "a Windows program named .pdf",
      { fileName: "note.pdf", contentType: "application/pdf", bytes: windowsProgram },
      /not of the type announced/,
    ],
    [
      "a Linux program named .pdf",
      { fileName: "note.pdf", contentType: "application/pdf", bytes: linuxProgram },
      /not of the type announced/,
    ],
    [
      "a shell script named .txt",
      { fileName: "note.txt", contentType: "text/plain", bytes: Buffer.from("#!/bin/sh\nrm -rf ~\n") },
      /not of the type announced/,
    ],
    [
      "bytes that are no text, named .txt",
      { fileName: "note.txt", contentType: "text/plain", bytes: Buffer.from([0xff, 0xfe, 0, 1, 2]) },
      /not of the type announced/,
    ],
    ["a PDF named .png", { fileName: "a.png", contentType: "image/png", bytes: pdf().bytes }, /not of the type announced/],
  ])("%s", async (_what, file, reason) => {
    const given = await awaited(file);
    expect((await upload(given.form, file.bytes)).status).toBe(204);
    const document = await settled(given);
    expect(document.status).toBe("rejected");
    expect(document.reason).toMatch(reason);
    expect(document.reason).toMatch(/register/i);
    expect(document.download).toBeUndefined();
  });
});

describe("a second upload with the same form changes nothing:", () => {
  test("after verification the same bytes of the same version come down", async () => {
    const file = note();
    const given = await awaited(file);
    await upload(given.form, file.bytes);
    const before = await settled(given);
    await control("idle");
    const { version } = await desk.read(given.requestId);

    expect((await upload(given.form, file.bytes)).status).toBe(204);
    expect((await upload(given.form, Buffer.from(file.bytes).reverse())).status).toBe(400);
    await control("idle");
    const after = await desk.readDocument(given.requestId, given.id);
    const versionId = (document: Json) => new URL(document.download.url).searchParams.get("versionId");
    expect(versionId(after)).toBe(versionId(before));
    expect((await desk.read(given.requestId)).version).toBe(version);
    const response = await fetch(before.download.url);
    expect(sha256(Buffer.from(await response.arrayBuffer()))).toBe(sha256(file.bytes));
    expect(response.headers.get("x-amz-version-id")).toBe(versionId(before));
  });

  test("after a rejection it stays rejected", async () => {
    const file: SentFile = { ...note(), contentType: "application/pdf" };
    const given = await awaited(file);
    await upload(given.form, file.bytes);
    const before = await settled(given);
    await upload(given.form, file.bytes);
    await control("idle");
    expect(await desk.readDocument(given.requestId, given.id)).toEqual(before);
  });

  test("ten at once are one document", async () => {
    const file = note();
    const given = await awaited(file);
    const answers = await Promise.all(Array.from({ length: 10 }, () => upload(given.form, file.bytes)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect((await settled(given)).status).toBe("available");
    await control("idle");
    const events = (await desk.events(given.requestId)).map((event) => event.type);
    expect(events.filter((type) => type.startsWith("document."))).toEqual(["document.registered", "document.available"]);
  });
});

describe.concurrent("a valid form passes as it is sent by", () => {
  const file = () => ({ ...note(), fileName: "note.txt" });
  const expectAvailable = async (given: Awaited) => expect((await settled(given)).status).toBe("available");
  const byHand = async (form: Form, fields: [string, string][], bytes: Uint8Array, boundary: string, type: string) => {
    const body = multipart(fields, { name: "note.txt", type, bytes }, boundary);
    const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
    return (await fetch(form.url, { method: "POST", headers, body: body as Uint8Array<ArrayBuffer> })).status;
  };

  test("FormData and fetch", async () => {
    const sentFile = file();
    const given = await awaited(sentFile);
    expect((await upload(given.form, sentFile.bytes)).status).toBe(204);
    await expectAvailable(given);
  });

  test("a browser: fields in the form's order, a boundary of WebKit's, a type for the file part", async () => {
    const sentFile = file();
    const given = await awaited(sentFile);
    const boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
    expect(await byHand(given.form, Object.entries(given.form.fields), sentFile.bytes, boundary, "text/plain")).toBe(204);
    await expectAvailable(given);
  });

  test("a client that turns the fields' order around", async () => {
    const sentFile = file();
    const given = await awaited(sentFile);
    const fields = Object.entries(given.form.fields).reverse();
    expect(await byHand(given.form, fields, sentFile.bytes, "boundary", "application/octet-stream")).toBe(204);
    await expectAvailable(given);
  });

  test("a client that writes the fields' names in lower case, and ignores what it does not know", async () => {
    const sentFile = file();
    const given = await awaited(sentFile);
    const fields = Object.entries(given.form.fields).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
    expect(await byHand(given.form, [...fields, ["x-ignore-note", "mine"]], sentFile.bytes, "boundary", "text/plain")).toBe(204);
    await expectAvailable(given);
  });

  const directory = mkdtempSync(join(tmpdir(), "desk-curl-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.skipIf(!hasCurl())("curl -F", async () => {
    const sentFile = file();
    const given = await awaited(sentFile);
    const path = join(directory, "note.txt");
    writeFileSync(path, sentFile.bytes);
    const fields = Object.entries(given.form.fields).flatMap(([name, value]) => ["-F", `${name}=${value}`]);
    const said = await promisify(execFile)("curl", [
      "-sS",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      ...fields,
      "-F",
      `file=@${path}`,
      given.form.url,
    ]);
    expect(said.stdout).toBe("204");
    await expectAvailable(given);
  });

  test("the fields as the bytes of `curl -F`, where there is no curl", async () => {
    const sentFile = file();
    const given = await awaited(sentFile);
    const boundary = "------------------------d74496d66958873e";
    expect(await byHand(given.form, Object.entries(given.form.fields), sentFile.bytes, boundary, "text/plain")).toBe(204);
    await expectAvailable(given);
  });
});

function hasCurl(): boolean {
  try {
    execFileSync("curl", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
