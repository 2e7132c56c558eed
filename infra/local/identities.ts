import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { readIfPresent, replaceFile } from "./durable-file.ts";

/** Who makes an AWS call. `name` is the role's name, or `developer` for a person at this machine. */
export type Identity = { name: string; accessKeyId: string; secretAccessKey: string; sessionToken?: string };

export type Identities = {
  /** The identity of a role; the same one after every restart, so links that were signed before stay good. */
  of(roleName: string): Identity;
  /** The identity behind an access key, among those that were asked for by name in this run. */
  find(accessKeyId: string): Identity | undefined;
};

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** One set of temporary credentials per role, derived from a random seed that is kept in `<directory>/identities.json`. */
export const openIdentities = (directory: string): Identities => {
  const seed = openSeed(join(directory, "identities.json"));
  const derive = (purpose: string, roleName: string) => createHmac("sha512", seed).update(`${purpose}\n${roleName}`).digest();
  const byName = new Map<string, Identity>();
  const byAccessKey = new Map<string, Identity>();

  const of = (name: string): Identity => {
    const known = byName.get(name);
    if (known) return known;
    const identity: Identity = {
      name,
      accessKeyId: `ASIA${[...derive("access-key", name).subarray(0, 16)].map((byte) => base32[byte % 32]).join("")}`,
      secretAccessKey: derive("secret-key", name).subarray(0, 30).toString("base64"),
      sessionToken: derive("session", name).toString("base64"),
    };
    byName.set(name, identity);
    byAccessKey.set(identity.accessKeyId, identity);
    return identity;
  };

  of("developer");
  return { of, find: (accessKeyId) => byAccessKey.get(accessKeyId) };
};

const openSeed = (path: string): Buffer => {
  const text = readIfPresent(path);
  if (text !== undefined) {
    const { seed } = JSON.parse(text) as { seed?: unknown };
    if (typeof seed !== "string" || !/^[0-9a-f]{64}$/.test(seed)) throw new Error(`${path} holds no seed`);
    return Buffer.from(seed, "hex");
  }
  const seed = randomBytes(32);
  replaceFile(path, `${JSON.stringify({ seed: seed.toString("hex") })}\n`, 0o600);
  return seed;
};
