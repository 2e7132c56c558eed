import { createHash } from "node:crypto";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { NoticeRecords } from "../ports.ts";
import { noticeObjectKey } from "./notice-object-key.ts";

/** Letters among the records, locked as all of them are by the bucket's own retention. */
export function s3NoticeRecords(s3: S3Client, recordsBucket: string): NoticeRecords {
  return {
    async keep(requestId, id, bytes) {
      const { VersionId } = await s3.send(
        new PutObjectCommand({
          Bucket: recordsBucket,
          Key: noticeObjectKey(requestId, id),
          Body: bytes,
          ContentType: "application/pdf",
          ContentDisposition: "attachment",
          ChecksumSHA256: createHash("sha256").update(bytes).digest("base64"),
        }),
      );
      if (!VersionId) throw new Error("the records bucket keeps no versions");
      return { recordsVersionId: VersionId };
    },
  };
}
