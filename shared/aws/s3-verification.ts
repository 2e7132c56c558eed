import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";
import { fileTypeFromBuffer } from "file-type";
import type { DocumentStore } from "../ports.ts";
import { documentObjectKey } from "./document-object-key.ts";

/** Enough for every magic number that we look for, the parts list of a DOCX included. */
const headBytes = 64 * 1024;

/** Looks into uploads and keeps what is verified. Bytes are read as a stream, whatever their number. */
export function s3Verification(s3: S3Client, intakeBucket: string, recordsBucket: string): Pick<DocumentStore, "inspect" | "keep"> {
  return {
    async inspect(key, versionId) {
      const version = { Bucket: intakeBucket, Key: key, VersionId: versionId };
      const { ContentLength: size = 0, ChecksumSHA256 } = await s3.send(
        new HeadObjectCommand({ ...version, ChecksumMode: "ENABLED" }),
      );
      const head = size === 0 ? new Uint8Array() : await firstBytes(version, size);
      return {
        size,
        sha256: ChecksumSHA256 ?? (await hashed(version)),
        head,
        detectedType: (await fileTypeFromBuffer(head))?.mime,
      };
    },

    async keep(document, versionId) {
      const key = documentObjectKey(document);
      const kept = await keptVersion(key, document.description.sha256);
      if (kept) return { recordsVersionId: kept };
      const copy = await s3.send(
        new CopyObjectCommand({
          Bucket: recordsBucket,
          Key: key,
          CopySource: `${intakeBucket}/${key}?versionId=${encodeURIComponent(versionId)}`,
          ChecksumAlgorithm: "SHA256",
        }),
      );
      if (!copy.VersionId) throw new Error("the records bucket keeps no versions");
      return { recordsVersionId: copy.VersionId };
    },
  };

  async function firstBytes(version: { Bucket: string; Key: string; VersionId: string }, size: number): Promise<Uint8Array> {
    const { Body } = await s3.send(new GetObjectCommand({ ...version, Range: `bytes=0-${Math.min(size, headBytes) - 1}` }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }

  async function hashed(version: { Bucket: string; Key: string; VersionId: string }): Promise<string> {
    const { Body } = await s3.send(new GetObjectCommand(version));
    const hash = createHash("sha256");
    for await (const chunk of Body as Readable) hash.update(chunk as Buffer);
    return hash.digest("base64");
  }

  /** The copy of an attempt that was cut off before it could be noted. */
  async function keptVersion(key: string, sha256: string): Promise<string | undefined> {
    try {
      const head = await s3.send(new HeadObjectCommand({ Bucket: recordsBucket, Key: key, ChecksumMode: "ENABLED" }));
      return head.ChecksumSHA256 === sha256 ? head.VersionId : undefined;
    } catch (error) {
      // Without the right to list, S3 says 403 of what does not exist.
      if (error instanceof NotFound || (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 403)
        return undefined;
      throw error;
    }
  }
}
