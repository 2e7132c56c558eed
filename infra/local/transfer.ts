import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { pipeline } from "node:stream/promises";

export type UploadForm = { readonly url: string; readonly fields: Record<string, string> };

export type Upload = {
  readonly fileName: string;
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
};

/** Posts a file with a presigned form, as a browser would, never holding more of it than a piece. @returns the status */
export const postFile = async (
  { url, fields }: UploadForm,
  { fileName, contentType, size, pieces }: Upload,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<number> => {
  const boundary = `form-${crypto.randomUUID()}`;
  const part = (disposition: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const head = Buffer.from(
    [
      ...Object.entries(fields).map(([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`),
      `${part(`name="file"; filename="${fileName}"`)}Content-Type: ${contentType}\r\n\r\n`,
    ].join(""),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);

  const request = url.startsWith("https:") ? overHttps : overHttp;
  const post = request(url, {
    method: "POST",
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      "content-length": head.length + size + tail.length,
    },
    signal,
  });
  const form = async function* () {
    yield head;
    let sent = 0;
    for (const piece of pieces) {
      yield piece;
      sent += piece.length;
      onProgress(sent);
    }
    yield tail;
  };
  const answered = once(post, "response");
  // A refusal may come before the last byte was sent: the answer says more than the broken pipe.
  pipeline(form, post).catch(() => {});
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
};

/** Reads what lies behind a link to its end. @returns its size in bytes and its SHA-256 in base64 */
export const readLink = async (url: string, signal: AbortSignal): Promise<{ status: number; size: number; sha256: string }> => {
  const answer = await fetch(url, { signal });
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of answer.body ?? []) {
    hash.update(piece);
    size += piece.length;
  }
  return { status: answer.status, size, sha256: hash.digest("base64") };
};
