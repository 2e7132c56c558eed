import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { JwtAuthorizerSettings } from "./routes.ts";

/** What the function is told of the token: every claim as a string, and the route's scopes that the token carries. */
export type JwtContext = { claims: Record<string, string>; scopes: string[] | null };

export type JwtVerdict =
  | { allowed: true; context: JwtContext }
  /** `reason` is undefined when there was no token at all. */
  | { allowed: false; status: 401; reason?: string }
  | { allowed: false; status: 403 };

export type IdentitySource = { header(name: string): string | undefined; query(name: string): string | undefined };

/** Verifies bearer tokens as HTTP API's JWT authorizer does, in real time, with the keys that the issuer publishes. */
export const openJwtAuthorizer = ({ issuer, audience, identitySource }: JwtAuthorizerSettings) => {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const discover = async (): Promise<JWTVerifyGetKey> => {
    const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(5_000),
    });
    const { jwks_uri: address } = (await response.json()) as { jwks_uri?: unknown };
    // API Gateway keeps keys for two hours.
    return createRemoteJWKSet(new URL(String(address)), { cacheMaxAge: 2 * 60 * 60 * 1_000 });
  };
  const publishedKeys = () => {
    keys ??= discover().catch((error) => {
      keys = undefined;
      throw error;
    });
    return keys;
  };

  return async (source: IdentitySource, routeScopes: string[]): Promise<JwtVerdict> => {
    const token = findToken(identitySource, source);
    if (token === undefined) return { allowed: false, status: 401 };
    let claims: JWTPayload;
    try {
      const getKey = await publishedKeys();
      const verified = await jwtVerify(
        token,
        (header, jws) => {
          if (header.kid === undefined) throw new errors.JWKSNoMatchingKey();
          return getKey(header, jws);
        },
        { issuer, algorithms: ["RS256", "RS384", "RS512"], requiredClaims: ["exp"] },
      );
      claims = verified.payload;
    } catch (error) {
      return { allowed: false, status: 401, reason: reasonOf(error) };
    }
    if (!hasAudience(claims, audience)) return refusal("the token does not have a valid audience");
    if (claims.iat !== undefined && claims.iat > Date.now() / 1_000) return refusal("the token was issued in the future");

    if (routeScopes.length === 0) return { allowed: true, context: { claims: asStrings(claims), scopes: null } };
    const held = scopesOf(claims);
    const scopes = routeScopes.filter((scope) => held.includes(scope));
    if (scopes.length === 0) return { allowed: false, status: 403 };
    return { allowed: true, context: { claims: asStrings(claims), scopes } };
  };
};

const refusal = (reason: string): JwtVerdict => ({ allowed: false, status: 401, reason });

const findToken = (identitySource: string[], source: IdentitySource): string | undefined => {
  for (const each of identitySource) {
    const [, place, name = ""] = /^\$request\.(header|querystring)\.(.+)$/.exec(each) ?? [];
    const value = place === "header" ? source.header(name.toLowerCase()) : source.query(name);
    if (value) return value.replace(/^Bearer +/i, "");
  }
  return undefined;
};

/** `client_id` counts only where there is no `aud`. */
const hasAudience = ({ aud, client_id: clientId }: JWTPayload, audience: string[]): boolean => {
  const named = aud === undefined ? [clientId] : [aud].flat();
  return named.some((each) => typeof each === "string" && audience.includes(each));
};

const scopesOf = ({ scope, scp }: JWTPayload): string[] =>
  [scope, scp].flatMap((claim) => (typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim.map(String) : []));

const asStrings = (claims: JWTPayload): Record<string, string> =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, asString(value)]));

/** Claims reach the function the way Go prints them, which is what API Gateway does. */
const asString = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(asString).join(" ")}]`;
  if (value === null || value === undefined) return "<nil>";
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${asString(item)}`).join(" ")}]`;
};

/** Never a part of the token: what it says of itself is the caller's own text. */
const reasonOf = (error: unknown): string => {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "iss") return "the token does not have a valid issuer";
    return error.claim === "nbf" ? "the token is not valid yet" : "the token has an invalid claim";
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return "the token has an invalid signing method";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "the token has an invalid signature";
  if (error instanceof errors.JWKSNoMatchingKey) return "the token has no known key";
  if (error instanceof errors.JOSEError) return "the token is malformed";
  return "the issuer cannot be reached";
};
