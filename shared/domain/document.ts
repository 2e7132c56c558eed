import { addHours, type Instant } from "./calendar.ts";
import type { DocumentId, RequestId } from "./identifiers.ts";
import type { DocumentDescription } from "./submission.ts";
import type { DocumentStatus } from "./vocabulary.ts";

/** 100 MiB, our reading of "documents of up to 100 MB". */
export const maxDocumentBytes = 104_857_600;

/** File types that the desk takes, and the extension under which a document is downloaded: its own name stays with us. */
export const acceptedTypes: Readonly<Record<string, string>> = {
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

/**
 * A document and what is known about its bytes. Two facts about ONE stored version must both be good: the check of size, checksum
 * and type, and the malware scan; they come in either order. The first version heard of is the one that counts: a later upload
 * with the same form changes nothing.
 */
export type Document = {
  readonly requestId: RequestId;
  readonly id: DocumentId;
  readonly version: number;
  readonly description: DocumentDescription;
  readonly status: DocumentStatus;
  /** Why it was rejected or expired, and what to do. */
  readonly reason: string | null;
  readonly registeredAt: Instant;
  /** Without an upload until then, the place is given up. */
  readonly awaitedUntil: Instant;
  readonly upload: {
    readonly versionId: string;
    /** When it was first heard of. */
    readonly arrivedAt: Instant;
    readonly checked: Finding | null;
    readonly scanned: Finding | null;
  } | null;
  /** The verified version in the records bucket. */
  readonly recordsVersionId: string | null;
};

export type Finding = { readonly good: true } | { readonly good: false; readonly reason: string };

export type NewDocument = Pick<Document, "requestId" | "id" | "description"> & {
  readonly now: Instant;
  readonly uploadHours: number;
};

export function newDocument({ requestId, id, description, now, uploadHours }: NewDocument): Document {
  return {
    requestId,
    id,
    version: 1,
    description,
    status: "awaiting-upload",
    reason: null,
    registeredAt: now,
    awaitedUntil: addHours(now, uploadHours),
    upload: null,
    recordsVersionId: null,
  };
}

const changed = (document: Document, change: Partial<Document>): Document => ({
  ...document,
  ...change,
  version: document.version + 1,
});

/** A fresh form was asked for while the upload is awaited, or after the place had been given up. */
export function awaitedAgain(document: Document, now: Instant, uploadHours: number): Document {
  return changed(document, { status: "awaiting-upload", reason: null, awaitedUntil: addHours(now, uploadHours) });
}

/** @returns the document with the fact, or itself when the fact is known already or is about another version */
export function withFinding(
  document: Document,
  fact: "checked" | "scanned",
  versionId: string,
  finding: Finding,
  now: Instant = document.registeredAt,
): Document {
  if (document.status === "available" || document.status === "rejected") return document;
  const upload = document.upload ?? { versionId, arrivedAt: now, checked: null, scanned: null };
  if (upload.versionId !== versionId || upload[fact] !== null) return document;
  const known = { ...upload, [fact]: finding };
  return finding.good
    ? changed(document, { status: "verifying", reason: null, upload: known })
    : changed(document, { status: "rejected", reason: finding.reason, upload: known });
}

/** Both facts are good: the version may be copied to the records. */
export const isVerified = (document: Document): boolean =>
  document.status === "verifying" && document.upload?.checked?.good === true && document.upload.scanned?.good === true;

export const madeAvailable = (document: Document, recordsVersionId: string): Document =>
  changed(document, { status: "available", recordsVersionId });

/** The records hold its verified version, which the document does not know of: it was restored to a moment before. */
export const reattached = (document: Document, recordsVersionId: string): Document =>
  changed(document, { status: "available", reason: null, recordsVersionId });

/** What was heard of its upload is lost: it has to come again, and its next version is the one that counts. */
export const uploadLost = (document: Document): Document =>
  changed(document, {
    status: "expired",
    reason: "The upload was lost on our side: register the same document again to get a new form.",
    upload: null,
  });

/** @returns the expired document, or itself when an upload has arrived or the time has not come */
export function expired(document: Document, now: Instant): Document {
  if (document.status !== "awaiting-upload" || document.awaitedUntil > now) return document;
  return changed(document, {
    status: "expired",
    reason: "No upload arrived in time: register the same document again to get a new form.",
  });
}
