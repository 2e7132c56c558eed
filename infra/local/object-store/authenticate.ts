import type { Identity } from "../identities.ts";
import { algorithm, resolveSigner, signatureDoesNotMatch } from "./credential.ts";
import type { Exchange } from "./exchange.ts";
import { accessDenied, Refusal } from "./refusal.ts";
import { headerSignature, querySignature, sameSecret, unsignedPayload } from "./signature.ts";

/** Who signed the request, and what they promise about the body: a SHA-256 in hex, or one of S3's words instead of it. */
type Authenticated = { identity: Identity; payloadHash: string };

const skewAllowed = 15 * 60_000;

/** The signer of a request that is signed in its headers or in its URL. There is no anonymous access. */
export const authenticate = (exchange: Exchange): Promise<Authenticated> => {
  const { header, query } = exchange;
  const inHeader = header("authorization");
  if (query.has("X-Amz-Signature")) {
    if (inHeader !== undefined) {
      throw new Refusal(
        "InvalidRequest",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified",
      );
    }
    return fromQuery(exchange);
  }
  if (inHeader === undefined) throw accessDenied();
  return fromHeader(exchange, inHeader);
};

const fromHeader = async (exchange: Exchange, authorization: string): Promise<Authenticated> => {
  const { header, store } = exchange;
  const malformed = (message: string) =>
    new Refusal("AuthorizationHeaderMalformed", `The authorization header is malformed; ${message}`);
  const scheme = authorization.split(" ", 1)[0] ?? "";
  const parameters = new Map(
    authorization
      .slice(scheme.length)
      .split(",")
      .map((part): [string, string] => {
        const [name = "", ...value] = part.trim().split("=");
        return [name, value.join("=")];
      }),
  );
  const [credential, signedHeaders, signature] = ["Credential", "SignedHeaders", "Signature"].map((name) => parameters.get(name));
  if (!credential || !signedHeaders || !signature) throw malformed("Credential, SignedHeaders and Signature are required");
  const payloadHash = header("x-amz-content-sha256");
  if (payloadHash === undefined)
    throw new Refusal("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");

  const signer = resolveSigner(
    { algorithm: scheme, credential, date: header("x-amz-date") ?? "", securityToken: header("x-amz-security-token") },
    store,
    "AuthorizationHeaderMalformed",
  );
  const headers = collectSigned(exchange, signedHeaders);
  const expected = await headerSignature({ ...signer, ...signedTarget(exchange), headers, payloadHash });
  if (!sameSecret(expected, signature)) throw signatureDoesNotMatch();
  if (Math.abs(store.now().getTime() - signer.signedAt.getTime()) > skewAllowed) {
    throw new Refusal("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", {
      details: {
        RequestTime: header("x-amz-date") ?? "",
        ServerTime: store.now().toISOString(),
        MaxAllowedSkewMilliseconds: String(skewAllowed),
      },
    });
  }
  return { identity: signer.identity, payloadHash };
};

const fromQuery = async (exchange: Exchange): Promise<Authenticated> => {
  const { query, store } = exchange;
  const required = (name: string): string => {
    const value = query.get(name);
    if (value === undefined) {
      throw new Refusal(
        "AuthorizationQueryParametersError",
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
      );
    }
    return value;
  };
  const expires = required("X-Amz-Expires");
  const expiresIn = /^\d{1,7}$/.test(expires) ? Number(expires) : Number.NaN;
  if (!(expiresIn >= 1 && expiresIn <= 604_800)) {
    throw new Refusal("AuthorizationQueryParametersError", "X-Amz-Expires must be between 1 and 604800 seconds");
  }
  const signer = resolveSigner(
    {
      algorithm: query.has("X-Amz-Algorithm") ? required("X-Amz-Algorithm") : algorithm,
      credential: required("X-Amz-Credential"),
      date: required("X-Amz-Date"),
      securityToken: query.get("X-Amz-Security-Token"),
    },
    store,
    "AuthorizationQueryParametersError",
  );
  required("X-Amz-Algorithm");
  const headers = collectSigned(exchange, required("X-Amz-SignedHeaders"));
  const payloadHash = headers["x-amz-content-sha256"] ?? query.get("X-Amz-Content-Sha256") ?? unsignedPayload;
  const expected = await querySignature({ ...signer, ...signedTarget(exchange), headers, payloadHash, expiresIn });
  if (!sameSecret(expected, required("X-Amz-Signature"))) throw signatureDoesNotMatch();

  const age = store.now().getTime() - signer.signedAt.getTime();
  if (age < -skewAllowed) throw accessDenied("Request is not yet valid");
  if (age > expiresIn * 1000) throw accessDenied("Request has expired");
  return { identity: signer.identity, payloadHash };
};

/** The headers that the client lists as signed. `host` has to be among them, and so has every `x-amz-` header that was sent. */
const collectSigned = ({ header, headerNames }: Exchange, list: string): Record<string, string> => {
  const names = list.split(";");
  const forgotten = ["host", ...headerNames.filter((name) => name.startsWith("x-amz-"))].filter((name) => !names.includes(name));
  if (forgotten.length > 0) {
    throw new Refusal("AccessDenied", "There were headers present in the request which were not signed", {
      details: { HeadersNotSigned: forgotten.join(", ") },
    });
  }
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
};

const signedTarget = ({ method, path, query, store }: Exchange) => ({
  region: store.region,
  method,
  path,
  query: Object.fromEntries([...query].filter(([name]) => name !== "X-Amz-Signature")),
});
