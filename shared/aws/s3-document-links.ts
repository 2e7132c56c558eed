import { acceptedTypes, type Document } from "../domain/document.ts";
import type { DocumentStore } from "../ports.ts";
import { documentObjectKey } from "./document-object-key.ts";
import { presignedGet, presignedPost, type Signer } from "./s3-presign.ts";

const formSeconds = 15 * 60;
const linkSeconds = 5 * 60;

/** Forms into the intake bucket. The policy fixes every field, and the size to the byte; any other field is refused by the store. */
export function uploadForms(signer: Signer, intakeBucket: string): Pick<DocumentStore, "uploadForm"> {
  return {
    async uploadForm(document, now) {
      const { contentType, sha256, size } = document.description;
      const start = new Date(now);
      const expires = new Date(Math.floor(start.getTime() / 1000 + formSeconds) * 1000);
      const form = await presignedPost(signer, {
        bucket: intakeBucket,
        key: documentObjectKey(document),
        fields: {
          "Content-Type": contentType,
          "Content-Disposition": "attachment",
          "x-amz-checksum-algorithm": "SHA256",
          "x-amz-checksum-sha256": sha256,
        },
        conditions: [["content-length-range", size, size]],
        now: start,
        expires,
      });
      return { ...form, expiresAt: expires.toISOString() };
    },
  };
}

/** Links to verified versions in the records bucket. The file's own name stays with us: it may name a person. */
export function downloadLinks(signer: Signer, recordsBucket: string): Pick<DocumentStore, "downloadLink"> {
  return {
    async downloadLink(document, recordsVersionId, now) {
      const url = await presignedGet(signer, {
        bucket: recordsBucket,
        key: documentObjectKey(document),
        query: {
          versionId: recordsVersionId,
          "response-content-disposition": `attachment; filename="${downloadName(document)}"`,
          "response-content-type": document.description.contentType,
        },
        now: new Date(now),
        seconds: linkSeconds,
      });
      return { url, expiresAt: new Date(Date.parse(now) + linkSeconds * 1000).toISOString() };
    },
  };
}

const downloadName = (document: Document) => `${document.id}.${acceptedTypes[document.description.contentType] ?? "bin"}`;
