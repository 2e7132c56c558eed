import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Identity, openIdentities } from "../../infra/local/identities.ts";
import type { Call } from "../../infra/local/judge.ts";
import { type ObjectCreated, type ObjectStore, startObjectStore } from "../../infra/local/object-store/start-object-store.ts";

const region = "us-east-1";
const intake = "intake";
const records = "records";
const key = "PA-EXAMPLE/document";
const mebibyte = 1024 * 1024;

let directory: string;
let store: ObjectStore;
let client: S3Client;
let desk: Identity;
let offset: number;
let created: ObjectCreated[];
let calls: Call[];
let denied: (call: Call) => boolean;
let announce: (event: ObjectCreated) => Promise<void>;

const now = () => new Date(Date.now() + offset);

/** Signer and store read the same instant until the test ends: what expires to the second does not hang on how fast the machine is. */
const stopTime = () => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });

const clientFor = (identity: Identity, more: object = {}) =>
  new S3Client({ region, endpoint: store.url, forcePathStyle: true, credentials: identity, ...more });

const open = async (): Promise<void> => {
  const identities = openIdentities(directory);
  desk = identities.of("prior-auth-local-register-document");
  store = await startObjectStore({
    port: 0,
    directory,
    region,
    now,
    identities,
    buckets: [
      {
        name: intake,
        versioned: true,
        cors: [
          {
            AllowedMethods: ["POST"],
            AllowedOrigins: ["https://*.example.org"],
            AllowedHeaders: ["*"],
            ExposedHeaders: ["ETag"],
            MaxAge: 300,
          },
        ],
      },
      { name: records, versioned: true, objectLock: true },
      { name: "plain", versioned: false },
    ],
    judge: (call) => {
      calls.push(call);
      return denied(call) ? { allowed: false, because: "no policy allows it" } : { allowed: true };
    },
    onObjectCreated: (event) => announce(event),
  });
  client = clientFor(desk);
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "object-store-"));
  offset = 0;
  created = [];
  calls = [];
  denied = () => false;
  announce = async (event) => {
    created.push(event);
  };
  await open();
});

afterEach(async () => {
  vi.useRealTimers();
  client.destroy();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64");
const filesOnDisk = (bucket = intake) => readdirSync(join(directory, "buckets", bucket));
const put = (bucket: string, name: string, body: string | Uint8Array, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: body, ...more }));
const codeOf = async (operation: Promise<unknown>): Promise<[string, number | undefined]> => {
  const error = (await operation.then(
    () => undefined,
    (reason) => reason,
  )) as S3ServiceException | undefined;
  return [error?.name ?? "accepted", error?.$metadata?.httpStatusCode];
};

type Form = { url: string; fields: [string, string][] };

/** The form that the desk hands out: everything about the one document is fixed. */
const formFor = async (
  bytes: Uint8Array,
  more: { size?: number; key?: string; identity?: Identity; fields?: Record<string, string> } = {},
): Promise<Form> => {
  const size = more.size ?? bytes.length;
  const { url, fields } = await createPresignedPost(more.identity ? clientFor(more.identity) : client, {
    Bucket: intake,
    Key: more.key ?? key,
    Expires: 900,
    Fields: {
      "Content-Type": "application/pdf",
      "Content-Disposition": "attachment",
      "x-amz-checksum-algorithm": "SHA256",
      "x-amz-checksum-sha256": sha256(bytes),
      ...more.fields,
    },
    Conditions: [["content-length-range", size, size]],
  });
  return { url, fields: Object.entries(fields) };
};

const post = async (
  { url, fields }: Form,
  bytes: Uint8Array | string,
  more: { after?: [string, string][]; fileName?: string; headers?: Record<string, string> } = {},
) => {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  if (typeof bytes === "string") data.append("file", bytes);
  else data.append("file", new Blob([new Uint8Array(bytes)], { type: "application/pdf" }), more.fileName ?? "chart.pdf");
  for (const [name, value] of more.after ?? []) data.append(name, value);
  const response = await fetch(url, {
    method: "POST",
    body: data,
    redirect: "manual",
    ...(more.headers ? { headers: more.headers } : {}),
  });
  const body = await response.text();
  return { status: response.status, headers: response.headers, body, code: /<Code>(.*?)<\/Code>/.exec(body)?.[1] };
};

const named = (field: string) => (candidate: string) => candidate.toLowerCase() === field.toLowerCase();
const setting = (form: Form, field: string, value: string): Form => ({
  ...form,
  fields: form.fields.some(([name]) => named(field)(name))
    ? form.fields.map(([name, old]) => [name, named(field)(name) ? value : old])
    : [...form.fields, [field, value]],
});
const without = (form: Form, field: string): Form => ({ ...form, fields: form.fields.filter(([name]) => !named(field)(name)) });
const fieldOf = (form: Form, field: string): string => form.fields.find(([name]) => named(field)(name))?.[1] ?? "";

const document = Buffer.from("%PDF-1.7 six weeks of physical therapy without relief");

const expectNothingStored = async () => {
  expect(filesOnDisk()).toEqual([]);
  const listed = await client.send(new ListObjectVersionsCommand({ Bucket: intake }));
  expect(listed.Versions ?? []).toEqual([]);
  expect(created).toEqual([]);
};

describe("a valid form", () => {
  const expectStored = async () => {
    const read = await client.send(new GetObjectCommand({ Bucket: intake, Key: key, ChecksumMode: "ENABLED" }));
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? [])).toEqual(document);
    expect(read).toMatchObject({
      ContentType: "application/pdf",
      ContentDisposition: "attachment",
      ContentLength: document.length,
      ChecksumSHA256: sha256(document),
      ETag: `"${createHash("md5").update(document).digest("hex")}"`,
    });
    expect(created).toMatchObject([
      { bucket: intake, key, versionId: read.VersionId, size: document.length, reason: "PostObject" },
    ]);
  };

  test("passes as FormData sends it, and is judged as its signer's", async () => {
    const answer = await post(await formFor(document), document);
    expect(answer).toMatchObject({ status: 204, body: "" });
    expect(answer.headers.get("etag")).toBe(`"${createHash("md5").update(document).digest("hex")}"`);
    expect(answer.headers.get("x-amz-version-id")).toBe(created[0]?.versionId);
    expect(calls).toEqual([{ identity: desk, action: "s3:PutObject", resource: `arn:aws:s3:::${intake}/${key}` }]);
    await expectStored();
  });

  const curl = spawnSync("curl", ["--version"]).status === 0;
  if (!curl) console.warn("SKIPPED: curl is not installed, so its way of sending a form is not tested");
  test.skipIf(!curl)("passes as curl sends it", async () => {
    const { url, fields } = await formFor(document);
    const file = join(directory, "chart.pdf");
    writeFileSync(file, document);
    const args = fields.flatMap(([name, value]) => ["--form-string", `${name}=${value}`]);
    const child = spawn("curl", ["-s", "-w", "%{http_code}", ...args, "-F", `file=@${file};type=application/pdf`, url]);
    expect(await text(child.stdout)).toBe("204");
    await expectStored();
  });

  test("passes as a browser sends it: any order and spelling of the fields, the submit button behind the file", async () => {
    const form = await formFor(document);
    const fields = form.fields.toReversed().map(([name, value]): [string, string] => [name.toUpperCase(), value]);
    const boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
    const part = (disposition: string, content: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${content}\r\n`;
    const body = Buffer.concat([
      Buffer.from(fields.map(([name, value]) => part(`name="${name}"`, `\r\n${value}`)).join("")),
      Buffer.from(
        part('name="file"; filename="C:\\fakepath\\M\u00fcller chart.pdf"', "Content-Type: application/pdf\r\n\r\n").slice(0, -2),
      ),
      document,
      Buffer.from(`\r\n${part('name="submit"', "\r\nUpload")}--${boundary}--\r\n`),
    ]);
    const response = await fetch(form.url, {
      method: "POST",
      body,
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    });
    expect(response.status).toBe(204);
    await expectStored();
  });

  test("passes with the file as a plain text field and without a bucket field, as S3's own examples are", async () => {
    expect(await post(without(await formFor(document), "bucket"), document.toString())).toMatchObject({ status: 204 });
    await expectStored();
  });

  test("may ask for another answer, where its policy allows that", async () => {
    const listed = await post(await formFor(document, { fields: { success_action_status: "201" } }), document);
    expect(listed.status).toBe(201);
    expect(listed.body).toContain(`<Bucket>${intake}</Bucket><Key>${key}</Key>`);
    const redirected = await post(
      await formFor(document, { fields: { success_action_redirect: "https://example.org/done" } }),
      document,
    );
    expect(redirected.status).toBe(303);
    expect(redirected.headers.get("location")).toContain("https://example.org/done?bucket=intake&key=PA-EXAMPLE%2Fdocument&etag=");
  });

  test("has the file's name put in place of its variable, without its folders", async () => {
    const form = await formFor(document, { key: ["uploads/$", "{filename}"].join("") });
    expect((await post(form, document, { fileName: "../../etc/chart.pdf" })).status).toBe(204);
    expect(created).toMatchObject([{ key: "uploads/chart.pdf" }]);
  });

  test("ignores what follows the file, even what would be refused before it", async () => {
    const answer = await post(await formFor(document), document, { after: [["acl", "public-read"]] });
    expect(answer.status).toBe(204);
    await expectStored();
  });

  test("used again makes another version and leaves the first one as it was", async () => {
    const form = await formFor(document);
    await post(form, document);
    await post(form, document);
    expect(created).toHaveLength(2);
    expect(created[0]?.versionId).not.toBe(created[1]?.versionId);
    expect((created[0]?.sequencer ?? "") < (created[1]?.sequencer ?? "")).toBe(true);
  });
});

describe("an abused form is refused and stores nothing", () => {
  const otherBytes = Buffer.from(document.map((byte) => byte ^ 1));
  const tamper = (text: string) => `${text.startsWith("a") ? "b" : "a"}${text.slice(1)}`;
  const repoliced = (form: Form, change: (policy: string) => string) =>
    setting(form, "policy", Buffer.from(change(Buffer.from(fieldOf(form, "policy"), "base64").toString())).toString("base64"));

  const cases: [string, (form: Form) => Form, Uint8Array, string][] = [
    ["too big by a byte", (form) => form, Buffer.concat([document, Buffer.from("x")]), "EntityTooLarge"],
    ["far too big", (form) => form, Buffer.alloc(3 * mebibyte), "EntityTooLarge"],
    ["too small", (form) => form, document.subarray(1), "EntityTooSmall"],
    ["empty", (form) => form, Buffer.alloc(0), "EntityTooSmall"],
    ["other content of the same size", (form) => form, otherBytes, "BadDigest"],
    [
      "other content with its own checksum",
      (form) => setting(form, "x-amz-checksum-sha256", sha256(otherBytes)),
      otherBytes,
      "AccessDenied",
    ],
    ["another checksum", (form) => setting(form, "x-amz-checksum-sha256", sha256(otherBytes)), document, "AccessDenied"],
    ["another checksum algorithm", (form) => setting(form, "x-amz-checksum-algorithm", "CRC32"), document, "AccessDenied"],
    ["another key", (form) => setting(form, "key", "PA-EXAMPLE/other"), document, "AccessDenied"],
    ["a key that only begins alike", (form) => setting(form, "key", `${key}2`), document, "AccessDenied"],
    ["another type", (form) => setting(form, "Content-Type", "text/html"), document, "AccessDenied"],
    ["shown instead of attached", (form) => setting(form, "Content-Disposition", "inline"), document, "AccessDenied"],
    ["another bucket in the URL", (form) => ({ ...form, url: form.url.replace(intake, records) }), document, "AccessDenied"],
    [
      "another bucket in the URL, its field left out",
      (form) => without({ ...form, url: form.url.replace(intake, records) }, "bucket"),
      document,
      "AccessDenied",
    ],
    ["another bucket in the field", (form) => setting(form, "bucket", records), document, "AccessDenied"],
    ["a bucket that is not there", (form) => ({ ...form, url: form.url.replace(intake, "elsewhere") }), document, "NoSuchBucket"],
    [
      "a tampered policy",
      (form) => repoliced(form, (policy) => policy.replace(key, "PA-EXAMPLE/other")),
      document,
      "SignatureDoesNotMatch",
    ],
    ["a policy with whitespace added", (form) => repoliced(form, (policy) => `${policy} `), document, "SignatureDoesNotMatch"],
    [
      "a tampered signature",
      (form) => setting(form, "x-amz-signature", tamper(fieldOf(form, "x-amz-signature"))),
      document,
      "SignatureDoesNotMatch",
    ],
    [
      "a cut signature",
      (form) => setting(form, "x-amz-signature", fieldOf(form, "x-amz-signature").slice(0, 32)),
      document,
      "SignatureDoesNotMatch",
    ],
    ["an empty signature", (form) => setting(form, "x-amz-signature", ""), document, "SignatureDoesNotMatch"],
    [
      "an unknown access key",
      (form) => setting(form, "x-amz-credential", fieldOf(form, "x-amz-credential").replace(/^\w+/, "ASIAAAAAAAAAAAAAAAAA")),
      document,
      "InvalidAccessKeyId",
    ],
    [
      "another day's credential",
      (form) => setting(form, "x-amz-credential", fieldOf(form, "x-amz-credential").replace(/\d{8}/, "20200101")),
      document,
      "InvalidArgument",
    ],
    [
      "another region's credential",
      (form) => setting(form, "x-amz-credential", fieldOf(form, "x-amz-credential").replace(region, "eu-west-1")),
      document,
      "InvalidArgument",
    ],
    [
      "another service's credential",
      (form) => setting(form, "x-amz-credential", fieldOf(form, "x-amz-credential").replace("/s3/", "/sns/")),
      document,
      "InvalidArgument",
    ],
    [
      "a wrong security token",
      (form) => setting(form, "x-amz-security-token", tamper(fieldOf(form, "x-amz-security-token"))),
      document,
      "InvalidToken",
    ],
    ["another algorithm", (form) => setting(form, "x-amz-algorithm", "AWS4-HMAC-SHA1"), document, "InvalidArgument"],
    ["a field given twice", (form) => ({ ...form, fields: [...form.fields, ["Key", key]] }), document, "InvalidArgument"],
    [
      "an over-long field",
      (form) => ({ ...form, fields: [...form.fields, ["x-ignore-me", "x".repeat(21 * 1024)]] }),
      document,
      "MaxPostPreDataLengthExceeded",
    ],
    [
      "a huge field",
      (form) => ({ ...form, fields: [...form.fields, ["x-ignore-me", "x".repeat(3 * mebibyte)]] }),
      document,
      "MaxPostPreDataLengthExceeded",
    ],
    [
      "too many fields",
      (form) => ({
        ...form,
        fields: [...form.fields, ...Array.from({ length: 300 }, (_, i): [string, string] => [`x-ignore-${i}`, ""])],
      }),
      document,
      "MalformedPOSTRequest",
    ],
    ...(
      [
        ["acl", "public-read"],
        ["tagging", "<Tagging><TagSet/></Tagging>"],
        ["success_action_redirect", "https://example.org/"],
        ["success_action_status", "201"],
        ["x-amz-meta-note", "hello"],
        ["x-amz-server-side-encryption", "aws:kms"],
        ["x-amz-server-side-encryption-customer-key", "a2V5"],
        ["x-amz-storage-class", "GLACIER"],
        ["x-amz-website-redirect-location", "https://example.org/"],
        ["Cache-Control", "public"],
        ["Content-Encoding", "gzip"],
        ["unknown", "field"],
      ] as const
    ).map(([name, value]): [string, (form: Form) => Form, Uint8Array, string] => [
      `an extra field ${name}`,
      (form) => setting(form, name, value),
      document,
      "AccessDenied",
    ]),
    ...[
      ["key", "InvalidArgument"],
      ["policy", "InvalidArgument"],
      ["x-amz-signature", "InvalidArgument"],
      ["x-amz-credential", "InvalidArgument"],
      ["x-amz-date", "InvalidArgument"],
      ["x-amz-algorithm", "InvalidArgument"],
      ["x-amz-security-token", "InvalidAccessKeyId"],
      ["Content-Type", "AccessDenied"],
      ["Content-Disposition", "AccessDenied"],
      ["x-amz-checksum-algorithm", "AccessDenied"],
      ["x-amz-checksum-sha256", "AccessDenied"],
    ].map(([name = "", code = ""]): [string, (form: Form) => Form, Uint8Array, string] => [
      `without ${name}`,
      (form) => without(form, name),
      document,
      code,
    ]),
  ];

  test.each(cases)("%s", async (_, change, bytes, code) => {
    const answer = await post(change(await formFor(document)), bytes);
    expect([answer.code, answer.status]).toEqual([code, expect.any(Number)]);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    await expectNothingStored();
  });

  test("S3's words for a field too many", async () => {
    const answer = await post(setting(await formFor(document), "acl", "public-read"), document);
    expect(answer).toMatchObject({ status: 403 });
    expect(answer.body).toContain("<Message>Invalid according to Policy: Extra input fields: acl</Message>");
  });

  test("without a signature at all", async () => {
    const { url } = await formFor(document);
    expect(await post({ url, fields: [["key", key]] }, document)).toMatchObject({ status: 403, code: "AccessDenied" });
    await expectNothingStored();
  });

  test("expired, to the second by the store's clock", async () => {
    stopTime();
    const form = await formFor(document);
    offset = 899_000;
    expect((await post(form, document)).status).toBe(204);
    offset = 901_000;
    const answer = await post(form, document);
    expect(answer).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(answer.body).toContain("Policy expired.");
    expect(created).toHaveLength(1);
  });

  test("signed by somebody else in the owner's name", async () => {
    const forged = await formFor(document, { identity: { ...desk, secretAccessKey: "guessed" } });
    expect(await post(forged, document)).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    await expectNothingStored();
  });

  test("signed by one whom no policy lets write", async () => {
    denied = ({ action }) => action === "s3:PutObject";
    expect(await post(await formFor(document), document)).toMatchObject({ status: 403, code: "AccessDenied" });
    await expectNothingStored();
  });

  test("made to send headers of its own with later downloads", async () => {
    const form = await formFor(document, { fields: { "Content-Disposition": "attachment\r\nset-cookie: a=b" } });
    expect((await post(form, document)).status).toBeGreaterThanOrEqual(400);
    await expectNothingStored();
  });

  test("with no file, two files, or a file under another name", async () => {
    const { url, fields } = await formFor(document);
    const send = async (files: string[]) => {
      const data = new FormData();
      for (const [name, value] of fields) data.append(name, value);
      for (const name of files) data.append(name, new Blob([new Uint8Array(document)]), "chart.pdf");
      const response = await fetch(url, { method: "POST", body: data });
      return /<Code>(.*?)<\/Code>/.exec(await response.text())?.[1];
    };
    expect(await send([])).toBe("InvalidArgument");
    expect(await send(["file", "file"])).toBe("InvalidArgument");
    expect(await send(["attachment"])).toBe("InvalidArgument");
    await expectNothingStored();
  });

  test("that is no form, or a broken one", async () => {
    const { url, fields } = await formFor(document);
    const send = async (body: string, contentType: string) => {
      const response = await fetch(url, { method: "POST", body, headers: { "content-type": contentType } });
      return [response.status, /<Code>(.*?)<\/Code>/.exec(await response.text())?.[1]];
    };
    const start = fields
      .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join("");
    const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${document}`;
    expect(await send("{}", "application/json")).toEqual([412, "PreconditionFailed"]);
    expect(await send("", "multipart/form-data")).toEqual([400, "MalformedPOSTRequest"]);
    expect(await send("nonsense", "multipart/form-data; boundary=b")).toEqual([400, "MalformedPOSTRequest"]);
    expect(await send(`${start}${file}`, "multipart/form-data; boundary=b")).toEqual([400, "MalformedPOSTRequest"]);
    expect(await send(`${start}--b\r\n\u0000: x\r\n\r\nx\r\n--b--\r\n`, "multipart/form-data; boundary=b")).toEqual([
      400,
      "MalformedPOSTRequest",
    ]);
    await expectNothingStored();
  });

  test("broken off in the middle of the file", async () => {
    const bytes = randomBytes(4 * mebibyte);
    const { url, fields } = await formFor(bytes);
    const start = fields
      .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join("");
    const head = Buffer.from(`${start}--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      `POST /${intake} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${head.length + bytes.length + 9}\r\n\r\n`,
    );
    socket.write(head);
    socket.write(bytes.subarray(0, mebibyte));
    await expect.poll(() => filesOnDisk().length).toBe(1);
    expect(store.busy()).toBe(true);
    socket.destroy();
    await expect.poll(() => store.busy()).toBe(false);
    await expectNothingStored();
  });
});

describe("policies", () => {
  const postWith = async (Conditions: object[], change: (form: Form) => Form, fields: Record<string, string> = {}) => {
    const made = await createPresignedPost(client, { Bucket: intake, Key: key, Fields: fields, Conditions: Conditions as never });
    return post(change({ url: made.url, fields: Object.entries(made.fields) }), document);
  };

  test("a prefix condition takes what begins so, a list of types one by one, and never an absent field", async () => {
    const images = [["starts-with", "$Content-Type", "image/"]];
    expect((await postWith(images, (form) => setting(form, "content-type", "image/png"))).status).toBe(204);
    expect((await postWith(images, (form) => setting(form, "Content-Type", "image/png, image/jpeg"))).status).toBe(204);
    expect((await postWith(images, (form) => setting(form, "Content-Type", "image/png, text/html"))).status).toBe(403);
    expect((await postWith(images, (form) => form)).status).toBe(403);
    expect(
      (await postWith([["starts-with", "$x-amz-meta-any", ""]], (form) => setting(form, "x-amz-meta-any", "thing"))).status,
    ).toBe(204);
    expect((await postWith([["starts-with", "$x-amz-meta-any", ""]], (form) => form)).status).toBe(403);
  });

  test("conditions that cannot be understood refuse the form", async () => {
    for (const condition of [
      ["matches", "$key", ".*"],
      ["eq", "key", key],
      ["content-length-range", -1, 5],
      { a: "1", b: "2" },
      {},
      ["eq", "$key"],
    ]) {
      expect(await postWith([condition], (form) => form)).toMatchObject({ status: 400, code: "InvalidPolicyDocument" });
    }
    await expectNothingStored();
  });

  test("what they allow is still refused where it means nothing here", async () => {
    expect(await postWith([], (form) => form, { acl: "public-read" })).toMatchObject({
      status: 400,
      code: "AccessControlListNotSupported",
    });
    expect(await postWith([], (form) => form, { tagging: "x" })).toMatchObject({ status: 501, code: "NotImplemented" });
    await expectNothingStored();
  });
});

describe("objects", () => {
  test("put by the SDK, from memory and as a stream with a trailing checksum, come back whole", async () => {
    const bytes = randomBytes(300_000);
    for (const [name, Body, algorithm] of [
      ["buffer", bytes, "CRC32"],
      ["buffer-sha256", bytes, "SHA256"],
      ["buffer-sha1", bytes, "SHA1"],
      ["stream", Readable.from([bytes.subarray(0, 1), bytes.subarray(1, 70_000), bytes.subarray(70_000)]), "SHA256"],
      ["stream-crc32", Readable.from([bytes]), "CRC32"],
    ] as const) {
      const stored = await put(records, name, Body as Uint8Array, {
        ContentLength: bytes.length,
        ChecksumAlgorithm: algorithm,
        Metadata: { origin: "test" },
        ContentEncoding: "gzip",
      });
      const read = await client.send(new GetObjectCommand({ Bucket: records, Key: name, ChecksumMode: "ENABLED" }));
      expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
      expect(read).toMatchObject({
        VersionId: stored.VersionId,
        Metadata: { origin: "test" },
        ContentEncoding: "gzip",
        ETag: stored.ETag,
      });
      expect(read[`Checksum${algorithm}`]).toBeDefined();
      expect(read[`Checksum${algorithm}`]).toBe(stored[`Checksum${algorithm}`]);
    }
    expect(
      (await client.send(new HeadObjectCommand({ Bucket: records, Key: "stream", ChecksumMode: "ENABLED" }))).ChecksumSHA256,
    ).toBe(sha256(bytes));
    expect((await client.send(new HeadObjectCommand({ Bucket: records, Key: "stream" }))).ChecksumSHA256).toBeUndefined();
  });

  test("of other bytes than announced are refused", async () => {
    expect(await codeOf(put(intake, key, "hello", { ChecksumSHA256: sha256(Buffer.from("other")) }))).toEqual(["BadDigest", 400]);
    expect(await codeOf(put(intake, key, "hello", { ContentMD5: createHash("md5").update("other").digest("base64") }))).toEqual([
      "BadDigest",
      400,
    ]);
    expect(await codeOf(put(intake, key, "hello", { ContentMD5: "x" }))).toEqual(["InvalidDigest", 400]);
    expect(await codeOf(put(intake, key, "hello", { ChecksumCRC64NVME: "AAAAAAAAAAA=" }))).toEqual(["NotImplemented", 501]);
    await expectNothingStored();
  });

  test("keep every version; a deletion hides, a deletion of a version removes", async () => {
    const first = await put(intake, key, "one");
    const second = await put(intake, key, "two");
    const read = async (VersionId?: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: intake, Key: key, ...(VersionId ? { VersionId } : {}) }));
      return Body?.transformToString();
    };
    expect([await read(), await read(first.VersionId), await read(second.VersionId)]).toEqual(["two", "one", "two"]);
    expect(calls.filter(({ action }) => action.startsWith("s3:Get")).map(({ action }) => action)).toEqual([
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:GetObjectVersion",
    ]);

    const marker = await client.send(new DeleteObjectCommand({ Bucket: intake, Key: key }));
    expect(marker.DeleteMarker).toBe(true);
    expect(await codeOf(read())).toEqual(["NoSuchKey", 404]);
    expect(await codeOf(read(marker.VersionId))).toEqual(["MethodNotAllowed", 405]);
    expect(await codeOf(read("elsewhere"))).toEqual(["NoSuchVersion", 404]);
    const listed = await client.send(new ListObjectVersionsCommand({ Bucket: intake, Prefix: "PA-" }));
    expect(listed.Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second.VersionId, false],
      [first.VersionId, false],
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);

    for (const { VersionId } of [marker, second])
      await client.send(new DeleteObjectCommand({ Bucket: intake, Key: key, VersionId }));
    expect(await read()).toBe("one");
    expect(filesOnDisk().filter((name) => name.endsWith(".bytes"))).toHaveLength(1);
  });

  test("are listed page by page", async () => {
    for (const name of ["a", "b", "b", "c/d e&<"]) await put(intake, name, name);
    const seen: unknown[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: intake, MaxKeys: 1, ...marker }));
      seen.push(...(page.Versions ?? []).map(({ Key }) => Key));
      if (!page.IsTruncated) break;
      marker = { KeyMarker: page.NextKeyMarker ?? "", VersionIdMarker: page.NextVersionIdMarker ?? "" };
    }
    expect(seen).toEqual(["a", "b", "b", "c/d e&<"]);
  });

  test("without versions are replaced, in memory and on disk", async () => {
    await put("plain", key, "one");
    expect((await put("plain", key, "two")).VersionId).toBeUndefined();
    expect(filesOnDisk("plain").filter((name) => name.endsWith(".bytes"))).toHaveLength(1);
    await client.send(new DeleteObjectCommand({ Bucket: "plain", Key: key }));
    expect(filesOnDisk("plain")).toEqual([]);
  });

  test("of odd keys are told apart", async () => {
    const keys = ["../../escape", "a b+c/ü(1)!*'&=?#.pdf", "a//b", "%2F", "x".repeat(1024)];
    for (const name of keys) await put(intake, name, name);
    for (const name of keys) {
      const read = await client.send(new GetObjectCommand({ Bucket: intake, Key: name }));
      expect(await read.Body?.transformToString()).toBe(name);
    }
    expect(await codeOf(put(intake, "x".repeat(1025), "x"))).toEqual(["KeyTooLongError", 400]);
  });

  test("give ranges", async () => {
    await put(intake, key, "0123456789");
    const read = async (Range: string) => {
      const answer = await client.send(new GetObjectCommand({ Bucket: intake, Key: key, Range }));
      return [answer.$metadata.httpStatusCode, answer.ContentRange, await answer.Body?.transformToString()];
    };
    expect(await read("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
    expect(await read("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await read("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await read("bytes=5-99")).toEqual([206, "bytes 5-9/10", "56789"]);
    expect(await read("bytes=9-2")).toEqual([200, undefined, "0123456789"]);
    expect(await codeOf(read("bytes=10-"))).toEqual(["InvalidRange", 416]);
    expect(await codeOf(read("bytes=-0"))).toEqual(["InvalidRange", 416]);
  });

  test("keep conditions: create once, replace what was read, read what changed", async () => {
    const first = await put(intake, key, "one", { IfNoneMatch: "*" });
    expect(await codeOf(put(intake, key, "two", { IfNoneMatch: "*" }))).toEqual(["PreconditionFailed", 412]);
    expect(await codeOf(put(intake, key, "two", { IfMatch: '"other"' }))).toEqual(["PreconditionFailed", 412]);
    await put(intake, key, "two", { IfMatch: first.ETag });
    const races = await Promise.all(Array.from({ length: 8 }, () => codeOf(put(intake, "once", "x", { IfNoneMatch: "*" }))));
    expect(races.filter(([code]) => code === "accepted")).toHaveLength(1);
    const second = await client.send(new HeadObjectCommand({ Bucket: intake, Key: key }));
    const unchanged = new GetObjectCommand({ Bucket: intake, Key: key, IfNoneMatch: second.ETag });
    expect((await codeOf(client.send(unchanged)))[1]).toBe(304);
  });

  test("copied from a version keep metadata and checksum, or replace the metadata", async () => {
    await post(await formFor(document), document);
    const versionId = created[0]?.versionId;
    await put(intake, key, "a later upload under the same key");
    const CopySource = `${intake}/${key}?versionId=${versionId}`;
    const copy = await client.send(new CopyObjectCommand({ Bucket: records, Key: "copy", CopySource }));
    expect(copy).toMatchObject({ CopySourceVersionId: versionId, CopyObjectResult: { ChecksumSHA256: sha256(document) } });
    const read = await client.send(new GetObjectCommand({ Bucket: records, Key: "copy", ChecksumMode: "ENABLED" }));
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? [])).toEqual(document);
    expect(read).toMatchObject({
      ContentType: "application/pdf",
      ContentDisposition: "attachment",
      ChecksumSHA256: sha256(document),
      VersionId: copy.VersionId,
    });

    await client.send(
      new CopyObjectCommand({
        Bucket: records,
        Key: "replaced",
        CopySource,
        MetadataDirective: "REPLACE",
        ContentType: "text/plain",
        ChecksumAlgorithm: "CRC32",
      }),
    );
    const replaced = await client.send(new HeadObjectCommand({ Bucket: records, Key: "replaced", ChecksumMode: "ENABLED" }));
    expect(replaced).toMatchObject({ ContentType: "text/plain", ChecksumCRC32: expect.any(String) });
    expect(replaced.ContentDisposition).toBeUndefined();
    expect(created.at(-1)).toMatchObject({ bucket: records, key: "replaced", reason: "CopyObject", size: document.length });

    const source = { Bucket: records, Key: "copy" };
    expect(await codeOf(client.send(new CopyObjectCommand({ ...source, CopySource: `${intake}/missing` })))).toEqual([
      "NoSuchKey",
      404,
    ]);
    expect(await codeOf(client.send(new CopyObjectCommand({ ...source, CopySource: `${records}/copy` })))).toEqual([
      "InvalidRequest",
      400,
    ]);
    denied = ({ action }) => action === "s3:GetObjectVersion";
    expect(await codeOf(client.send(new CopyObjectCommand({ ...source, CopySource })))).toEqual(["AccessDenied", 403]);
  });

  test("under retention cannot be removed before it ends", async () => {
    const until = new Date(Date.now() + 3_600_000);
    const locked = await put(records, key, "kept", { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: until });
    const remove = (more: object = {}) =>
      client.send(new DeleteObjectCommand({ Bucket: records, Key: key, VersionId: locked.VersionId, ...more }));
    expect(await codeOf(remove())).toEqual(["AccessDenied", 403]);
    expect((await client.send(new HeadObjectCommand({ Bucket: records, Key: key }))).ObjectLockRetainUntilDate).toEqual(until);
    denied = ({ action }) => action === "s3:BypassGovernanceRetention";
    expect(await codeOf(remove({ BypassGovernanceRetention: true }))).toEqual(["AccessDenied", 403]);
    denied = () => false;
    await remove({ BypassGovernanceRetention: true });
    const options = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: until };
    expect(await codeOf(put(intake, key, "x", options))).toEqual(["InvalidRequest", 400]);
  });

  test("that are not there, or not to be known of, are answered as S3 answers", async () => {
    const get = () => client.send(new GetObjectCommand({ Bucket: intake, Key: "missing" }));
    expect(await codeOf(get())).toEqual(["NoSuchKey", 404]);
    denied = ({ action }) => action === "s3:ListBucket";
    expect(await codeOf(get())).toEqual(["AccessDenied", 403]);
    denied = () => true;
    for (const command of [
      new DeleteObjectCommand({ Bucket: intake, Key: key }),
      new ListObjectVersionsCommand({ Bucket: intake }),
      new PutObjectCommand({ Bucket: intake, Key: key, Body: "x" }),
    ]) {
      expect(await codeOf(client.send(command as PutObjectCommand))).toEqual(["AccessDenied", 403]);
    }
    expect(await codeOf(client.send(new GetObjectCommand({ Bucket: "elsewhere", Key: key })))).toEqual(["NoSuchBucket", 404]);
    await expectNotAllowed("PATCH", 405);
    await expectNotAllowed("POST", 405);
  });

  const expectNotAllowed = async (method: string, status: number) => {
    const response = await fetch(`${store.url}/${intake}/${key}`, { method });
    expect([response.status, /<Code>(.*?)<\/Code>/.exec(await response.text())?.[1]]).toEqual([status, "MethodNotAllowed"]);
  };
});

describe("signed requests", () => {
  test("a presigned link reads with the names it fixes, until it expires by the store's clock", async () => {
    stopTime();
    await put(intake, key, "0123456789");
    const command = new GetObjectCommand({
      Bucket: intake,
      Key: key,
      ResponseContentDisposition: 'attachment; filename="document.pdf"',
      ResponseContentType: "application/pdf",
    });
    const url = await getSignedUrl(client, command, { expiresIn: 60 });
    const read = await fetch(url, { headers: { range: "bytes=1-3" } });
    expect([read.status, await read.text()]).toEqual([206, "123"]);
    expect(read.headers.get("content-disposition")).toBe('attachment; filename="document.pdf"');
    expect(read.headers.get("content-type")).toBe("application/pdf");

    const refusals = [
      [url.replace("document.pdf", "other.pdf"), "SignatureDoesNotMatch"],
      [url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), "SignatureDoesNotMatch"],
      [url.replace("X-Amz-Expires=60", "X-Amz-Expires=999999"), "AuthorizationQueryParametersError"],
      [url.replace("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=600"), "InvalidArgument"],
      [url.replace(key, "PA-OTHER/document"), "SignatureDoesNotMatch"],
      [`${url}&versionId=x`, "SignatureDoesNotMatch"],
      [url.replace(/X-Amz-Signature=\w+/, "X-Amz-Signature="), "SignatureDoesNotMatch"],
      [url.replace(/&?X-Amz-Signature=\w+/, ""), "AccessDenied"],
      [url.replace(/&?X-Amz-Security-Token=[^&]+/, ""), "InvalidAccessKeyId"],
      [url.replace(/X-Amz-SignedHeaders=host/, "X-Amz-SignedHeaders="), "AccessDenied"],
    ] as const;
    for (const [changed, code] of refusals) {
      const refused = await fetch(changed);
      expect([changed, /<Code>(.*?)<\/Code>/.exec(await refused.text())?.[1]]).toEqual([changed, code]);
    }
    const plain = await getSignedUrl(client, new GetObjectCommand({ Bucket: intake, Key: key }), { expiresIn: 60 });
    expect((await fetch(plain)).status).toBe(200);
    expect((await fetch(plain.replace("&x-id=GetObject", ""), { method: "DELETE" })).status).toBe(403);

    offset = 59_000;
    expect((await fetch(url)).status).toBe(200);
    offset = 61_000;
    const expired = await fetch(url);
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain("Request has expired");
  });

  test("a presigned upload is taken", async () => {
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: intake, Key: key, ContentType: "text/plain" }));
    expect((await fetch(url, { method: "PUT", body: "hello", headers: { "content-type": "text/plain" } })).status).toBe(200);
    expect(created).toMatchObject([{ key, size: 5, reason: "PutObject" }]);
  });

  test("a request that was changed after it was signed is refused", async () => {
    const tampering = (change: (request: { headers: Record<string, string>; path: string; body?: unknown }) => void) => {
      const bent = clientFor(desk, { maxAttempts: 1 });
      bent.middlewareStack.add(
        (next) => async (args) => {
          change(args.request as Parameters<typeof change>[0]);
          return next(args);
        },
        { step: "finalizeRequest", priority: "low" },
      );
      return codeOf(bent.send(new PutObjectCommand({ Bucket: intake, Key: key, Body: "hello" })));
    };
    const replace = (header: string, pattern: RegExp, value: string) => (request: { headers: Record<string, string> }) => {
      request.headers[header] = (request.headers[header] ?? "").replace(pattern, value);
    };
    expect(await tampering((request) => (request.path = `${request.path}2`))).toEqual(["SignatureDoesNotMatch", 403]);
    expect(await tampering((request) => (request.body = "HELLO"))).toEqual(["XAmzContentSHA256Mismatch", 400]);
    expect(await tampering(replace("x-amz-content-sha256", /.*/, "UNSIGNED-PAYLOAD"))).toEqual(["SignatureDoesNotMatch", 403]);
    expect(await tampering((request) => (request.headers["x-amz-meta-added"] = "1"))).toEqual(["AccessDenied", 403]);
    expect(await tampering(replace("authorization", /ASIA\w+/, "ASIAAAAAAAAAAAAAAAAA"))).toEqual(["InvalidAccessKeyId", 403]);
    expect(await tampering(replace("authorization", /us-east-1/, "us-west-2"))).toEqual(["AuthorizationHeaderMalformed", 400]);
    expect(await tampering(replace("authorization", /Signature=.*/, "Signature=00"))).toEqual(["SignatureDoesNotMatch", 403]);
    expect(await tampering(replace("x-amz-security-token", /^./, "-"))).toEqual(["InvalidToken", 400]);
    expect(await tampering((request) => delete request.headers.authorization)).toEqual(["AccessDenied", 403]);
    expect(
      await codeOf(clientFor({ ...desk, secretAccessKey: "guessed" }).send(new HeadObjectCommand({ Bucket: intake, Key: key }))),
    ).toEqual(["Unknown", 403]);
    await expectNothingStored();
  });

  test("a clock that differs is refused, and told so that SDKs correct themselves", async () => {
    offset = 73 * 3_600_000;
    expect(
      await codeOf(clientFor(desk, { maxAttempts: 1 }).send(new PutObjectCommand({ Bucket: intake, Key: key, Body: "x" }))),
    ).toEqual(["RequestTimeTooSkewed", 403]);
    await put(intake, key, "x");
    const { LastModified } = await client.send(new HeadObjectCommand({ Bucket: intake, Key: key }));
    expect(Math.abs((LastModified?.getTime() ?? 0) - now().getTime())).toBeLessThan(60_000);
  });
});

describe("browsers of other origins", () => {
  const preflight = (origin: string, method = "POST") =>
    fetch(`${store.url}/${intake}`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": method, "access-control-request-headers": "X-Requested-With" },
    });

  test("are told what the bucket's rules allow", async () => {
    const allowed = await preflight("https://portal.example.org");
    expect(allowed.status).toBe(200);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      "access-control-allow-origin": "https://portal.example.org",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "x-requested-with",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "300",
    });
    expect((await preflight("https://portal.example.com")).status).toBe(403);
    expect((await preflight("https://portal.example.org", "DELETE")).status).toBe(403);
  });

  test("may read the answer to an upload, refusals included", async () => {
    const headers = { origin: "https://portal.example.org" };
    const form = await formFor(document);
    expect((await post(form, document, { headers })).headers.get("access-control-allow-origin")).toBe(headers.origin);
    expect((await post(setting(form, "acl", "x"), document, { headers })).headers.get("access-control-allow-origin")).toBe(
      headers.origin,
    );
    expect(
      (await post(form, document, { headers: { origin: "https://evil.example" } })).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });
});

describe("durability", () => {
  const reopen = async () => {
    client.destroy();
    await store.close();
    await open();
  };

  test("a restart finds every object and version in order, and goes on counting", async () => {
    const first = await put(intake, key, "one");
    await put(intake, key, "two");
    await client.send(new DeleteObjectCommand({ Bucket: intake, Key: "gone" }));
    const before = await client.send(new ListObjectVersionsCommand({ Bucket: intake }));
    await reopen();
    const after = await client.send(new ListObjectVersionsCommand({ Bucket: intake }));
    expect([after.Versions, after.DeleteMarkers]).toEqual([before.Versions, before.DeleteMarkers]);
    expect((await buffer(store.read(intake, key, first.VersionId ?? ""))).toString()).toBe("one");
    await expect(buffer(store.read(intake, key, "none"))).rejects.toThrow("No such object version");
    await put(intake, key, "three");
    expect(created.map(({ sequencer }) => sequencer)).toEqual(created.map(({ sequencer }) => sequencer).toSorted());
    expect(created).toHaveLength(3);
  });

  test("an announcement comes before the acknowledgement, and one that failed is repeated at the next start", async () => {
    const order: string[] = [];
    announce = async () => {
      order.push("announced");
      throw new Error("the queue's disk is full");
    };
    const answer = await post(await formFor(document), document);
    order.push("answered");
    expect([answer.status, order]).toEqual([500, ["announced", "answered"]]);

    announce = async (event) => {
      created.push(event);
    };
    await reopen();
    await expect.poll(() => created).toMatchObject([{ key, size: document.length, reason: "PostObject" }]);
    await expect.poll(() => store.busy()).toBe(false);
    await reopen();
    expect(created).toHaveLength(1);
    expect(filesOnDisk()).toHaveLength(2);
  });

  test("what a crash left half written is cleared away", async () => {
    await put(intake, key, "whole");
    const whole = filesOnDisk();
    for (const name of ["a.bytes", "b.json.draft", "c.unannounced"]) writeFileSync(join(directory, "buckets", intake, name), "{");
    writeFileSync(
      join(directory, "buckets", intake, "d.json"),
      JSON.stringify({ file: "d", key, versionId: "v", sequence: 99, deleteMarker: false }),
    );
    await reopen();
    expect(filesOnDisk().toSorted()).toEqual(whole.toSorted());
    expect((await client.send(new ListObjectVersionsCommand({ Bucket: intake }))).Versions).toHaveLength(1);
  });

  test("closing does not wait for idle or hanging connections", async () => {
    await put(intake, key, "x");
    const socket = connect(Number(new URL(store.url).port), "127.0.0.1");
    const closed = new Promise((resolve) => socket.on("error", () => undefined).on("close", resolve));
    socket.write(`PUT /${intake}/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc`);
    await expect.poll(() => store.busy()).toBe(true);
    await store.close();
    await closed;
    expect(store.busy()).toBe(false);
    await open();
  });
});

describe("100 MiB", () => {
  const size = 100 * mebibyte;
  const block = randomBytes(mebibyte);
  const wholeSha256 = () => {
    const hash = createHash("sha256");
    for (let i = 0; i < size / mebibyte; i += 1) hash.update(block);
    return hash.digest("base64");
  };
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  /** What is alive, in bytes: taken after a collection, so that it shows what is held and not what waits to be swept. */
  const held = () => {
    // The first collection only hands array buffers over to be swept; the second one waits for that.
    collectGarbage();
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  test("go up and down without being held in memory", { timeout: 60_000 }, async () => {
    const { url, fields } = await createPresignedPost(client, {
      Bucket: intake,
      Key: key,
      Fields: { "x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": wholeSha256() },
      Conditions: [["content-length-range", size, size]],
    });
    const head = Buffer.from(
      `${Object.entries(fields)
        .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
        .join("")}--b\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n`,
    );
    const tail = Buffer.from("\r\n--b--\r\n");
    const before = held();
    let most = 0;
    async function* body() {
      yield head;
      for (let sent = 0; sent < size; sent += mebibyte) {
        if (sent % (10 * mebibyte) === 0) most = Math.max(most, held() - before);
        yield block;
      }
      yield tail;
    }
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const upload = httpRequest(
      url,
      {
        method: "POST",
        headers: { "content-type": "multipart/form-data; boundary=b", "content-length": head.length + size + tail.length },
      },
      (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      },
    ).on("error", reject);
    await pipeline(body, upload);
    expect(await promise).toBe(204);
    expect(created).toMatchObject([{ size }]);
    const grownByUpload = most;

    const download = await fetch(await getSignedUrl(client, new GetObjectCommand({ Bucket: intake, Key: key })));
    const hash = createHash("sha256");
    let [received, sampled] = [0, 0];
    most = 0;
    for await (const chunk of download.body ?? []) {
      hash.update(chunk);
      received += chunk.length;
      if (received - sampled < 10 * mebibyte) continue;
      sampled = received;
      most = Math.max(most, held() - before);
    }
    expect([received, hash.digest("base64")]).toEqual([size, wholeSha256()]);
    expect(Math.max(grownByUpload, most)).toBeLessThan(4 * mebibyte);
  });

  test("and one byte are refused, and the answer is read", { timeout: 60_000 }, async () => {
    const made = await createPresignedPost(client, { Bucket: intake, Key: key, Conditions: [["content-length-range", 1, size]] });
    const bytes = Buffer.alloc(size + 1);
    expect(await post({ url: made.url, fields: Object.entries(made.fields) }, bytes)).toMatchObject({
      status: 400,
      code: "EntityTooLarge",
    });
    await expectNothingStored();
  });
});
