import { randomInt, randomUUID } from "node:crypto";
import { apiClient, waitFor } from "./api-client.ts";
import { faultInChain, type HistoryEvent } from "./event-chain.ts";
import type { Endpoints } from "./pocket-cloud.ts";
import { samplePdf, sha256Of } from "./sample-pdf.ts";
import type { TokenRequest } from "./tokens.ts";
import { postFile, readLink, type UploadForm } from "./transfer.ts";

/** Who listens to the story of the main job. */
export type Tell = {
  /** A step that was taken: what happened in plain words, and the details that go with it. */
  step(what: string, ...details: string[]): void;
  /** Bytes of the upload so far. */
  progress(sent: number, total: number): void;
};

export type MainJob = {
  readonly endpoints: Pick<Endpoints, "api">;
  readonly token: (request: TokenRequest) => Promise<string>;
  /** In bytes; 100 MiB, the most that the desk takes, unless it says otherwise. */
  readonly documentSize?: number;
  /** Where it ends: with the vendor's decision, or as soon as the vendor has the referral; then the request is taken back. */
  readonly until?: "decided" | "sent";
  /** The longest that any one thing may take, in seconds. */
  readonly patience?: number;
  /** Whom the caller submits for; Dayton Orthopaedics unless it says otherwise. */
  readonly npi?: string;
  readonly signal?: AbortSignal;
};

type LookUp = { answers: { requirement: string; route: string; because: string }[] };
type Line = { lineNumber: number; because: string; decision: { outcome: string } | null };
type PriorAuthorization = {
  id: string;
  status: string;
  dueAt: string | null;
  dueRule: string | null;
  missing: string[];
  lines: Line[];
  referral: { vendor: string; status: string; caseId: string | null } | null;
  authorization: { number: string; from: string | null; to: string | null } | null;
};
type Registered = { id: string; status: string; upload?: UploadForm & { expiresAt: string } };
type DocumentState = { status: string; reason?: string; download?: { url: string } };

const largestDocument = 104_857_600;
const day = 86_400_000;
/** The vendor's stand-in goes by the last digit: it approves a 1. */
const memberId = "10487654321";

/** ISO. Each time another, so that what an earlier run has left open is no duplicate. */
export const someDayFrom = (time: number, days: number): string =>
  new Date(time + (days + randomInt(300)) * day).toISOString().slice(0, 10);

/** An imaging request that the vendor decides, as a client would submit it. */
export const imagingRequest = (serviceDate: string, npi: string) => ({
  channel: "portal",
  lineOfBusiness: "medicaid",
  state: "OH",
  priority: "standard",
  member: { id: memberId, givenName: "Ada", familyName: "Reyes", birthDate: "1986-04-02", programs: [] },
  requestingProvider: { npi, name: "Dayton Orthopaedics", email: "desk@example.org", phone: "+19375550100" },
  servicingProvider: { npi: "1245319599", name: "Miami Valley Imaging" },
  setting: "outpatient",
  emergency: false,
  postStabilization: false,
  diagnoses: [{ code: "M54.16", narrative: "Radiculopathy, lumbar region" }],
  lines: [{ code: "72148", modifiers: [], description: "MRI lumbar spine", serviceDate, quantity: 1, unit: "visit" }],
  clinicalSummary: "Six weeks of physical therapy without relief.",
});

/**
 * A real imaging request on its whole way, over HTTP alone as a client would: submitted, its document uploaded and verified, referred to
 * the vendor, decided by the vendor, and read back. It never moves the clock. Throws one sentence when anything is not as it should be.
 *
 * @returns the request's id
 */
export const playMainJob = async (
  {
    endpoints,
    token,
    documentSize = largestDocument,
    until: end = "decided",
    patience = 60,
    npi = "1234567893",
    signal = new AbortController().signal,
  }: MainJob,
  tell: Tell,
): Promise<string> => {
  const bearer = await token({ role: "provider" });
  const client = apiClient(endpoints.api, () => bearer, signal);
  tell.step("A provider of org-demo signs in", "a bearer token, good for one hour");

  const { body: lookUp, headers } = await client.get<LookUp>("/v1/procedure-codes/72148?setting=outpatient");
  const [needed] = lookUp.answers;
  if (!needed?.because)
    throw new Error("Expected the look-up of 72148 to say whether an MRI needs authorization, but it has no answer.");
  tell.step("Does an outpatient lumbar MRI (72148) need authorization?", `${needed.requirement}: ${needed.because}`);

  // The clock of the cloud may be far ahead of this process's: its answers say what day it is there.
  const today = Date.parse(headers.get("date") ?? "");
  const serviceDate = someDayFrom(today, 21);
  const submitted = await client.create<PriorAuthorization>("/v1/requests", imagingRequest(serviceDate, npi), {
    "idempotency-key": randomUUID(),
  });
  const { id, status, missing, dueAt, dueRule } = submitted.body;
  if (status !== "awaiting-information" || !missing.includes("clinical-documents")) {
    throw new Error(
      `Expected ${id} to wait for clinical documents, but it is ${status}, missing ${missing.join(", ") || "nothing"}.`,
    );
  }
  tell.step(`Submitted: ${id}`, `${status}, missing ${missing.join(", ")}`, `decision due ${dueAt} (${dueRule})`);

  const documentId = await sendDocument();
  await followReferral();
  await compareDownload();
  await readHistory();
  if (end === "sent") await takeBack();
  else tell.step(`Done: ${id} is approved`);
  return id;

  async function sendDocument(): Promise<string> {
    const sha256 = sha256Of(samplePdf(documentSize));
    const description = { fileName: "lumbar-spine.pdf", contentType: "application/pdf", size: documentSize };
    const registered = await client.create<Registered>(`/v1/requests/${id}/documents`, { ...description, sha256 });
    const { id: document, upload } = registered.body;
    if (!upload) throw new Error(`Expected a form to upload ${document} with, but it is ${registered.body.status} and has none.`);
    tell.step(
      `Registered a PDF of ${bytes(documentSize)}: ${document}`,
      `SHA-256 ${sha256}`,
      `presigned form good until ${upload.expiresAt}`,
    );

    const began = performance.now();
    const file = { ...description, pieces: samplePdf(documentSize) };
    const answered = await postFile(upload, file, (sent) => tell.progress(sent, documentSize), signal);
    if (answered !== 204) throw new Error(`Expected the bucket to take the upload with 204, but it answered ${answered}.`);
    const seconds = (performance.now() - began) / 1_000;
    tell.step("Uploaded straight to the bucket", `${bytes(documentSize)} in ${seconds.toFixed(1)} s, past every function`);

    await waitFor(
      `document ${document} to become available`,
      () => readDocument(document),
      (seen) => seen.status === "available" || (isLost(seen) && `it is ${seen.status}: ${seen.reason ?? "no reason given"}`),
      { seconds: patience, signal },
    );
    tell.step("Verified: the document is available", "size, checksum, file type and malware scan are good");
    return document;
  }

  async function followReferral(): Promise<void> {
    const until = (expected: string, isSo: (seen: PriorAuthorization) => boolean) =>
      waitFor(
        expected,
        async () => (await client.get<PriorAuthorization>(`/v1/requests/${id}`)).body,
        (seen) => isSo(seen) || (isAstray(seen) && `it is ${seen.status}, its referral ${seen.referral?.status ?? "absent"}`),
        { seconds: patience, signal },
      );
    const sent = await until(`${id} to be referred to the vendor`, ({ referral }) => referral !== null && isSent(referral.status));
    const vendor = sent.referral?.vendor ?? "the vendor";
    tell.step(`Referred to ${vendor}, signed, over its queue`);
    if (end === "sent") return;

    const known = await until(`${vendor} to acknowledge ${id}`, ({ referral }) => typeof referral?.caseId === "string");
    tell.step(`${vendor} acknowledged: case ${known.referral?.caseId}`);

    const answered = await until(`${vendor} to approve ${id}`, (seen) => seen.status === "approved");
    const { authorization, lines } = answered;
    if (!authorization?.number || lines.some(({ decision }) => decision?.outcome !== "approved")) {
      throw new Error(`Expected ${id} to carry an authorization number and approved lines, but it does not.`);
    }
    tell.step(
      `${vendor} approved, by signed callback: authorization ${authorization.number}`,
      `valid ${authorization.from} to ${authorization.to}`,
    );
  }

  async function takeBack(): Promise<void> {
    const { body } = await client.post<PriorAuthorization>(`/v1/requests/${id}/withdrawal`, {
      reason: "A test of the deployment.",
    });
    if (body.status !== "withdrawn") throw new Error(`Expected ${id} to be withdrawn, but it is ${body.status}.`);
    tell.step(`Done: the vendor has ${id}, and it is taken back`);
  }

  async function readDocument(document: string): Promise<DocumentState> {
    return (await client.get<DocumentState>(`/v1/requests/${id}/documents/${document}`)).body;
  }

  async function compareDownload(): Promise<void> {
    const { download } = await readDocument(documentId);
    if (!download) throw new Error(`Expected a link to download ${documentId} by, but there is none.`);
    const read = await readLink(download.url, signal);
    const expected = sha256Of(samplePdf(documentSize));
    if (read.status !== 200 || read.size !== documentSize || read.sha256 !== expected) {
      throw new Error(
        `Expected to download ${documentSize} bytes with SHA-256 ${expected}, but got status ${read.status}, ${read.size} bytes with ${read.sha256}.`,
      );
    }
    tell.step(`Downloaded ${bytes(read.size)} by a short-lived link`, "the same SHA-256: bit for bit what was sent");
  }

  async function readHistory(): Promise<void> {
    const { events } = (await client.get<{ events: HistoryEvent[] }>(`/v1/requests/${id}/events`)).body;
    const fault = faultInChain(events);
    if (fault) throw new Error(`Expected the history of ${id} to be unbroken, but ${fault}.`);
    const types = events.map(({ type }) => type);
    const absent = happened[end].filter((type) => !types.includes(type));
    if (absent.length > 0)
      throw new Error(`Expected the history of ${id} to tell of ${absent.join(", ")}, but it has ${types.join(", ")}.`);
    tell.step(`Read the history: ${events.length} events, hash chain unbroken`, types.join(" → "));
  }
};

const sent = ["request.submitted", "document.registered", "document.available", "referral.sent"];

/** What the history must tell of, whatever else there may come to be. */
const happened = { sent, decided: [...sent, "referral.acknowledged", "line.decided"] };

const isLost = ({ status }: DocumentState): boolean => status === "rejected" || status === "expired";

const isSent = (referral: string): boolean => ["sent", "acknowledged", "decided"].includes(referral);

/** States that no approval comes from any more, at least not while somebody waits for it. */
const isAstray = ({ status, referral }: PriorAuthorization): boolean =>
  ["denied", "partially-approved", "not-required", "withdrawn", "closed"].includes(status) ||
  ["returned", "information-requested"].includes(referral?.status ?? "");

const bytes = (count: number): string => `${count.toLocaleString("en-US")} bytes`;
