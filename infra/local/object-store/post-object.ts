import type { Identity } from "../identities.ts";
import type { ObjectVersion } from "./bucket.ts";
import { checkChecksum, checksumHeader, declaredChecksum } from "./checksums.ts";
import { resolveSigner, signatureDoesNotMatch } from "./credential.ts";
import { authorize, bucketOf, type Exchange, encode, objectArn, sendEmpty, sendXml } from "./exchange.ts";
import { headerValue, keptHeaders, refuseUnsupported, retentionFor } from "./metadata.ts";
import { type PostForm, readPostForm } from "./post-form.ts";
import { checkPolicy, parsePolicy } from "./post-policy.ts";
import { createVersion, receive } from "./receive.ts";
import { accessDenied, invalidArgument, Refusal } from "./refusal.ts";
import { policySignature, sameSecret } from "./signature.ts";

type Fields = { field: (name: string) => string | undefined; required: (name: string) => string };

/** An upload by an HTML form: whoever holds the form may do exactly what its signed policy says, and nothing else. */
export const postObject = async (exchange: Exchange): Promise<void> => {
  const { store, request, header } = exchange;
  const bucket = bucketOf(store, exchange.bucketName);
  if (header("content-length") === undefined) {
    throw new Refusal("MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  const form = await readPostForm(request);
  const fields = withFileName(form);
  const field = (name: string) => fields.get(name);
  const required = (name: string): string => {
    const value = field(name);
    if (value !== undefined) return value;
    throw invalidArgument(
      `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
      name,
    );
  };

  const key = required("key");
  if (key === "") throw invalidArgument("User key must have a length greater than 0.", "key");
  if (Buffer.byteLength(key) > 1024) throw new Refusal("KeyTooLongError", "Your key is too long");
  if (!["policy", "x-amz-signature", "x-amz-credential"].some((name) => fields.has(name))) throw accessDenied();
  const identity = await signerOf(exchange, { field, required });
  // A form may name its bucket too; another one than it is sent to would be judged by the policy under a false name.
  if ((field("bucket") ?? bucket.name) !== bucket.name) throw accessDenied("The bucket field does not name the bucket of the URL");
  const range = checkPolicy(parsePolicy(required("policy")), { fields, bucket: bucket.name, now: store.now() });
  authorize(store, identity, "s3:PutObject", objectArn(bucket, key));
  if (field("x-amz-object-lock-mode") !== undefined) authorize(store, identity, "s3:PutObjectRetention", objectArn(bucket, key));
  refuseUnsupported(fields.keys());
  const headers = keptHeaders(fields);
  const retention = retentionFor(bucket.settings, field, store.now());
  const declared = declaredChecksum(field, [...fields.keys()], "x-amz-checksum-algorithm");
  const redirect = redirectTarget(field("success_action_redirect") ?? field("redirect"));

  const received = await receive(bucket, form.file, range, declared?.algorithm);
  try {
    await form.ended;
    checkChecksum(declared, received.checksums, new Map());
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
      reason: "PostObject",
    },
  );
  acknowledge(exchange, version, { status: field("success_action_status"), redirect });
};

const signerOf = async ({ store }: Exchange, { field, required }: Fields): Promise<Identity> => {
  const claim = {
    algorithm: required("x-amz-algorithm"),
    credential: required("x-amz-credential"),
    date: required("x-amz-date"),
    securityToken: field("x-amz-security-token"),
  };
  const [signature, policy] = [required("x-amz-signature"), required("policy")];
  const { identity, shortDate } = resolveSigner(claim, store, "InvalidArgument");
  if (!sameSecret(await policySignature(identity, store.region, shortDate, policy), signature)) throw signatureDoesNotMatch();
  return identity;
};

const fileNameVariable = /\$\{filename\}/g;

/** S3 puts the file's own name, without its folders, in place of `${filename}` in every field, and does so before it judges them. */
const withFileName = ({ fields, fileName }: PostForm): Map<string, string> =>
  new Map([...fields].map(([name, value]) => [name, name === "policy" ? value : value.replace(fileNameVariable, () => fileName)]));

const redirectTarget = (url: string | undefined): URL | undefined => {
  // S3 ignores a redirect that is no URL and answers as if there were none.
  const target = url === undefined ? null : URL.parse(headerValue("location", url));
  return target && ["http:", "https:"].includes(target.protocol) ? target : undefined;
};

const acknowledge = (
  exchange: Exchange,
  version: ObjectVersion,
  wish: { status: string | undefined; redirect: URL | undefined },
): void => {
  const { response, bucketName, header } = exchange;
  const location = `http://${header("host") ?? ""}/${bucketName}/${version.key.split("/").map(encode).join("/")}`;
  const etag = `"${version.etag}"`;
  response.setHeader("etag", etag);
  response.setHeader("location", location);
  if (version.versionId !== "null") response.setHeader("x-amz-version-id", version.versionId);
  for (const [algorithm, value] of Object.entries(version.checksums)) {
    response.setHeader(checksumHeader(algorithm as keyof typeof version.checksums), value);
  }
  if (wish.redirect) {
    for (const [name, value] of Object.entries({ bucket: bucketName, key: version.key, etag }))
      wish.redirect.searchParams.append(name, value);
    response.setHeader("location", wish.redirect.href);
    sendEmpty(exchange, 303);
  } else if (wish.status === "201") {
    sendXml(exchange, 201, "PostResponse", { Location: location, Bucket: bucketName, Key: version.key, ETag: etag });
  } else {
    sendEmpty(exchange, wish.status === "200" ? 200 : 204);
  }
};
