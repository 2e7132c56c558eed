import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt, exportJWK } from "jose";
import { type IssuerFile, sign, signToken, type TokenRequest } from "../../infra/local/tokens.ts";
import { cloud } from "./client.ts";

/** Tokens that ought to open nothing. */

const who: TokenRequest = { role: "provider" };
const issuer = JSON.parse(readFileSync(join(cloud.directory, "issuer.json"), "utf8")) as Required<IssuerFile>;
const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const claims = decodeJwt(await signToken(cloud.directory, who));

const withoutSignature = (algorithm: string) =>
  `${encoded({ alg: algorithm, typ: "JWT", kid: issuer.key.kid })}.${encoded(claims)}.`;

/** HMAC under the public key, which everybody knows: a verifier that lets the token choose the algorithm takes it. */
function signedWithPublicKey(secret: string | Buffer): string {
  const signed = `${encoded({ alg: "HS256", typ: "JWT", kid: issuer.key.kid })}.${encoded(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

async function signedByAnother(kid: string): Promise<string> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return sign({ ...(await exportJWK(privateKey)), kid, alg: "RS256" }, issuer.url, who);
}

const valid = await signToken(cloud.directory, who);
const [header = "", payload = "", signature = ""] = valid.split(".");
const publicKey = createPublicKey({ key: issuer.key as JsonWebKey, format: "jwk" });

export const badTokens: readonly (readonly [what: string, authorization: string])[] = [
  ["nothing behind Bearer", "Bearer "],
  ["no JWT", "Bearer let-me-in"],
  ["another scheme", `Basic ${Buffer.from("provider:secret").toString("base64")}`],
  ["an expired one", `Bearer ${await signToken(cloud.directory, { ...who, expiresIn: -60 })}`],
  ["alg none", `Bearer ${withoutSignature("none")}`],
  ["alg None", `Bearer ${withoutSignature("None")}`],
  ["no signature", `Bearer ${header}.${payload}.`],
  ["HS256 under the public key as PEM", `Bearer ${signedWithPublicKey(publicKey.export({ type: "spki", format: "pem" }))}`],
  ["HS256 under the public key as DER", `Bearer ${signedWithPublicKey(publicKey.export({ type: "spki", format: "der" }))}`],
  ["HS256 under the public key as JWK", `Bearer ${signedWithPublicKey(JSON.stringify(publicKey.export({ format: "jwk" })))}`],
  ["another audience", `Bearer ${await signToken(cloud.directory, { ...who, audience: "claims-warehouse" })}`],
  ["another issuer's key under our key's id", `Bearer ${await signedByAnother(issuer.key.kid)}`],
  ["another issuer's key under its own id", `Bearer ${await signedByAnother("a-key-of-somebody-else")}`],
  ["another issuer's name", `Bearer ${await sign(issuer.key, "https://issuer.example.org", who)}`],
  ["changed claims", `Bearer ${header}.${encoded({ ...claims, org: "org-a" })}.${signature}`],
  ["a changed signature", `Bearer ${header}.${payload}.${signature.slice(0, -4)}${signature.endsWith("AAAA") ? "BBBB" : "AAAA"}`],
];
