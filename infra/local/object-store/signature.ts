import { createHash, createHmac, type Hash, type Hmac, timingSafeEqual } from "node:crypto";
import { getSigningKey, SignatureV4 } from "@smithy/signature-v4";
import type { Identity } from "../identities.ts";

type SignerOptions = ConstructorParameters<typeof SignatureV4>[0];
type Source = Parameters<InstanceType<SignerOptions["sha256"]>["update"]>[0];

const toBytes = (source: Source): Uint8Array => {
  if (typeof source === "string") return Buffer.from(source);
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
};

/** SHA-256 in the shape that the signer constructs: keyed when given a secret. */
class Sha256 {
  readonly #secret: Source | undefined;
  #state: Hash | Hmac;

  constructor(secret?: Source) {
    this.#secret = secret;
    this.#state = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", toBytes(this.#secret));
  }

  update(chunk: Source): void {
    this.#state.update(toBytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#state.digest();
  }

  reset(): void {
    this.#state = this.#begin();
  }
}

export const unsignedPayload = "UNSIGNED-PAYLOAD";

type SignedParts = {
  identity: Identity;
  region: string;
  signedAt: Date;
  method: string;
  /** Percent-encoded, as it is signed. */
  path: string;
  query: Record<string, string>;
  /** Only the headers that the client lists as signed. */
  headers: Record<string, string>;
  payloadHash: string;
};

const signerFor = ({ identity, region }: SignedParts): SignatureV4 =>
  new SignatureV4({ service: "s3", region, credentials: identity, sha256: Sha256, uriEscapePath: false, applyChecksum: false });

const requestOf = ({ method, path, query, headers }: SignedParts) => ({
  method,
  protocol: "http:",
  hostname: "",
  path,
  query,
  headers,
});

/** The signature that the holder of the identity's secret would put into the `Authorization` header. */
export const headerSignature = async (parts: SignedParts): Promise<string> => {
  const signed = await signerFor(parts).sign(requestOf(parts), {
    signingDate: parts.signedAt,
    // The client decides what is signed, even what the signer itself would leave out.
    signableHeaders: new Set(Object.keys(parts.headers)),
  });
  return /Signature=([0-9a-f]+)$/.exec(signed.headers.authorization ?? "")?.[1] ?? "";
};

/** The signature that the holder of the identity's secret would put into a presigned URL. */
export const querySignature = async (parts: SignedParts & { expiresIn: number }): Promise<string> => {
  const names = Object.keys(parts.headers);
  const payload = "x-amz-content-sha256";
  const request = requestOf(parts);
  const signed = await signerFor(parts).presign(
    { ...request, headers: { ...request.headers, [payload]: parts.payloadHash } },
    {
      signingDate: parts.signedAt,
      expiresIn: parts.expiresIn,
      signableHeaders: new Set(names),
      unsignableHeaders: new Set(names.includes(payload) ? [] : [payload]),
      // Whatever was to move into the query is there already: the client's URL is the result of that.
      unhoistableHeaders: new Set([...names, payload]),
    },
  );
  const signature = signed.query?.["X-Amz-Signature"];
  return typeof signature === "string" ? signature : "";
};

/** The signature of a POST policy, which is signed as it stands, in base64. */
export const policySignature = async (identity: Identity, region: string, shortDate: string, policy: string): Promise<string> => {
  const key = await getSigningKey(Sha256, identity, shortDate, region, "s3");
  return createHmac("sha256", key).update(policy).digest("hex");
};

/** Compares secrets in a time that says nothing about where, or in what length, they differ. */
export const sameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(createHash("sha256").update(one).digest(), createHash("sha256").update(other).digest());
