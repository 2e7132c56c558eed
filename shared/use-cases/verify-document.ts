import { type Document, type Finding, isVerified, madeAvailable, withFinding } from "../domain/document.ts";
import { checkFile } from "../domain/file-check.ts";
import { isDocumentId, isRequestId } from "../domain/identifiers.ts";
import { ok } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { settleDocument } from "../domain/transitions/documents.ts";
import type { DocumentStore, Documents } from "../ports.ts";
import { type ChangeDeps, change } from "./change.ts";

export type VerifyDeps = ChangeDeps & { readonly documents: Documents; readonly store: Pick<DocumentStore, "inspect" | "keep"> };
export type UploadedVersion = { readonly key: string; readonly versionId: string };
export type Verified = { readonly status: Document["status"] | "unknown" };

/** An upload has arrived: its size, checksum and type are checked against what was announced. */
export async function checkDocument(deps: VerifyDeps, upload: UploadedVersion): Promise<Verified> {
  return record(deps, upload, "checked", async (document) =>
    checkFile(document.description, await deps.store.inspect(upload.key, upload.versionId)),
  );
}

/** The scanner has spoken. Every verdict but NO_THREATS_FOUND rejects: what could not be scanned is not known to be clean. */
export async function recordScan(deps: VerifyDeps, upload: UploadedVersion, verdict: string): Promise<Verified> {
  const finding: Finding =
    verdict === "NO_THREATS_FOUND"
      ? { good: true }
      : verdict === "THREATS_FOUND"
        ? { good: false, reason: "The malware scan found a threat. Register a clean copy: it is a document of its own." }
        : {
            good: false,
            reason:
              "The malware scan could not vouch for the file. Register a copy without encryption or password: it is a document of its own.",
          };
  return record(deps, upload, "scanned", async () => finding);
}

/**
 * DOCUMENT is written first, then REQUEST; the event is acknowledged after both. Each step is idempotent, so a repeat after a
 * crash anywhere in between ends in the same state.
 */
async function record(
  deps: VerifyDeps,
  { key, versionId }: UploadedVersion,
  fact: "checked" | "scanned",
  find: (document: Document) => Promise<Finding>,
): Promise<Verified> {
  const [requestId = "", documentId = ""] = key.split("/");
  if (!isRequestId(requestId) || !isDocumentId(documentId)) return { status: "unknown" };
  for (;;) {
    const document = await deps.documents.find(requestId, documentId);
    if (!document) return { status: "unknown" };
    const isNews = (document.upload?.versionId ?? versionId) === versionId && !document.upload?.[fact];
    let next = isNews ? withFinding(document, fact, versionId, await find(document), deps.clock.now()) : document;
    if (next !== document && !(await deps.documents.save(next))) continue;
    if (isVerified(next) && next.upload) {
      const { recordsVersionId } = await deps.store.keep(next, next.upload.versionId);
      next = madeAvailable(next, recordsVersionId);
      if (!(await deps.documents.save(next))) continue;
    }
    if (next.status === "available" || next.status === "rejected") await tellRequest(deps, next, next.status);
    return { status: next.status };
  }
}

/** The request learns what became of its document. @param by who found it out */
export async function tellRequest(
  deps: ChangeDeps,
  document: Document,
  status: "available" | "rejected" | "expired",
  by = "document-check",
): Promise<void> {
  const load = async () => {
    const request = await deps.requests.find(document.requestId);
    if (!request) throw new Error("a document without its request");
    return ok(request);
  };
  const told = await change(deps, load, { type: "system", id: by }, (request, context) =>
    apply(settleDocument, request, { id: document.id, status }, context),
  );
  if (!told.ok) throw new Error(told.refusal.problem);
}
