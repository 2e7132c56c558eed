import type { NoticeLinks } from "../ports.ts";
import { noticeObjectKey } from "./notice-object-key.ts";
import { presignedGet, type Signer } from "./s3-presign.ts";

const linkSeconds = 5 * 60;

/** Links to the very version of a letter that its request names, as an attachment named by the notice's id. */
export function noticeLinks(signer: Signer, recordsBucket: string): NoticeLinks {
  return {
    async downloadLink(requestId, { id, recordsVersionId }, now) {
      const url = await presignedGet(signer, {
        bucket: recordsBucket,
        key: noticeObjectKey(requestId, id),
        query: {
          versionId: recordsVersionId,
          "response-content-disposition": `attachment; filename="${id}.pdf"`,
          "response-content-type": "application/pdf",
        },
        now: new Date(now),
        seconds: linkSeconds,
      });
      return { url, expiresAt: new Date(Date.parse(now) + linkSeconds * 1000).toISOString() };
    },
  };
}
