import type { Finding } from "./document.ts";
import type { DocumentDescription } from "./submission.ts";

/** What was found in the store about an upload. */
export type StoredFile = {
  readonly size: number;
  /** SHA-256, base64. */
  readonly sha256: string;
  /** The first bytes, 64 KiB at most. */
  readonly head: Uint8Array;
  /** Media type by magic number, if the bytes have one. */
  readonly detectedType: string | undefined;
};

const again = "Correct the file and register the corrected one: it is a document of its own.";

/** Does the upload hold what was announced? Types without a magic number are judged as text. */
export function checkFile(described: DocumentDescription, stored: StoredFile): Finding {
  if (stored.size !== described.size) return { good: false, reason: `The file's size is not the one announced. ${again}` };
  if (stored.sha256 !== described.sha256) return { good: false, reason: `The file's checksum is not the one announced. ${again}` };
  if (!looksLike(described.contentType, stored))
    return { good: false, reason: `The file's content is not of the type announced. ${again}` };
  return { good: true };
}

function looksLike(contentType: string, { head, detectedType }: StoredFile): boolean {
  if (contentType === "text/plain") return !textualTypes.has(detectedType ?? "") && isText(head) && !startsLikeMarkup(head);
  if (contentType === "application/xml")
    return (detectedType === undefined || detectedType === "application/xml") && isText(head) && startsLikeXml(head);
  return detectedType === contentType;
}

/**
 * Formats that are written in plain characters, and are more than notes. Any other magic number at the head of what is text
 * throughout is chance: a note may begin with "BMI" or "MZ twins".
 */
const textualTypes: ReadonlySet<string> = new Set([
  "application/pdf",
  "application/postscript",
  "application/eps",
  "application/rtf",
  "application/xml",
]);

/** UTF-8 without control characters other than white space; a multi-byte character may be cut at the end of the head. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text);
  } catch {
    return false;
  }
}

const textOf = (head: Uint8Array) => new TextDecoder().decode(head).trimStart();

/** A browser would run it, a shell would start it: not a clinical note, whatever it is called. "<5 mg" is no markup. */
const startsLikeMarkup = (head: Uint8Array) => /^(<[a-z!?/]|#!)/i.test(textOf(head));

/** C-CDA: whatever declarations, style sheets and comments stand before it, the document element is a ClinicalDocument; no DTD. */
const startsLikeXml = (head: Uint8Array) =>
  /^(?:(?:<\?(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->)\s*)*<(?:\w+:)?ClinicalDocument[\s/>]/s.test(textOf(head));
