import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from "jose";
import { readIfPresent, replaceFile } from "./durable-file.ts";

export const roles = ["provider", "clerk", "nurse", "director", "supervisor", "claims", "analyst", "vendor"] as const;
export type Role = (typeof roles)[number];

export type TokenRequest = {
  role: Role;
  /** The `org` claim. A provider acts for `org-demo`, the vendor's machine for `vendor-nia`; nobody else has one unless given. */
  organization?: string;
  /** Seconds, one hour if not given. Negative for a token that has expired already. */
  expiresIn?: number;
  scopes?: string[];
  audience?: string;
  subject?: string;
  /** Of a person: another than the role's. */
  name?: string;
};

/** The issuer as kept on disk: its private key, and the URL it was last served at. */
export type IssuerFile = { url?: string; key: JWK & { kid: string; alg: "RS256" } };

type Holder = {
  type: "person" | "machine";
  scopes: string[];
  organization?: string;
  person?: { name: string; credential?: string; specialty?: string };
};

const holders: Record<Role, Holder> = {
  provider: { type: "machine", organization: "org-demo", scopes: ["requests:read", "requests:write"] },
  clerk: { type: "person", scopes: ["intake:write"], person: { name: "Cleo Intake" } },
  nurse: {
    type: "person",
    scopes: ["reviews:read", "reviews:write"],
    person: { name: "Nora Reviewer", credential: "RN", specialty: "utilization-management" },
  },
  director: {
    type: "person",
    scopes: ["reviews:read", "reviews:write", "reviews:deny"],
    person: { name: "Dana Director", credential: "MD", specialty: "radiology" },
  },
  supervisor: {
    type: "person",
    scopes: ["reviews:read", "reviews:write", "reviews:supervise"],
    person: { name: "Sol Supervisor", credential: "RN", specialty: "utilization-management" },
  },
  claims: { type: "machine", scopes: ["claims:check", "claims:use"] },
  analyst: { type: "person", scopes: ["metrics:read"], person: { name: "Ana Lyst" } },
  vendor: { type: "machine", organization: "vendor-nia", scopes: ["requests:read"] },
};

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

/**
 * A bearer token for one of the local roles, signed with the key in `<directory>/issuer.json`. Works from any process, once the
 * issuer was started in that directory. Tokens count real time, whatever the local clock says.
 */
export const signToken = async (directory: string, request: TokenRequest): Promise<string> => {
  const issuer = readIssuer(directory);
  if (issuer?.url === undefined) throw new Error(`${directory} has no issuer yet: start the local cloud once`);
  return sign(issuer.key, issuer.url, request);
};

export const sign = async (key: IssuerFile["key"], issuerUrl: string, request: TokenRequest): Promise<string> => {
  const { role, expiresIn = 3_600, audience = "prior-authorization" } = request;
  const holder = holders[role];
  const organization = request.organization ?? holder.organization;
  const issuedAt = Math.floor(Date.now() / 1_000);
  const claims = {
    scope: (request.scopes ?? holder.scopes).join(" "),
    token_type: holder.type,
    ...(organization === undefined ? {} : { org: organization }),
    ...(holder.person && { ...holder.person, name: request.name ?? holder.person.name }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: key.kid })
    .setIssuer(issuerUrl)
    .setAudience(audience)
    .setSubject(request.subject ?? (organization === undefined ? role : `${role}@${organization}`))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresIn)
    .sign(await importJWK(key, key.alg));
};

/** The issuer of this directory, with a new key if it has none. */
export const openIssuer = async (directory: string): Promise<IssuerFile> => {
  const known = readIssuer(directory);
  if (known) return known;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = privateKey.export({ format: "jwk" }) as JWK;
  const issuer: IssuerFile = { key: { ...jwk, alg: "RS256", kid: await calculateJwkThumbprint(jwk) } };
  writeIssuer(directory, issuer);
  return issuer;
};

export const writeIssuer = (directory: string, issuer: IssuerFile): void =>
  replaceFile(fileIn(directory), `${JSON.stringify(issuer)}\n`, 0o600);

const readIssuer = (directory: string): IssuerFile | undefined => {
  const text = readIfPresent(fileIn(directory));
  if (text === undefined) return undefined;
  const parsed = JSON.parse(text) as Partial<IssuerFile>;
  if (parsed.key?.kty !== "RSA") throw new Error(`${fileIn(directory)} holds no RSA key`);
  return parsed as IssuerFile;
};

const fileIn = (directory: string) => join(directory, "issuer.json");
