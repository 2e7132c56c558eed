import { randomUUID } from "node:crypto";
import { apiClient, waitFor } from "../local/api-client.ts";
import { imagingRequest, someDayFrom } from "../local/main-job.ts";
import { samplePdf, sha256Of } from "../local/sample-pdf.ts";
import { postFile, readLink, type UploadForm } from "../local/transfer.ts";

/** Something that only the deployed parts can show; it throws one sentence when it is not so. */
export type Probe = { readonly what: string; look(): Promise<void> };

export type ProbeOptions = {
  /** Without a trailing slash. */
  readonly api: string;
  readonly token: string;
  /** One that may read and not write; without it nobody can be refused for a scope. */
  readonly readToken?: string | undefined;
  readonly npi: string;
  /** The longest that any one thing may take, in seconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
};

const small = 4_000;
const elevenMegabytes = 11 * 1024 * 1024;
const sevenMegabytes = 7 * 1024 * 1024;

const expectStatus = (what: string, seen: number, ...expected: number[]): void => {
  if (!expected.includes(seen)) throw new Error(`${what}: expected ${expected.join(" or ")}, but it was ${seen}.`);
};

/** Answers that the gateway gives by itself, before any function is asked. */
export const gatewayProbes = ({ api, token, readToken, signal }: ProbeOptions): Probe[] => {
  const gateway = async (expected: number, message: string, path: string, init: RequestInit): Promise<void> => {
    const answer = await fetch(`${api}${path}`, { ...init, signal });
    const text = await answer.text();
    expectStatus(path, answer.status, expected);
    if (text !== JSON.stringify({ message }))
      throw new Error(`${path}: expected ${JSON.stringify({ message })}, but it was ${text}`);
  };
  const submitting = (bearer: string, body: string): RequestInit => ({
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json", "idempotency-key": randomUUID() },
    body,
  });
  return [
    {
      what: "without a token the gateway answers 401",
      look: () => gateway(401, "Unauthorized", "/v1/requests", {}),
    },
    {
      what: "with a token that nobody signed, too",
      look: () => gateway(401, "Unauthorized", "/v1/requests", { headers: { authorization: "Bearer a.b.c" } }),
    },
    ...(readToken === undefined
      ? []
      : [
          {
            what: "with a token for reading alone, a submission is answered 403",
            look: () => gateway(403, "Forbidden", "/v1/requests", submitting(readToken, "{}")),
          },
        ]),
    ...[sevenMegabytes, elevenMegabytes].map((size) => ({
      what: `a body of ${size / 1024 / 1024} MB is answered 413`,
      look: () => gateway(413, "Request Entity Too Large", "/v1/requests", submitting(token, JSON.stringify("x".repeat(size)))),
    })),
    {
      what: "a path that does not exist is answered by a problem document",
      look: async () => {
        const answer = await fetch(`${api}/no-such-path`, { signal });
        await answer.arrayBuffer();
        expectStatus("/no-such-path", answer.status, 404);
        const type = answer.headers.get("content-type") ?? "";
        if (!type.startsWith("application/problem+json")) throw new Error(`/no-such-path: it was ${type}.`);
      },
    },
  ];
};

type Registered = { id: string; upload: UploadForm };
type DocumentState = { status: string; reason?: string; download?: { url: string } };

/**
 * What the buckets do, seen from outside: only what was announced can be uploaded, only by whoever holds a form or a link, and a link
 * is to one version. They share one request of their own, which is taken back at the end; something is missing in it besides the
 * document, so that no vendor ever hears of it.
 */
export const storeProbes = ({ api, token, npi, patience, signal }: ProbeOptions): Probe[] => {
  const client = apiClient(api, () => token, signal);
  const pdf = Buffer.concat([...samplePdf(small)]);
  const type = "application/pdf";
  let requestId = "";
  let document: Registered;
  let link = "";

  const upload = (bytes: Uint8Array, form: UploadForm = document.upload) =>
    postFile(form, { fileName: "probe.pdf", contentType: type, size: bytes.length, pieces: [bytes] }, () => {}, signal);
  const refused = async (what: string, bytes: Uint8Array, form?: UploadForm) =>
    expectStatus(what, await upload(bytes, form), 400, 403);
  const withField = (name: string, value: string): UploadForm => ({
    ...document.upload,
    fields: { ...document.upload.fields, [name]: value },
  });
  const read = async () => (await client.get<DocumentState>(`/v1/requests/${requestId}/documents/${document.id}`)).body;
  const statusOf = async (url: string): Promise<number> => {
    const answer = await fetch(url, { signal });
    await answer.arrayBuffer();
    return answer.status;
  };
  const without = (url: string, ...names: string[]): string => {
    const changed = new URL(url);
    for (const name of names) changed.searchParams.delete(name);
    return changed.href;
  };

  return [
    {
      what: "a request and a document can be registered",
      look: async () => {
        const incomplete = { ...imagingRequest(someDayFrom(Date.now(), 35), npi), servicingProvider: undefined };
        const submitted = await client.create<{ id: string }>("/v1/requests", incomplete, { "idempotency-key": randomUUID() });
        requestId = submitted.body.id;
        const description = { fileName: "probe.pdf", contentType: type, size: small, sha256: sha256Of([pdf]) };
        document = (await client.create<Registered>(`/v1/requests/${requestId}/documents`, description)).body;
      },
    },
    {
      what: "the bucket refuses other bytes of the same length: it checks the checksum",
      look: () => refused("Upload", pdf.with(small - 1, 0)),
    },
    { what: "… one byte more", look: () => refused("Upload", Buffer.concat([pdf, Buffer.of(10)])) },
    { what: "… one byte less", look: () => refused("Upload", pdf.subarray(0, small - 1)) },
    { what: "… another type", look: () => refused("Upload", pdf, withField("Content-Type", "text/html")) },
    {
      what: "… another checksum",
      look: () => refused("Upload", pdf, withField("x-amz-checksum-sha256", sha256Of([Buffer.of(0)]))),
    },
    { what: "… another place", look: () => refused("Upload", pdf, withField("key", "elsewhere")) },
    { what: "… a field that was not agreed", look: () => refused("Upload", pdf, withField("x-amz-meta-note", "hello")) },
    {
      what: "what was announced is taken, verified and available: the functions may use bucket, key and queue",
      look: async () => {
        expectStatus("Upload", await upload(pdf), 204);
        const seen = await waitFor(
          "the document to become available",
          read,
          ({ status, reason }) => status === "available" || (status === "rejected" && `it is rejected: ${reason}`),
          { seconds: patience, signal },
        );
        link = seen.download?.url ?? "";
      },
    },
    {
      what: "an upload can be read by nobody without a link",
      look: async () => {
        const { url, fields } = document.upload;
        expectStatus("Intake object", await statusOf(`${url.replace(/\/$/, "")}/${fields.key}`), 403);
      },
    },
    {
      what: "a link opens one version of one document, and nothing else",
      look: async () => {
        const whole = await readLink(link, signal);
        if (whole.status !== 200 || whole.sha256 !== sha256Of([pdf]))
          throw new Error(`The link gave ${whole.status}, ${whole.sha256}.`);
        expectStatus("Link without its version", await statusOf(without(link, "versionId")), 403);
        expectStatus("Link without its signature", await statusOf(without(link, "X-Amz-Signature")), 400, 403);
        expectStatus("Bare address", await statusOf(link.split("?")[0] ?? ""), 403);
      },
    },
    {
      what: "a later upload with the same form changes nothing",
      look: async () => {
        expectStatus("Second upload", await upload(pdf), 204);
        const versionOf = (url = "") => new URL(url).searchParams.get("versionId");
        const again = await read();
        if (again.status !== "available" || versionOf(again.download?.url) !== versionOf(link))
          throw new Error(`The document is ${again.status}, and its link is to another version.`);
      },
    },
    {
      what: "the buckets answer over TLS only",
      look: async () => {
        if (!link.startsWith("https:")) return;
        expectStatus("Link without TLS", await statusOf(link.replace("https:", "http:")), 403);
      },
    },
    {
      what: "the request can be taken back",
      look: async () => {
        await client.post(`/v1/requests/${requestId}/withdrawal`, { reason: "A test of the deployment." });
      },
    },
  ];
};
