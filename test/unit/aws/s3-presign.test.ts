import { createHmac } from "node:crypto";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { downloadLinks, uploadForms } from "../../../shared/aws/s3-document-links.ts";
import { presignedGet, presignedPost, type Signer } from "../../../shared/aws/s3-presign.ts";
import { type Document, madeAvailable, newDocument } from "../../../shared/domain/document.ts";
import { documentId, hoursAfter, received, requestId } from "../../builders.ts";

const now = new Date("2026-11-23T15:00:07.000Z");
const bucket = "prior-auth-local-intake-000000000000-us-east-1";
const key = `${requestId}/${documentId()}`;
const keys = { accessKeyId: "ASIAABCDEFGHIJKLMNOP", secretAccessKey: "a/secret+with=signs" };

const signers: readonly [string, Signer][] = [
  [
    "AWS itself, with a role's token",
    { region: "us-east-1", endpoint: undefined, credentials: { ...keys, sessionToken: "to+ken/==" } },
  ],
  ["AWS itself in another region", { region: "eu-central-1", endpoint: undefined, credentials: keys }],
  [
    "an endpoint of its own",
    { region: "us-east-1", endpoint: "http://127.0.0.1:4012", credentials: { ...keys, sessionToken: "token" } },
  ],
  ["an endpoint without a port", { region: "us-east-1", endpoint: "https://minio.example", credentials: keys }],
];
const sdk = ({ region, endpoint, credentials }: Signer) =>
  new S3Client({ region, credentials, ...(endpoint ? { endpoint, forcePathStyle: true } : {}) });

const read = (policy: string) =>
  JSON.parse(Buffer.from(policy, "base64").toString()) as { expiration: string; conditions: readonly unknown[] };
const text = (condition: unknown) => JSON.stringify(condition);
/** Signature Version 4, spelled out. */
const signatureOf = (policy: string, { region, credentials }: Signer) => {
  const keyed = ["20261123", region, "s3", "aws4_request"].reduce<Buffer | string>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  return createHmac("sha256", keyed).update(policy).digest("hex");
};

beforeEach(() => void vi.useFakeTimers({ now, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe.each(signers)("for %s", (_, signer) => {
  test("a presigned form is the SDK's own", async () => {
    const fields = {
      "Content-Type": "application/pdf",
      "Content-Disposition": "attachment",
      "x-amz-checksum-algorithm": "SHA256",
      "x-amz-checksum-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    };
    const theirs = await createPresignedPost(sdk(signer), {
      Bucket: bucket,
      Key: key,
      Fields: fields,
      Conditions: [["content-length-range", 3, 3]],
      Expires: 900,
    });
    const ours = await presignedPost(signer, {
      bucket,
      key,
      fields,
      conditions: [["content-length-range", 3, 3]],
      now,
      expires: new Date(now.getTime() + 900_000),
    });
    // The SDK repeats the bucket as a field of the form; the policy has it all the same, and the address names it.
    const { bucket: _, ...expected } = theirs.fields;
    const { Policy: ourPolicy = "", "X-Amz-Signature": ourSignature, ...ourFields } = ours.fields;
    const { Policy: theirPolicy = "", "X-Amz-Signature": theirSignature, ...theirFields } = expected;
    expect({ url: ours.url, fields: ourFields }).toEqual({ url: theirs.url, fields: theirFields });
    expect(read(ourPolicy).expiration).toBe(read(theirPolicy).expiration);
    expect(read(ourPolicy).conditions.map(text).sort()).toEqual(read(theirPolicy).conditions.map(text).sort());
    expect(signatureOf(theirPolicy, signer)).toBe(theirSignature);
    expect(signatureOf(ourPolicy, signer)).toBe(ourSignature);
  });

  test("a presigned link is the SDK's own", async () => {
    const link = {
      versionId: "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
      "response-content-disposition": `attachment; filename="${documentId()}.pdf"`,
      "response-content-type": "application/pdf",
    };
    const theirs = await getSignedUrl(
      sdk(signer),
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: link.versionId,
        ResponseContentDisposition: link["response-content-disposition"],
        ResponseContentType: link["response-content-type"],
      }),
      { expiresIn: 300 },
    );
    const ours = await presignedGet(signer, { bucket, key, query: link, now, seconds: 300 });
    const parts = (text: string) => {
      const url = new URL(text);
      return { place: url.origin + url.pathname, query: Object.fromEntries(url.searchParams) };
    };
    // The SDK adds two parameters of its own, which the signature then covers: with them, ours is the same to the letter.
    const { "x-id": operation, "x-amz-checksum-mode": mode, "X-Amz-Signature": signature, ...rest } = parts(theirs).query;
    const { "X-Amz-Signature": _, ...query } = parts(ours).query;
    expect({ ...parts(ours), query }).toEqual({ ...parts(theirs), query: rest });
    const more = { ...link, "x-id": operation ?? "", "x-amz-checksum-mode": mode ?? "" };
    const same = await presignedGet(signer, { bucket, key, query: more, now, seconds: 300 });
    expect(parts(same).query["X-Amz-Signature"]).toBe(signature);
  });
});

describe("a document's form", () => {
  const description = {
    fileName: "Ada Reyes.pdf",
    contentType: "application/pdf",
    size: 1_000,
    sha256: "c2hh",
    kind: "clinical",
  } as const;
  const document = newDocument({ requestId, id: documentId(), description, now: received, uploadHours: 24 });
  const signer = signers[0]?.[1] as Signer;

  test("fixes key, type, checksum, disposition and size to the byte, for 15 minutes, and nothing else", async () => {
    const form = await uploadForms(signer, bucket).uploadForm(document, received);
    const policy = read(form.fields.Policy ?? "");
    expect(form.expiresAt).toBe(hoursAfter(0.25));
    expect(policy.expiration).toBe(hoursAfter(0.25).replace(".000Z", "Z"));
    expect(policy.conditions).toEqual([
      ["content-length-range", 1_000, 1_000],
      { bucket },
      { key },
      { "Content-Type": "application/pdf" },
      { "Content-Disposition": "attachment" },
      { "x-amz-checksum-algorithm": "SHA256" },
      { "x-amz-checksum-sha256": "c2hh" },
      { "X-Amz-Algorithm": "AWS4-HMAC-SHA256" },
      { "X-Amz-Credential": "ASIAABCDEFGHIJKLMNOP/20261123/us-east-1/s3/aws4_request" },
      { "X-Amz-Date": "20261123T150000Z" },
      { "X-Amz-Security-Token": "to+ken/==" },
    ]);
  });

  test("and link carry nothing personal: a download is named by the document's id", async () => {
    const form = await uploadForms(signer, bucket).uploadForm(document, received);
    const link = await downloadLinks(signer, "records").downloadLink(
      madeAvailable(document, "v/1+2") as Document,
      "v/1+2",
      received,
    );
    expect(JSON.stringify([form, link])).not.toMatch(/Ada|Reyes/);
    const url = new URL(link.url);
    expect(url.searchParams.get("response-content-disposition")).toBe(`attachment; filename="${documentId()}.pdf"`);
    expect(url.searchParams.get("versionId")).toBe("v/1+2");
    expect(link.expiresAt).toBe(hoursAfter(1 / 12));
  });
});
