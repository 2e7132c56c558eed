import { authenticate } from "./authenticate.ts";
import type { Version } from "./bucket.ts";
import { authorize, bucketOf, type Exchange, objectArn, sendEmpty } from "./exchange.ts";
import { markerHeaders } from "./locate.ts";
import { accessDenied } from "./refusal.ts";

/** Without a version: hides the object behind a delete marker (or removes it, where nothing is versioned). With one: removes that version. */
export const deleteObject = async (exchange: Exchange): Promise<void> => {
  const { store, response, query, header, key } = exchange;
  const { identity } = await authenticate(exchange);
  const bucket = bucketOf(store, exchange.bucketName);
  const resource = objectArn(bucket, key);
  const versionId = query.get("versionId") ?? (bucket.settings.versioned ? undefined : "null");
  authorize(store, identity, query.has("versionId") ? "s3:DeleteObjectVersion" : "s3:DeleteObject", resource);

  if (versionId === undefined) {
    response.setHeaders(new Map(Object.entries(markerHeaders(await bucket.mark(key)))));
    return sendEmpty(exchange, 204);
  }
  const version = bucket.find(key, versionId);
  if (version) {
    const bypass = header("x-amz-bypass-governance-retention")?.toLowerCase() === "true";
    if (bypass) authorize(store, identity, "s3:BypassGovernanceRetention", resource);
    refuseLocked(version, store.now(), bypass);
    await bucket.remove(version);
  }
  // Deleting what is not there succeeds: S3 makes no difference.
  if (query.has("versionId")) response.setHeader("x-amz-version-id", versionId);
  if (version?.deleteMarker) response.setHeader("x-amz-delete-marker", "true");
  sendEmpty(exchange, 204);
};

const refuseLocked = (version: Version, now: Date, bypass: boolean): void => {
  if (version.deleteMarker || !version.retention || new Date(version.retention.until) <= now) return;
  if (version.retention.mode === "GOVERNANCE" && bypass) return;
  throw accessDenied("Access Denied because object protected by object lock.");
};
