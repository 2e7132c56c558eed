import type { Identity } from "../identities.ts";
import type { Bucket, ObjectVersion, Version } from "./bucket.ts";
import { authorize, type Exchange, objectArn } from "./exchange.ts";
import { accessDenied, Refusal } from "./refusal.ts";

export type Wanted = { bucket: Bucket; key: string; versionId: string | undefined };

/** The version that a read means. Reading a named version is a permission of its own, `s3:GetObjectVersion`. */
export const locate = (
  { store }: Pick<Exchange, "store">,
  identity: Identity,
  { bucket, key, versionId }: Wanted,
): ObjectVersion => {
  authorize(store, identity, versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion", objectArn(bucket, key));
  const version = versionId === undefined ? bucket.current(key) : bucket.find(key, versionId);
  if (version && !version.deleteMarker) return version;
  if (version && versionId !== undefined) {
    throw new Refusal("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      headers: { ...markerHeaders(version), allow: "DELETE" },
    });
  }
  // S3 tells only those who may list a bucket what is not in it.
  if (!store.judge({ identity, action: "s3:ListBucket", resource: bucket.arn }).allowed) throw accessDenied();
  if (versionId !== undefined) {
    throw new Refusal("NoSuchVersion", "The specified version does not exist.", { details: { Key: key, VersionId: versionId } });
  }
  throw new Refusal("NoSuchKey", "The specified key does not exist.", {
    details: { Key: key },
    headers: version ? markerHeaders(version) : {},
  });
};

export const markerHeaders = (marker: Version): Record<string, string> => ({
  "x-amz-delete-marker": "true",
  ...(marker.versionId === "null" ? {} : { "x-amz-version-id": marker.versionId }),
});
