import { pipeline } from "node:stream/promises";
import { authenticate } from "./authenticate.ts";
import type { ObjectVersion } from "./bucket.ts";
import { checksumHeader } from "./checksums.ts";
import { bucketOf, type Exchange } from "./exchange.ts";
import { locate } from "./locate.ts";
import { headerValue } from "./metadata.ts";
import { checkReadConditions } from "./preconditions.ts";
import { parseRange } from "./range.ts";

/** Headers that a reader may have answered otherwise, by a parameter `response-<name>`. */
export const overridable = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/** `GET` and `HEAD` of an object or of one version of it. */
export const getObject = async (exchange: Exchange): Promise<void> => {
  const { store, response, method, header, query, key } = exchange;
  const { identity } = await authenticate(exchange);
  const bucket = bucketOf(store, exchange.bucketName);
  const version = locate(exchange, identity, { bucket, key, versionId: query.get("versionId") });
  checkReadConditions(header, version);
  const range = rangeOf(exchange, version);

  const file = await bucket.open(version);
  try {
    const { first, last } = range ?? { first: 0, last: version.size - 1 };
    response.writeHead(range ? 206 : 200, {
      ...objectHeaders(exchange, version),
      ...(range ? { "content-range": `bytes ${first}-${last}/${version.size}` } : checksumHeaders(exchange, version)),
      "content-length": last - first + 1,
    });
    if (method === "HEAD" || version.size === 0) {
      response.end();
      return;
    }
    await pipeline(file.createReadStream({ start: first, end: last, autoClose: false }), response);
  } finally {
    await file.close();
  }
};

/** `If-Range`: the rest of what the client began to read, unless it is something else by now. */
const rangeOf = ({ header }: Exchange, version: ObjectVersion) => {
  const unless = header("if-range");
  return unless === undefined || unless === `"${version.etag}"` ? parseRange(header("range"), version.size) : undefined;
};

const objectHeaders = ({ query }: Exchange, version: ObjectVersion): Record<string, string> => ({
  ...version.headers,
  ...Object.fromEntries(
    overridable.flatMap((name) => {
      const value = query.get(`response-${name}`);
      return value === undefined ? [] : [[name, headerValue(name, value)]];
    }),
  ),
  "accept-ranges": "bytes",
  etag: `"${version.etag}"`,
  "last-modified": new Date(version.lastModified).toUTCString(),
  ...(version.versionId === "null" ? {} : { "x-amz-version-id": version.versionId }),
  ...(version.retention
    ? { "x-amz-object-lock-mode": version.retention.mode, "x-amz-object-lock-retain-until-date": version.retention.until }
    : {}),
});

/** A checksum is of the whole object, so a part of it is sent without. */
const checksumHeaders = ({ header }: Exchange, version: ObjectVersion): Record<string, string> => {
  const entries = Object.entries(version.checksums) as [keyof ObjectVersion["checksums"], string][];
  if (header("x-amz-checksum-mode")?.toUpperCase() !== "ENABLED" || entries.length === 0) return {};
  return {
    ...Object.fromEntries(entries.map(([algorithm, value]) => [checksumHeader(algorithm), value])),
    "x-amz-checksum-type": "FULL_OBJECT",
  };
};
