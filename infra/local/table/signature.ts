import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Identities, Identity } from "../identities.ts";
import { type Refusal, refusedAtTheDoor } from "./refusal.ts";
import { region } from "./wire.ts";

export type Authentication = { identity: Identity } | { refused: Refusal };

const algorithm = "AWS4-HMAC-SHA256";
const tolerance = 15 * 60_000;
const mostKeys = 1000;

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();

/**
 * Who signed a `POST /`, by Signature Version 4 over the body as received. Synchronous on purpose, with the derived keys kept: it
 * stands before every call, and `@smithy/signature-v4` only signs, header by header and asynchronously.
 * Refuses as AWS does: no or another scheme's header, an unknown key, a wrong session token, a signature more than 15 minutes off
 * local time, or one that does not fit.
 */
export const authenticator = (identities: Pick<Identities, "find">, now: () => Date) => {
  const signingKeys = new Map<string, Buffer>();

  const signingKey = (identity: Identity, date: string): Buffer => {
    const name = `${identity.accessKeyId}/${date}`;
    const known = signingKeys.get(name);
    if (known) return known;
    if (signingKeys.size >= mostKeys) signingKeys.clear();
    const key = [region, "dynamodb", "aws4_request"].reduce(hmac, hmac(`AWS4${identity.secretAccessKey}`, date));
    signingKeys.set(name, key);
    return key;
  };

  return (headers: IncomingHttpHeaders, body: Buffer): Authentication => {
    const header = headers.authorization;
    if (header === undefined || !header.startsWith("AWS4-"))
      return refuse("MissingAuthenticationTokenException", "Request is missing Authentication Token");

    const parts = readAuthorization(header);
    const time = single(headers, "x-amz-date");
    const signedAt = readTime(time);
    if (!parts || signedAt === undefined)
      return refuse("IncompleteSignatureException", "The Authorization header or X-Amz-Date is missing or malformed.");

    const { accessKeyId, scope, signedHeaders, signature } = parts;
    const date = time.slice(0, 8);
    if (scope !== `${date}/${region}/dynamodb/aws4_request`)
      return refuse(
        "InvalidSignatureException",
        `Credential should be scoped to ${date}/${region}/dynamodb/aws4_request, not '${scope}'.`,
      );
    if (!signedHeaders.includes("host"))
      return refuse("InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization.");

    const identity = identities.find(accessKeyId);
    if (!identity || (identity.sessionToken ?? "") !== single(headers, "x-amz-security-token"))
      return refuse("UnrecognizedClientException", "The security token included in the request is invalid.");

    const skew = now().getTime() - signedAt;
    if (skew > tolerance)
      return refuse(
        "InvalidSignatureException",
        `Signature expired: ${time} is now earlier than ${basic(now().getTime() - tolerance)} (${basic(now().getTime())} - 15 min.)`,
      );
    if (skew < -tolerance)
      return refuse(
        "InvalidSignatureException",
        `Signature not yet current: ${time} is still later than ${basic(now().getTime() + tolerance)} (${basic(now().getTime())} + 15 min.)`,
      );

    const canonicalHeaders = signedHeaders.map((name) => `${name}:${single(headers, name).trim().replace(/\s+/g, " ")}\n`).join("");
    const canonicalRequest = `POST\n/\n\n${canonicalHeaders}\n${signedHeaders.join(";")}\n${sha256(body)}`;
    const expected = hmac(signingKey(identity, date), `${algorithm}\n${time}\n${scope}\n${sha256(canonicalRequest)}`);
    const given = Buffer.from(signature, "hex");
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      return refuse(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      );
    return { identity };
  };
};

const refuse = (name: string, message: string): Authentication => ({ refused: refusedAtTheDoor(name, message) });

const readAuthorization = (header: string) => {
  const [, accessKeyId, scope, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/.exec(header) ?? [];
  if (!accessKeyId || !scope || !signedHeaders || !signature) return undefined;
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(";"), signature };
};

const single = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : (value ?? "");
};

/** Milliseconds of `20261122T060455Z`, or undefined when it is no such time. */
const readTime = (text: string): number | undefined => {
  if (!/^\d{8}T\d{6}Z$/.test(text)) return undefined;
  const time = Date.parse(text.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(time) ? undefined : time;
};

const basic = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
