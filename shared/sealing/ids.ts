import { createHash, createHmac } from "node:crypto";
import type { DocumentId, RequestId } from "../domain/identifiers.ts";
import type { Ids } from "../ports.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The first 130 bits in base32: 26 characters. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5 && text.length < 26; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
    if (text.length === 26) break;
  }
  return text;
}

/** @param salt the deployment's own secret: without it nobody can tell which key made which id */
export const saltedIds = (salt: string): Ids => ({ request: requestIds(salt), document: documentId });

const requestIds =
  (salt: string): Ids["request"] =>
  (caller, operation, key) =>
    `PA-${base32(
      createHmac("sha256", salt)
        .update(JSON.stringify([caller, operation, key]))
        .digest(),
    )}` as RequestId;

/** Derived from the content alone, within its request: the same bytes are the same document. */
export const documentId: Ids["document"] = (requestId, sha256, size, contentType) =>
  base32(
    createHash("sha256")
      .update(JSON.stringify([requestId, sha256, size, contentType]))
      .digest(),
  ) as DocumentId;

/** What stands for all that is asked, the member included, in the key of its guard. */
export const duplicateKey =
  (salt: string) =>
  (asked: string): string =>
    createHmac("sha256", salt).update(`duplicate·${asked}`).digest("base64url");

/** What stands for a member id in an index key. */
export const memberKey =
  (salt: string) =>
  (memberId: string): string =>
    createHmac("sha256", salt).update(`member·${memberId}`).digest("base64url");
