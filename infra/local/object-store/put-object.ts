import type { IncomingMessage } from "node:http";
import { authenticate } from "./authenticate.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import { checkChecksum, checksumHeader, declaredChecksum } from "./checksums.ts";
import { authorize, bucketOf, type Exchange, objectArn, sendEmpty } from "./exchange.ts";
import { keptHeaders, refuseUnsupported, retentionFor } from "./metadata.ts";
import { writeGuard } from "./preconditions.ts";
import { createVersion, largestUpload, receive, tooLarge } from "./receive.ts";
import { invalidArgument, notImplemented, Refusal } from "./refusal.ts";
import { unsignedPayload } from "./signature.ts";

const unsignedWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/** An upload in one request, signed in its headers or its URL. */
export const putObject = async (exchange: Exchange): Promise<void> => {
  const { store, response, header, headerNames, key } = exchange;
  const { identity, payloadHash } = await authenticate(exchange);
  const bucket = bucketOf(store, exchange.bucketName);
  authorize(store, identity, "s3:PutObject", objectArn(bucket, key));
  if (header("x-amz-object-lock-mode") !== undefined) authorize(store, identity, "s3:PutObjectRetention", objectArn(bucket, key));
  refuseUnsupported(headerNames);
  const headers = keptHeaders(headerNames.map((name) => [name, header(name) ?? ""] as const));
  const retention = retentionFor(bucket.settings, header, store.now());
  const declared = declaredChecksum(header, headerNames, "x-amz-sdk-checksum-algorithm");
  const md5 = declaredMd5(header("content-md5"));
  const body = openBody(exchange, payloadHash);

  const received = await receive(bucket, body.bytes, { minimum: 0, maximum: largestUpload }, declared?.algorithm);
  try {
    if (body.length !== undefined && received.size !== body.length) {
      throw new Refusal("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header");
    }
    if (body.sha256 !== undefined && received.sha256.toString("hex") !== body.sha256) {
      throw new Refusal(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    if (md5 !== undefined && received.md5.toString("base64") !== md5) {
      throw new Refusal("BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    checkChecksum(declared, received.checksums, body.trailers);
  } catch (error) {
    await bucket.discard(received.draft);
    throw error;
  }
  const version = await createVersion(
    { bucket, draft: received.draft, announce: store.announce },
    {
      key,
      size: received.size,
      etag: received.md5.toString("hex"),
      headers,
      checksums: received.checksums,
      ...(retention ? { retention } : {}),
      reason: "PutObject",
    },
    writeGuard(header),
  );
  response.setHeader("etag", `"${version.etag}"`);
  if (version.versionId !== "null") response.setHeader("x-amz-version-id", version.versionId);
  if (declared) {
    response.setHeader(checksumHeader(declared.algorithm), version.checksums[declared.algorithm] ?? "");
    response.setHeader("x-amz-checksum-type", "FULL_OBJECT");
  }
  sendEmpty(exchange, 200);
};

type Body = {
  bytes: AsyncIterable<Uint8Array>;
  /** How many bytes there must be, where that is not what HTTP itself enforces. */
  length: number | undefined;
  sha256: string | undefined;
  trailers: ReadonlyMap<string, string>;
};

const openBody = ({ request, header }: Exchange, payloadHash: string): Body => {
  const trailers = new Map<string, string>();
  const length = header("x-amz-decoded-content-length") ?? header("content-length");
  if (length === undefined) throw new Refusal("MissingContentLength", "You must provide the Content-Length HTTP header.");
  if (!/^\d{1,15}$/.test(length)) throw invalidArgument("The content length is not a number", "x-amz-decoded-content-length");
  if (Number(length) > largestUpload) throw tooLarge(Number(length), largestUpload);
  if (payloadHash === unsignedWithTrailer) {
    return { bytes: decodeAwsChunked(bytesOf(request), trailers), length: Number(length), sha256: undefined, trailers };
  }
  if (payloadHash.startsWith("STREAMING-")) throw notImplemented(payloadHash);
  if (header("x-amz-trailer") !== undefined) throw notImplemented("x-amz-trailer without a streaming payload");
  if (payloadHash === unsignedPayload) return { bytes: bytesOf(request), length: undefined, sha256: undefined, trailers };
  if (!/^[0-9a-f]{64}$/.test(payloadHash)) {
    throw invalidArgument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.", "x-amz-content-sha256");
  }
  return { bytes: bytesOf(request), length: undefined, sha256: payloadHash, trailers };
};

/** Leaving the loop early must not destroy the request: its socket still has to carry the refusal. */
const bytesOf = (request: IncomingMessage): AsyncIterable<Buffer> => request.iterator({ destroyOnReturn: false });

const declaredMd5 = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, "base64");
  if (bytes.length !== 16 || bytes.toString("base64") !== header) {
    throw new Refusal("InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  return header;
};
