import { describe, expect, test } from "vitest";
import { maxDocumentBytes } from "../../shared/domain/document.ts";
import { eventually } from "../eventually.ts";
import { eicar, everyType, pdf, plainText, png, type SentFile, sha256 } from "../files.ts";
import { caller, type Json } from "./client.ts";
import { deskOf, taken } from "./imaging-desk.ts";
import { described, upload } from "./upload.ts";

const provider = await caller({ role: "provider" });
const desk = deskOf(provider);
const stranger = await caller({ role: "provider", organization: "org-a" });
const vendor = await caller({ role: "vendor" });

const download = async (document: Json) => {
  const response = await fetch(document.download.url);
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
};
const extensions: Record<string, string> = {
  "application/pdf": "pdf",
  "image/tiff": "tif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "application/dicom": "dcm",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/rtf": "rtf",
  "text/plain": "txt",
  "application/xml": "xml",
};

describe("a document of an accepted type", () => {
  // A silent vendor: the request stays open for every document of this block.
  const request = desk.submit("7");

  test.each(everyType().map((file) => [file.contentType, file] as const))(
    "%s goes up, is verified, and comes down bit for bit under a name of ours",
    async (contentType, file) => {
      const { id } = await request;
      const document = await desk.attach(id, file);
      expect(document).toMatchObject({
        status: "available",
        fileName: file.fileName,
        contentType,
        size: file.bytes.length,
        kind: "clinical",
      });
      expect(document.reason).toBeUndefined();

      const { status, headers, bytes } = await download(document);
      expect(status).toBe(200);
      expect(sha256(bytes)).toBe(sha256(file.bytes));
      expect(headers.get("content-type")).toBe(contentType);
      expect(headers.get("content-disposition")).toBe(`attachment; filename="${document.id}.${extensions[contentType]}"`);
      expect(decodeURIComponent(document.download.url)).not.toContain(file.fileName);
    },
  );

  test("a note may begin with letters that some image format begins with", async () => {
    const { id } = await request;
    expect((await desk.attach(id, plainText("MZ twins, both well. GIF shown to the parents.\n"))).status).toBe("available");
  });
});

describe("a document's way", () => {
  test("leads from awaiting-upload over verifying to available, and completes its request", async () => {
    const { id } = await desk.submit("7");
    const registered = await desk.register(id, pdf());
    expect(registered).toMatchObject({ status: "awaiting-upload", fileName: "progress note.pdf", kind: "clinical" });
    expect(registered.id).toMatch(/^[A-Z2-7]{26}$/);
    expect(Date.parse(registered.upload.expiresAt) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(await desk.readDocument(id, registered.id)).toMatchObject({ status: "awaiting-upload" });
    expect((await desk.read(id)).documents).toMatchObject([{ id: registered.id, status: "awaiting-upload" }]);
    expect((await desk.read(id)).missing).toEqual(["clinical-documents"]);

    expect((await upload(registered.upload, pdf().bytes)).status).toBe(204);
    const seen = new Set<string>();
    await eventually(
      async () => (await desk.readDocument(id, registered.id)).status as string,
      (status) => {
        seen.add(status);
        return status === "available";
      },
    );
    expect(["awaiting-upload", "verifying", "available"]).toEqual(expect.arrayContaining([...seen]));

    const complete = await desk.until(id, ({ missing }) => missing.length === 0);
    expect(complete.completeAt).not.toBeNull();
    expect(complete.documents).toMatchObject([{ id: registered.id, status: "available" }]);
    const types = (await desk.events(id)).map((event) => event.type);
    expect(types.filter((type) => type.startsWith("document."))).toEqual(["document.registered", "document.available"]);
  });

  test("no URL and no field on it names the file or the member", async () => {
    const { id, member } = await desk.submit("7");
    const file: SentFile = { ...pdf(), fileName: "Reyes Ada 1986-04-02.pdf" };
    const registered = await desk.register(id, file);
    const document = await desk.attach(id, file);
    const told = decodeURIComponent(JSON.stringify([registered.upload, document.download]));
    for (const secret of ["Reyes", "1986-04-02", member.id]) expect(told).not.toContain(secret);
  });

  test("asked for again while it is awaited, it is the same document with a fresh form, and each form works", async () => {
    const { id } = await desk.submit("7");
    const first = await desk.register(id, pdf());
    const again = await desk.register(id, { ...pdf(), fileName: "the same.pdf" });
    expect(again).toMatchObject({ id: first.id, status: "awaiting-upload", fileName: "progress note.pdf" });
    expect(again.upload.expiresAt >= first.upload.expiresAt).toBe(true);
    expect((await desk.read(id)).documents).toHaveLength(1);
    expect((await upload(first.upload, pdf().bytes)).status).toBe(204);
    expect((await upload(again.upload, pdf().bytes)).status).toBe(204);
    expect(await desk.settled(id, first.id)).toMatchObject({ status: "available" });
    expect((await desk.events(id)).filter((event) => event.type === "document.registered")).toHaveLength(1);

    const available = await desk.register(id, pdf());
    expect(available).toMatchObject({ id: first.id, status: "available" });
    expect(available.upload).toBeUndefined();
  });

  test("the same bytes as another type, or for another request, are another document", async () => {
    const [one, other] = await Promise.all([desk.submit("7"), desk.submit("7")]);
    const asText = { ...plainText(), fileName: "a" };
    const ids = await Promise.all([
      desk.register(one.id, asText),
      desk.register(one.id, { ...asText, contentType: "application/rtf" }),
      desk.register(other.id, asText),
    ]);
    expect(new Set(ids.map((document) => document.id)).size).toBe(3);
  });

  test("a registration that repeats what is recorded needs no fresh ETag; a new one with a stale ETag is 412", async () => {
    const { id } = await desk.submit("7");
    const path = `/v1/requests/${id}/documents`;
    taken(await provider.post(path, described(pdf()), { "if-match": '"1"' }), 201);
    taken(await provider.post(path, described(pdf()), { "if-match": '"1"' }), 201);
    const stale = await provider.post(path, described(png()), { "if-match": '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { type: "/problems/version-conflict" } });
  });
});

describe("a document that is not what it says", () => {
  test("is rejected with what to do, and the request lives on", async () => {
    const { id } = await desk.submit("1");
    const infected = await desk.attach(id, { ...plainText(), bytes: Buffer.concat([Buffer.from("Note\n"), eicar]) });
    expect(infected).toMatchObject({ status: "rejected" });
    expect(infected.reason).toMatch(/malware scan found a threat.*register/i);
    expect(infected.download).toBeUndefined();

    const request = await desk.until(id, ({ documents }) => documents[0]?.status === "rejected");
    expect(request).toMatchObject({ status: "awaiting-information", missing: ["clinical-documents"] });
    expect(request.documents[0].reason).toBe(infected.reason);

    expect((await desk.attach(id, pdf())).status).toBe("available");
    expect(await desk.until(id, ({ status }) => status === "approved")).toMatchObject({ missing: [] });
  });

  test("asked for again, it is still the rejected document, and no form is given", async () => {
    const { id } = await desk.submit("7");
    const wrong = { ...png(), contentType: "application/pdf" };
    const rejected = await desk.attach(id, wrong);
    expect(rejected.reason).toMatch(/not of the type announced/);
    const again = await desk.register(id, wrong);
    expect(again).toMatchObject({ id: rejected.id, status: "rejected", reason: rejected.reason });
    expect(again.upload).toBeUndefined();
    expect((await desk.attach(id, png())).status).toBe("available");
  });
});

describe("what cannot be registered", () => {
  test("a document of more than 100 MiB is refused when it is asked for", async () => {
    const { id } = await desk.submit("7");
    const tooLarge = await provider.post(`/v1/requests/${id}/documents`, { ...described(pdf()), size: maxDocumentBytes + 1 });
    expect(tooLarge).toMatchObject({ status: 413, body: { type: "/problems/document-too-large" } });
    taken(await provider.post(`/v1/requests/${id}/documents`, { ...described(pdf()), size: maxDocumentBytes }), 201);
  });

  test("an empty file, a file of an unknown type, a checksum that is none: all told", async () => {
    const { id } = await desk.submit("7");
    const path = `/v1/requests/${id}/documents`;
    const faulty = await provider.post(path, { fileName: "", contentType: "pdf", size: 0, sha256: "00", kind: "x-ray" });
    expect(faulty).toMatchObject({ status: 400, body: { type: "/problems/validation-failed" } });
    expect(faulty.body.errors.map((error: Json) => error.pointer).sort()).toEqual([
      "/contentType",
      "/fileName",
      "/kind",
      "/sha256",
      "/size",
    ]);
    const program = await provider.post(path, { ...described(pdf()), contentType: "application/x-msdownload" });
    expect(program).toMatchObject({ status: 415, body: { type: "/problems/document-type-not-accepted" } });
    expect((await desk.read(id)).documents).toEqual([]);
  });

  test("another organization's request is as one that does not exist, for writing and reading documents", async () => {
    const { id } = await desk.submit("7");
    const registered = await desk.register(id, pdf());
    const nobodys = `PA-${"A".repeat(26)}`;
    const answers = await Promise.all([
      stranger.post(`/v1/requests/${id}/documents`, { size: "nonsense" }),
      stranger.post(`/v1/requests/${nobodys}/documents`, { size: "nonsense" }),
      stranger.get(`/v1/requests/${id}/documents/${registered.id}`),
      stranger.get(`/v1/requests/${nobodys}/documents/${registered.id}`),
    ]);
    const problems = answers.map(({ status, body: { traceId: _, ...problem } }) => ({ status, ...problem }));
    for (const problem of problems) expect(problem).toEqual(problems[0]);
    expect(problems[0]).toMatchObject({ status: 404, type: "/problems/request-not-found" });
    expect(await provider.get(`/v1/requests/${id}/documents/${"A".repeat(26)}`)).toMatchObject({
      status: 404,
      body: { type: "/problems/document-not-found" },
    });
  });

  test("the 51st document, in turn or with fifty at once", async () => {
    const { id } = await desk.submit("7");
    const note = (number: number) => plainText(`note ${number}\n`);
    const path = `/v1/requests/${id}/documents`;
    const answers = await Promise.all(Array.from({ length: 50 }, (_, number) => provider.post(path, described(note(number)))));
    // Rivals that lost every race were told to come again; that is no loss.
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([201, 503]))).toEqual(new Set());
    for (let number = 0; number < 50; number += 1) if (answers[number]?.status === 503) await desk.register(id, note(number));
    expect((await desk.read(id)).documents).toHaveLength(50);

    for (const refused of await Promise.all([50, 51, 52].map((number) => provider.post(path, described(note(number))))))
      expect(refused).toMatchObject({ status: 409, body: { type: "/problems/too-many-documents" } });
    // What is there already may be asked for again.
    await desk.register(id, note(7));
    expect((await desk.read(id)).documents).toHaveLength(50);
    expect((await desk.events(id)).filter((event) => event.type === "document.registered")).toHaveLength(50);
  });

  test("a document for a request that has ended", async () => {
    const { id } = await desk.submit("7");
    taken(await provider.post(`/v1/requests/${id}/withdrawal`, { reason: "The member moved away." }), 200);
    expect(await provider.post(`/v1/requests/${id}/documents`, described(pdf()))).toMatchObject({
      status: 409,
      body: { type: "/problems/not-possible-now" },
    });
  });
});

describe("who may read a document", () => {
  test("the vendor, once the request is referred to it, with its own token", async () => {
    const { id } = await desk.submit("7");
    const registered = await desk.register(id, pdf());
    const path = `/v1/requests/${id}/documents/${registered.id}`;
    expect((await vendor.get(path)).status).toBe(404);
    await upload(registered.upload, pdf().bytes);
    await desk.until(id, ({ referral }) => referral.status === "sent");
    const read = taken(await vendor.get(path), 200);
    expect((await download(read)).bytes.equals(pdf().bytes)).toBe(true);
  });
});

describe("nothing unverified can be downloaded", () => {
  test("in no state but available is there a link", async () => {
    const { id } = await desk.submit("7");
    const awaiting = await desk.register(id, pdf());
    expect((await desk.readDocument(id, awaiting.id)).download).toBeUndefined();
    const file: SentFile = { ...pdf(), bytes: Buffer.concat([pdf().bytes, eicar]) };
    const infected = await desk.register(id, file);
    await upload(infected.upload, file.bytes);
    await eventually(
      () => desk.readDocument(id, infected.id),
      (document) => {
        expect(document.download).toBeUndefined();
        return document.status === "rejected";
      },
    );
  });

  test("neither bucket answers to somebody without a signature, nor to a form used as a key", async () => {
    const { id } = await desk.submit("7");
    const registered = await desk.register(id, pdf());
    await upload(registered.upload, pdf().bytes);
    const document = await desk.settled(id, registered.id);
    const link = new URL(document.download.url);
    const { url: intake, fields } = registered.upload;
    const records = `${link.origin}${link.pathname}`;
    const form = new URLSearchParams(fields).toString();
    const addresses = [
      `${intake}/${fields.key}`,
      `${intake}/${fields.key}?${form}`,
      `${intake}/${fields.key}?${link.searchParams}`,
      `${intake}?versions`,
      records,
      `${records}?versionId=${link.searchParams.get("versionId")}`,
      `${link.origin}/${link.pathname.split("/")[1]}?versions`,
    ];
    for (const address of addresses)
      for (const method of ["GET", "HEAD"]) {
        const { status } = await fetch(address, { method });
        expect(status, `${method} ${address}`).toBeGreaterThanOrEqual(400);
      }
  });

  test("a link is good for its own version and name, and not for another method", async () => {
    const { id } = await desk.submit("7");
    const document = await desk.attach(id, pdf());
    const changed = (change: (link: URL) => void) => {
      const link = new URL(document.download.url);
      change(link);
      return link;
    };
    const bent = [
      changed((link) => link.searchParams.delete("versionId")),
      changed((link) => link.searchParams.set("response-content-disposition", "inline")),
      changed((link) => link.searchParams.set("response-content-type", "text/html")),
      changed((link) => link.searchParams.set("X-Amz-Expires", "604800")),
      changed((link) => {
        link.pathname = `${link.pathname.slice(0, -1)}${link.pathname.endsWith("A") ? "B" : "A"}`;
      }),
    ];
    for (const link of bent) expect((await fetch(link)).status, String(link)).toBe(403);
    for (const method of ["DELETE", "PUT", "POST"])
      expect((await fetch(document.download.url, { method })).status, method).toBeGreaterThanOrEqual(400);
    expect((await download(document)).bytes.equals(pdf().bytes)).toBe(true);
  });
});
