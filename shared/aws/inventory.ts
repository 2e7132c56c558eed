import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Inventory } from "../ports.ts";
import { everyRequest } from "./every-request.ts";

type Places = { readonly table: string; readonly intake: string; readonly records: string };

/** The table and both buckets as they are. A page may be empty and still have a next one. */
export function inventory(dynamo: DynamoDBClient, s3: S3Client, { table, ...buckets }: Places): Inventory {
  return {
    ...everyRequest(dynamo, table),

    async versions(bucket, { requestId, after }) {
      const [KeyMarker, VersionIdMarker] = after ? (JSON.parse(after) as [string, string]) : [];
      const { Versions = [], ...page } = await s3.send(
        new ListObjectVersionsCommand({
          Bucket: buckets[bucket],
          ...(requestId ? { Prefix: `${requestId}/` } : {}),
          KeyMarker,
          VersionIdMarker,
        }),
      );
      const items = Versions.map(({ Key = "", VersionId = "" }) => ({ key: Key, versionId: VersionId }));
      return { items, ...(page.IsTruncated ? { next: JSON.stringify([page.NextKeyMarker, page.NextVersionIdMarker]) } : {}) };
    },

    async checksum({ key, versionId }) {
      const { ChecksumSHA256 } = await s3.send(
        new HeadObjectCommand({ Bucket: buckets.records, Key: key, VersionId: versionId, ChecksumMode: "ENABLED" }),
      );
      return ChecksumSHA256;
    },
  };
}
