import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** Cursors are opaque, and good only for the caller and the query that they were made for (AES-256-GCM, both as additional data). */
export type Cursors = {
  seal(position: string, context: unknown): string;
  /** @returns `undefined` for a cursor that is foreign, bent, or made up */
  open(cursor: string, context: unknown): string | undefined;
};

const nonceBytes = 12;
const tagBytes = 16;

export function cursors(salt: string): Cursors {
  const key = new Uint8Array(hkdfSync("sha256", salt, "", "cursors", 32));
  const digest = (context: unknown) => createHash("sha256").update(JSON.stringify(context)).digest();
  return {
    seal(position, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(digest(context));
      return Buffer.concat([nonce, cipher.update(position, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    open(cursor, context) {
      const bytes = Buffer.from(cursor, "base64url");
      if (bytes.length <= nonceBytes + tagBytes || bytes.toString("base64url") !== cursor) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
        .setAAD(digest(context))
        .setAuthTag(bytes.subarray(-tagBytes));
      try {
        return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return undefined;
      }
    },
  };
}
