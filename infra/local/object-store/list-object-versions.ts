import { authenticate } from "./authenticate.ts";
import type { Version } from "./bucket.ts";
import { authorize, bucketOf, type Exchange, encode, sendXml } from "./exchange.ts";
import { invalidArgument, notImplemented } from "./refusal.ts";
import type { XmlElements } from "./xml.ts";

const largestPage = 1000;

/** `GET /bucket?versions`: every version and delete marker, keys ascending, the newest of a key first. */
export const listObjectVersions = async (exchange: Exchange): Promise<void> => {
  const { store, query } = exchange;
  const { identity } = await authenticate(exchange);
  const bucket = bucketOf(store, exchange.bucketName);
  authorize(store, identity, "s3:ListBucketVersions", bucket.arn);
  if (query.get("delimiter")) throw notImplemented("delimiter");
  const encoding = query.get("encoding-type");
  const written = (key: string) => (encoding === "url" ? key.split("/").map(encode).join("/") : key);

  const [prefix, limit] = [query.get("prefix") ?? "", pageSize(query.get("max-keys"))];
  const matching = behindMarker(
    bucket.list().filter(({ key }) => key.startsWith(prefix)),
    query.get("key-marker"),
    query.get("version-id-marker"),
  );
  const page = matching.slice(0, limit);
  const last = matching.length > page.length ? page.at(-1) : undefined;
  const entry = (version: Version): XmlElements => ({
    Key: written(version.key),
    VersionId: version.versionId,
    IsLatest: bucket.current(version.key) === version,
    LastModified: version.lastModified,
    ...(version.deleteMarker ? {} : { ETag: `"${version.etag}"`, Size: version.size, StorageClass: "STANDARD" }),
  });
  sendXml(exchange, 200, "ListVersionsResult", {
    Name: bucket.name,
    Prefix: written(prefix),
    KeyMarker: written(query.get("key-marker") ?? ""),
    VersionIdMarker: query.get("version-id-marker") ?? "",
    NextKeyMarker: last && written(last.key),
    NextVersionIdMarker: last?.versionId,
    MaxKeys: limit,
    EncodingType: encoding,
    IsTruncated: matching.length > page.length,
    Version: page.filter(({ deleteMarker }) => !deleteMarker).map(entry),
    DeleteMarker: page.filter(({ deleteMarker }) => deleteMarker).map(entry),
  });
};

const pageSize = (text: string | undefined): number => {
  if (text === undefined) return largestPage;
  if (!/^\d{1,9}$/.test(text)) throw invalidArgument("Provided max-keys not an integer or within integer range", "max-keys");
  return Math.min(Number(text), largestPage);
};

/** What follows the last entry of the page before. A key marker alone means: all versions of that key were seen. */
const behindMarker = (versions: Version[], keyMarker: string | undefined, versionMarker: string | undefined): Version[] => {
  if (keyMarker === undefined || keyMarker === "") {
    if (versionMarker) throw invalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker");
    return versions;
  }
  const seen = versions.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionMarker);
  if (versionMarker && seen >= 0) return versions.slice(seen + 1);
  return versions.filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(keyMarker)) > 0);
};
