import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { createScope, getSigningKey, SignatureV4 } from "@smithy/signature-v4";

/** Presigned forms and links without the S3 client, whose weight would double the functions that only sign. */

export type Signer = {
  readonly region: string;
  /** `undefined`: AWS itself, virtual-hosted; otherwise path-style at this address. */
  readonly endpoint: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
};

export type Condition = Readonly<Record<string, string>> | readonly [string, ...(string | number)[]];

/** A POST form whose policy holds exactly the given fields, and `conditions` beside them. `now`, `expires`: instants. */
export async function presignedPost(
  { region, endpoint, credentials }: Signer,
  form: {
    bucket: string;
    key: string;
    fields: Readonly<Record<string, string>>;
    conditions: readonly Condition[];
    now: Date;
    expires: Date;
  },
): Promise<{ url: string; fields: Record<string, string> }> {
  const date = `${form.now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
  const day = date.slice(0, 8);
  const fields: Record<string, string> = {
    ...form.fields,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${credentials.accessKeyId}/${createScope(day, region, "s3")}`,
    "X-Amz-Date": date,
    ...(credentials.sessionToken ? { "X-Amz-Security-Token": credentials.sessionToken } : {}),
  };
  const conditions = [
    ...form.conditions,
    { bucket: form.bucket },
    { key: form.key },
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
  ];
  const expiration = `${form.expires.toISOString().slice(0, 19)}Z`;
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString("base64");
  const signingKey = await getSigningKey(Sha256, credentials, day, region, "s3");
  const signature = createHmac("sha256", signingKey).update(policy).digest("hex");
  return {
    url: endpoint ? `${endpoint}/${form.bucket}` : `https://${form.bucket}.s3.${region}.amazonaws.com/`,
    fields: { ...fields, key: form.key, Policy: policy, "X-Amz-Signature": signature },
  };
}

/** A link to one version of an object, valid for `seconds` from `now`. */
export async function presignedGet(
  { region, endpoint, credentials }: Signer,
  link: { bucket: string; key: string; query: Readonly<Record<string, string>>; now: Date; seconds: number },
): Promise<string> {
  const base = new URL(endpoint ?? `https://${link.bucket}.s3.${region}.amazonaws.com`);
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const signed = await signer.presign(
    {
      method: "GET",
      protocol: base.protocol,
      hostname: base.hostname,
      ...(base.port ? { port: Number(base.port) } : {}),
      path: endpoint ? `/${link.bucket}/${link.key}` : `/${link.key}`,
      headers: { host: base.host, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
      query: link.query,
    },
    { expiresIn: link.seconds, signingDate: link.now },
  );
  return `${base.origin}${signed.path}?${new URLSearchParams(signed.query as Record<string, string>).toString().replaceAll("+", "%20")}`;
}

/** Node's SHA-256 in the shape that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | NodeJS.ArrayBufferView);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as string | NodeJS.ArrayBufferView);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error("made for one use");
  }
}
