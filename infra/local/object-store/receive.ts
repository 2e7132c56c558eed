import { link, open } from "node:fs/promises";
import type { Bucket, CreationReason, Draft, ObjectVersion, Version, VersionFacts } from "./bucket.ts";
import { type ChecksumAlgorithm, type Digests, digesting } from "./checksums.ts";
import { Refusal } from "./refusal.ts";

/** S3's limit for a single upload: 5 GiB. */
export const largestUpload = 5 * 1024 ** 3;

export type SizeRange = { minimum: number; maximum: number };
type Received = Digests & { draft: Draft; size: number };

/**
 * Streams bytes to disk as they come, one chunk in memory at a time, and syncs them. Passing the maximum ends it at once; what
 * remains of the request is the caller's to drain. After any refusal nothing is left on disk.
 */
export const receive = async (
  bucket: Bucket,
  source: AsyncIterable<Uint8Array>,
  range: SizeRange,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Received> => {
  const draft = bucket.draft();
  const digests = digesting(algorithm);
  let size = 0;
  try {
    const file = await open(draft.path, "wx");
    try {
      for await (const chunk of source) {
        size += chunk.byteLength;
        if (size > range.maximum) throw tooLarge(size, range.maximum);
        digests.update(chunk);
        for (let written = 0; written < chunk.byteLength; ) {
          written += (await file.write(chunk, written, chunk.byteLength - written)).bytesWritten;
        }
      }
      if (size < range.minimum) throw tooSmall(size, range.minimum);
      await file.sync();
    } finally {
      await file.close();
    }
    return { draft, size, ...digests.finish() };
  } catch (error) {
    await bucket.discard(draft);
    throw error;
  }
};

export const tooLarge = (size: number, maximum: number): Refusal =>
  new Refusal("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    details: { ProposedSize: String(size), MaxSizeAllowed: String(maximum) },
  });

const tooSmall = (size: number, minimum: number): Refusal =>
  new Refusal("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    details: { ProposedSize: String(size), MinSizeAllowed: String(minimum) },
  });

/** The bytes of a stored version under a second name: both are immutable, so no byte need be copied. */
export const receiveStored = async (from: Bucket, version: ObjectVersion, to: Bucket): Promise<Draft> => {
  const draft = to.draft();
  await link(from.pathOf(version), draft.path);
  return draft;
};

export type Announce = (bucket: Bucket, version: ObjectVersion) => Promise<void>;

/**
 * Commits a draft and announces the new version before the caller may acknowledge it. `verify` is the last word of the checks that
 * needed the bytes; when it or the guard refuses, the draft is gone.
 */
export const createVersion = async (
  { bucket, draft, announce }: { bucket: Bucket; draft: Draft; announce: Announce },
  facts: Omit<VersionFacts, "reason"> & { reason: CreationReason },
  guard: (current: Version | undefined) => void = () => undefined,
): Promise<ObjectVersion> => {
  let version: ObjectVersion;
  try {
    version = await bucket.commit(draft, facts, guard);
  } catch (error) {
    await bucket.discard(draft);
    throw error;
  }
  await announce(bucket, version);
  return version;
};
