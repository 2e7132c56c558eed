import type { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ProposedRules } from "../ports.ts";

/** Rules of this length would never fit into an item, so nobody has to hold them in memory to say so. */
const mostBytes = 2_000_000;

/** Rules that were put into the policy bucket. */
export const s3ProposedRules = (s3: S3Client, bucket: string): ProposedRules => ({
  async read({ key, versionId }) {
    const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    if (!Body || ContentLength === undefined) throw new Error("an object without content");
    if (ContentLength <= mostBytes) return Body.transformToByteArray();
    (Body as Readable).destroy();
    return undefined;
  },
});
