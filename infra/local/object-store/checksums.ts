import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { notImplemented, Refusal } from "./refusal.ts";

export type ChecksumAlgorithm = "SHA256" | "SHA1" | "CRC32";
export type Checksums = Partial<Record<ChecksumAlgorithm, string>>;

const lengths: Record<ChecksumAlgorithm, number> = { SHA256: 32, SHA1: 20, CRC32: 4 };
const algorithms = Object.keys(lengths) as ChecksumAlgorithm[];

export const checksumHeader = (algorithm: ChecksumAlgorithm): string => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** What the client says about the checksum: the algorithm and, unless it comes as a trailer after the body, the value. */
type DeclaredChecksum = { algorithm: ChecksumAlgorithm; expected?: string };

/** S3 accepts `CRC32C` and `CRC64NVME` too; they are refused plainly here instead of being stored unchecked. */
export const checksumAlgorithm = (name: string): ChecksumAlgorithm => {
  const algorithm = algorithms.find((known) => known === name.toUpperCase());
  if (!algorithm) throw notImplemented(`checksum algorithm ${name}`);
  return algorithm;
};

/**
 * The checksum that a form's fields or a request's headers declare. `algorithmField` is the one that names the algorithm; it needs a
 * value beside it (or a trailer), and at most one algorithm may be used.
 */
export const declaredChecksum = (
  field: (name: string) => string | undefined,
  names: readonly string[],
  algorithmField: string,
): DeclaredChecksum | undefined => {
  const values = names.filter((name) => /^x-amz-checksum-(?!algorithm$|mode$|type$)/.test(name));
  const trailer = field("x-amz-trailer");
  const declared = field(algorithmField);
  if (values.length + (trailer === undefined ? 0 : 1) > 1) {
    throw new Refusal("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  const name = values[0] ?? trailer?.trim().toLowerCase();
  if (name === undefined) {
    if (declared === undefined) return undefined;
    throw new Refusal(
      "InvalidRequest",
      `${algorithmField} specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.`,
    );
  }
  if (!name.startsWith("x-amz-checksum-")) throw notImplemented(`trailer ${name}`);
  const algorithm = checksumAlgorithm(name.slice("x-amz-checksum-".length));
  if (declared !== undefined && declared.toUpperCase() !== algorithm) {
    throw new Refusal("InvalidRequest", `Value for ${algorithmField} header is invalid.`);
  }
  if (trailer !== undefined) return { algorithm };
  return { algorithm, expected: wellFormed(algorithm, field(name) ?? "") };
};

const wellFormed = (algorithm: ChecksumAlgorithm, value: string): string => {
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== lengths[algorithm] || bytes.toString("base64") !== value) {
    throw new Refusal("InvalidRequest", `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  return value;
};

export type Digests = { md5: Buffer; sha256: Buffer; checksums: Checksums };

/** Computes, chunk by chunk, what an ETag, a signed payload hash and a declared checksum are compared with. */
export const digesting = (algorithm: ChecksumAlgorithm | undefined) => {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  const sha1 = algorithm === "SHA1" ? createHash("sha1") : undefined;
  let crc = 0;
  return {
    update(chunk: Uint8Array): void {
      md5.update(chunk);
      sha256.update(chunk);
      sha1?.update(chunk);
      if (algorithm === "CRC32") crc = crc32(chunk, crc);
    },
    finish(): Digests {
      const digests = { md5: md5.digest(), sha256: sha256.digest() };
      const value = { SHA256: () => digests.sha256, SHA1: () => sha1?.digest() ?? Buffer.alloc(0), CRC32: () => bigEndian(crc) };
      return { ...digests, checksums: algorithm ? { [algorithm]: value[algorithm]().toString("base64") } : {} };
    },
  };
};

const bigEndian = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

/** Refuses when the bytes are not those whose checksum the client declared. */
export const checkChecksum = (
  declared: DeclaredChecksum | undefined,
  computed: Checksums,
  trailers: ReadonlyMap<string, string>,
): void => {
  if (!declared) return;
  const expected = declared.expected ?? wellFormed(declared.algorithm, trailers.get(checksumHeader(declared.algorithm)) ?? "");
  if (computed[declared.algorithm] !== expected) {
    throw new Refusal("BadDigest", `The ${declared.algorithm} you specified did not match the calculated checksum.`);
  }
};
