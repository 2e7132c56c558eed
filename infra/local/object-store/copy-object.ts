import { createReadStream } from "node:fs";
import { authenticate } from "./authenticate.ts";
import type { Bucket, ObjectVersion } from "./bucket.ts";
import { type ChecksumAlgorithm, type Checksums, checksumAlgorithm, digesting } from "./checksums.ts";
import { authorize, bucketOf, type Exchange, objectArn, sendXml } from "./exchange.ts";
import { locate, type Wanted } from "./locate.ts";
import { keptHeaders, refuseUnsupported, retentionFor } from "./metadata.ts";
import { checkReadConditions, writeGuard } from "./preconditions.ts";
import { createVersion, receiveStored } from "./receive.ts";
import { invalidArgument, Refusal } from "./refusal.ts";

/** A new object out of a stored version: same bytes, same checksum, metadata kept or replaced as a whole. */
export const copyObject = async (exchange: Exchange): Promise<void> => {
  const { store, response, header, headerNames, key } = exchange;
  const { identity } = await authenticate(exchange);
  const bucket = bucketOf(store, exchange.bucketName);
  authorize(store, identity, "s3:PutObject", objectArn(bucket, key));
  if (header("x-amz-object-lock-mode") !== undefined) authorize(store, identity, "s3:PutObjectRetention", objectArn(bucket, key));
  refuseUnsupported(headerNames);
  const source = parseSource(exchange);
  const version = locate(exchange, identity, source);
  checkReadConditions(header, version, "x-amz-copy-source-");

  const directive = (header("x-amz-metadata-directive") ?? "COPY").toUpperCase();
  if (directive !== "COPY" && directive !== "REPLACE") {
    throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive");
  }
  if (directive === "COPY" && source.bucket === bucket && source.key === key && source.versionId === undefined) {
    throw new Refusal(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const headers =
    directive === "COPY" ? version.headers : keptHeaders(headerNames.map((name) => [name, header(name) ?? ""] as const));
  const retention = retentionFor(bucket.settings, header, store.now());
  const wanted = header("x-amz-checksum-algorithm");
  const checksums = wanted === undefined ? version.checksums : await checksumsOf(source.bucket, version, checksumAlgorithm(wanted));

  const draft = await receiveStored(source.bucket, version, bucket);
  const copy = await createVersion(
    { bucket, draft, announce: store.announce },
    { key, size: version.size, etag: version.etag, headers, checksums, ...(retention ? { retention } : {}), reason: "CopyObject" },
    writeGuard(header),
  );
  if (copy.versionId !== "null") response.setHeader("x-amz-version-id", copy.versionId);
  if (version.versionId !== "null") response.setHeader("x-amz-copy-source-version-id", version.versionId);
  sendXml(exchange, 200, "CopyObjectResult", {
    LastModified: copy.lastModified,
    ETag: `"${copy.etag}"`,
    ...Object.fromEntries(Object.entries(copy.checksums).map(([algorithm, value]) => [`Checksum${algorithm}`, value])),
    ...(Object.keys(copy.checksums).length > 0 ? { ChecksumType: "FULL_OBJECT" } : {}),
  });
};

const parseSource = ({ store, header }: Exchange): Wanted => {
  const malformed = () =>
    invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source");
  const [, encoded = "", versionId] = /^\/?(.*?)(?:\?versionId=([^?&]+))?$/s.exec(header("x-amz-copy-source") ?? "") ?? [];
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    throw malformed();
  }
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1) throw malformed();
  return { bucket: bucketOf(store, path.slice(0, slash)), key: path.slice(slash + 1), versionId };
};

const checksumsOf = async (bucket: Bucket, version: ObjectVersion, algorithm: ChecksumAlgorithm): Promise<Checksums> => {
  const known = version.checksums[algorithm];
  if (known !== undefined) return { [algorithm]: known };
  const digests = digesting(algorithm);
  for await (const chunk of createReadStream(bucket.pathOf(version))) digests.update(chunk);
  return digests.finish().checksums;
};
