import { createCipheriv, createHash } from "node:crypto";
import { createWriteStream, mkdtempSync, openAsBlob, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { functions } from "../../infra/functions.ts";
import { maxDocumentBytes } from "../../shared/domain/document.ts";
import { type Caller, controlOf, type Json } from "../caller.ts";
import { callerAt, type OwnCloud, ownCloud } from "../own-cloud.ts";
import { type Desk, deskOf, taken } from "./imaging-desk.ts";
import { filledIn, sent } from "./upload.ts";

vi.setConfig({ testTimeout: 120_000 });

/** In a pocket cloud of its own, which collects garbage before it looks at a function's memory. */
let cloud: OwnCloud;
let provider: Caller;
let desk: Desk;
const directory = mkdtempSync(join(tmpdir(), "desk-large-"));

beforeAll(async () => {
  cloud = await ownCloud({ exactMemory: true });
  provider = await callerAt(cloud, { role: "provider" });
  desk = deskOf(provider);
});
afterAll(async () => {
  await cloud?.close();
  rmSync(directory, { recursive: true, force: true });
});

type LargeFile = { path: string; size: number; sha256: string };

/** A PDF of that many bytes on disk, the same in every run, never whole in memory. */
async function largeFile(size: number, seed: number): Promise<LargeFile> {
  const path = join(directory, `${size}-${seed}.pdf`);
  const hash = createHash("sha256");
  const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  const head = Buffer.from("%PDF-1.7\n");
  const chunk = Buffer.alloc(1024 * 1024);
  function* bytes() {
    hash.update(head);
    yield head;
    for (let left = size - head.length; left > 0; left -= chunk.length) {
      const next = noise.update(chunk.subarray(0, Math.min(left, chunk.length)));
      hash.update(next);
      yield next;
    }
  }
  await pipeline(Readable.from(bytes()), createWriteStream(path));
  return { path, size, sha256: hash.digest("base64") };
}

const register = async (requestId: string, { size, sha256 }: LargeFile): Promise<Json> =>
  taken(
    await provider.post(`/v1/requests/${requestId}/documents`, {
      fileName: "study.pdf",
      contentType: "application/pdf",
      size,
      sha256,
    }),
    201,
  );

/** Up, verified, referred, decided, and down again: everything that any function does about a document. */
async function travels(file: LargeFile): Promise<void> {
  const { id } = await desk.submit("1");
  const registered = await register(id, file);
  const { url, fields } = registered.upload;
  expect(await sent(url, filledIn(fields, await openAsBlob(file.path), "study.pdf"))).toMatchObject({ status: 204 });
  const document = await desk.settled(id, registered.id);
  expect(document).toMatchObject({ status: "available", size: file.size });

  const response = await fetch(document.download.url);
  const hash = createHash("sha256");
  let size = 0;
  for await (const part of response.body ?? []) {
    hash.update(part);
    size += part.byteLength;
  }
  expect({ size, sha256: hash.digest("base64") }).toEqual({ size: file.size, sha256: file.sha256 });
  await desk.until(id, ({ status }) => status === "approved");
  await controlOf(cloud, "idle");
}

type Sample = { heapUsed: number; external: number; peak: number };
const samplesOf = (name: string): Promise<Sample[]> => controlOf(cloud, "memory", { function: `prior-auth-local-${name}` });
/** The most that each function held at any time since the given number of its invocations. */
async function memorySince(counts: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const entries = await Promise.all(
    Object.keys(functions).map(async (name) => {
      const samples = (await samplesOf(name)).slice(counts[name] ?? 0);
      return [name, Math.max(0, ...samples.map(({ heapUsed, external, peak }) => Math.max(heapUsed + external, peak)))] as const;
    }),
  );
  return Object.fromEntries(entries.filter(([, most]) => most > 0));
}
const invocations = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    await Promise.all(Object.keys(functions).map(async (name) => [name, (await samplesOf(name)).length] as const)),
  );

test("100 MiB go up, are verified and come down bit for bit, and no function holds more than for 1 MB", async () => {
  const small = 1_000_000;
  for (const seed of [1, 2, 3]) await travels(await largeFile(small, seed));
  const warm = await invocations();
  for (const seed of [4, 5, 6]) await travels(await largeFile(small, seed));
  const before = await memorySince(warm);
  const counted = await invocations();
  await travels(await largeFile(maxDocumentBytes, 7));
  const after = await memorySince(counted);

  for (const name of ["submit-request", "register-document", "get-document", "check-document", "record-scan", "refer-to-vendor"])
    expect(Object.keys(after), name).toContain(name);
  const growth = Object.entries(after).map(([name, most]) => [name, most / (before[name] ?? most)] as const);
  expect(growth.filter(([, ratio]) => ratio > 1.05)).toEqual([]);
});

test("one byte more is refused when it is asked for, and by the bucket", async () => {
  const { id } = await desk.submit("7");
  const file = await largeFile(maxDocumentBytes + 1, 8);
  const answer = await provider.post(`/v1/requests/${id}/documents`, {
    fileName: "study.pdf",
    contentType: "application/pdf",
    size: file.size,
    sha256: file.sha256,
  });
  expect(answer).toMatchObject({ status: 413, body: { type: "/problems/document-too-large" } });

  const registered = await register(id, { ...file, size: maxDocumentBytes });
  const { url, fields } = registered.upload;
  const refused = await sent(url, filledIn(fields, await openAsBlob(file.path), "study.pdf"));
  expect(refused).toMatchObject({ status: 400, text: expect.stringMatching(/EntityTooLarge/) });
  expect((await desk.readDocument(id, registered.id)).status).toBe("awaiting-upload");
});
