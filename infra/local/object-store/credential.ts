import type { Identities, Identity } from "../identities.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";
import { sameSecret } from "./signature.ts";

export const algorithm = "AWS4-HMAC-SHA256";

/** What a request says about its signer, wherever it says it: in headers, in the query or in a form. */
type Claim = { algorithm: string; credential: string; date: string; securityToken: string | undefined };

type Signer = { identity: Identity; signedAt: Date; shortDate: string };

/** `20261122T061500Z`, undefined when it is anything else. */
const parseAmzDate = (text: string): Date | undefined => {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
};

/**
 * Finds the identity that a claim names and checks everything about the claim but its signature: algorithm, time, scope and
 * session token. `code` is how S3 calls a malformed claim at this place.
 */
export const resolveSigner = (
  claim: Claim,
  { identities, region }: { identities: Pick<Identities, "find">; region: string },
  code: RefusalCode,
): Signer => {
  const malformed = (message: string) => new Refusal(code, message);
  if (claim.algorithm !== algorithm) throw malformed(`Unsupported Authorization Type: only ${algorithm} is supported`);
  const signedAt = parseAmzDate(claim.date);
  if (!signedAt) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");

  const [accessKeyId = "", shortDate = "", scopeRegion, service, terminator, ...rest] = claim.credential.split("/");
  if (rest.length > 0 || terminator !== "aws4_request") {
    throw malformed('the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  }
  if (shortDate !== claim.date.slice(0, 8)) throw malformed("Invalid credential date. This date is not the same as X-Amz-Date.");
  if (scopeRegion !== region) throw malformed(`the region '${scopeRegion}' is wrong; expecting '${region}'`);
  if (service !== "s3") throw malformed(`incorrect service "${service}". This endpoint belongs to "s3".`);

  const identity = identities.find(accessKeyId);
  // AWS does not find a temporary key either when its token is left out.
  if (!identity || (identity.sessionToken !== undefined && claim.securityToken === undefined)) {
    throw new Refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  if (!sameSecret(identity.sessionToken ?? "", claim.securityToken ?? "")) {
    throw new Refusal("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  return { identity, signedAt, shortDate };
};

export const signatureDoesNotMatch = (): Refusal =>
  new Refusal(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  );
