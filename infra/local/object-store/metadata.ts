import { validateHeaderValue } from "node:http";
import type { BucketSettings, Retention } from "./bucket.ts";
import { invalidArgument, notImplemented, Refusal } from "./refusal.ts";

const kept = new Set([
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-storage-class",
]);

/** Things that S3 does and this store does not: asking for one of them is refused instead of quietly ignored. */
const unsupported = [
  "tagging",
  "x-amz-tagging",
  "x-amz-tagging-directive",
  "x-amz-website-redirect-location",
  "x-amz-object-lock-legal-hold",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-server-side-encryption-context",
  "x-amz-write-offset-bytes",
];

/** S3's limit for names and values of `x-amz-meta-*` together: 2 KB. */
const userMetadataLimit = 2 * 1024;

/** Refuses what must not, or cannot, come with a new object here. */
export const refuseUnsupported = (names: Iterable<string>): void => {
  for (const name of names) {
    if (unsupported.includes(name)) throw notImplemented(name);
    if (name === "acl" || name === "x-amz-acl" || name.startsWith("x-amz-grant-")) {
      throw new Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs");
    }
  }
};

/** What of an upload's fields or headers is stored with the object and sent back with it. Names are in lower case. */
export const keptHeaders = (given: Iterable<readonly [string, string]>): Record<string, string> => {
  const headers: Record<string, string> = {};
  let userMetadata = 0;
  for (const [name, value] of given) {
    const user = name.startsWith("x-amz-meta-");
    if (!user && !kept.has(name)) continue;
    if (user) userMetadata += Buffer.byteLength(name.slice("x-amz-meta-".length)) + Buffer.byteLength(value);
    const stored = name === "content-encoding" ? withoutAwsChunked(value) : value;
    if (stored === "") continue;
    headers[name] = headerValue(name, stored);
  }
  if (userMetadata > userMetadataLimit) {
    throw new Refusal("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
  }
  return { "content-type": "binary/octet-stream", ...headers };
};

/** A value that can be sent as a header; line breaks above all would end it and begin another one. */
export const headerValue = (name: string, value: string): string => {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw invalidArgument(`Header value cannot be represented: ${name}`, name);
  }
  return value;
};

const withoutAwsChunked = (encoding: string): string =>
  encoding
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "aws-chunked" && part !== "")
    .join(",");

/** The retention that a writer asks for, else the bucket's own. */
export const retentionFor = (
  settings: BucketSettings,
  header: (name: string) => string | undefined,
  now: Date,
): Retention | undefined => {
  const mode = header("x-amz-object-lock-mode");
  const until = header("x-amz-object-lock-retain-until-date");
  if (mode === undefined && until === undefined) {
    const standard = settings.objectLock ? settings.defaultRetention : undefined;
    return standard && { mode: standard.mode, until: new Date(now.getTime() + standard.days * 86_400_000).toISOString() };
  }
  if (!settings.objectLock) throw new Refusal("InvalidRequest", "Bucket is missing Object Lock Configuration");
  if (mode === undefined || until === undefined) {
    throw invalidArgument(
      "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
      "x-amz-object-lock-mode",
    );
  }
  if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE")
    throw invalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode");
  const time = new Date(until);
  if (!(time.getTime() > now.getTime())) {
    throw invalidArgument("The retain until date must be in the future!", "x-amz-object-lock-retain-until-date");
  }
  return { mode, until: time.toISOString() };
};
