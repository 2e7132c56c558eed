import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import busboy, { type Busboy } from "busboy";
import { invalidArgument, Refusal } from "./refusal.ts";

/** S3's limit for everything that precedes the file: 20 KB. */
const largestPreamble = 20 * 1024;
/** A file may also come as a plain text field, which is small enough to be held. */
const largestTextFile = 1024 * 1024;

export type PostForm = {
  /** By lower-case name, in the order sent, without the file. */
  fields: Map<string, string>;
  fileName: string;
  file: AsyncIterable<Uint8Array>;
  /** Settles when the form has ended; refuses when it did not end well. Only then may the file count as whole. */
  ended: Promise<void>;
};

const malformed = (): Refusal =>
  new Refusal("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");
const onlyOneFile = (): Refusal => invalidArgument("POST requires exactly one file upload per request.", "file");
const tooLong = (): Refusal =>
  new Refusal("MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.");

const openParser = (request: IncomingMessage): Busboy => {
  if (!/^multipart\/form-data\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw new Refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
      details: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  }
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: "utf8",
      limits: { fieldSize: largestTextFile, fields: 200, parts: 250 },
    });
  } catch {
    throw malformed();
  }
};

/**
 * Reads a form up to its file and hands the file over as a stream that waits to be read. Fields behind the file are ignored, as S3
 * ignores them. The request is left alive whatever happens, so that the caller can drain it and answer.
 */
export const readPostForm = (request: IncomingMessage): Promise<PostForm> => {
  const parser = openParser(request);
  const fields = new Map<string, string>();
  const form = Promise.withResolvers<PostForm>();
  const ended = Promise.withResolvers<void>();
  // Whoever waits for the form learns of a failure there; `ended` alone must not count as unhandled.
  ended.promise.catch(() => undefined);
  let preamble = 0;
  let fileSeen = false;

  const fail = (reason: unknown): void => {
    request.unpipe(parser);
    form.reject(reason);
    ended.reject(reason);
    parser.destroy();
  };

  const deliver = (file: AsyncIterable<Uint8Array>, fileName: string): void => {
    fileSeen = true;
    form.resolve({ fields, fileName, file, ended: ended.promise });
  };

  parser.on("field", (name: string | undefined, value, { valueTruncated }) => {
    const field = name?.toLowerCase();
    if (fileSeen) {
      if (field === "file") fail(onlyOneFile());
      return;
    }
    if (field === undefined || field === "") return fail(malformed());
    if (valueTruncated) return fail(tooLong());
    if (field === "file") return deliver(Readable.from([Buffer.from(value)]), "");
    preamble += Buffer.byteLength(field) + Buffer.byteLength(value);
    if (preamble > largestPreamble) return fail(tooLong());
    if (fields.has(field)) return fail(invalidArgument(`POST form fields must not be repeated: ${field}`, field));
    fields.set(field, value);
  });
  parser.on("file", (name: string | undefined, stream, { filename }: { filename?: string }) => {
    stream.on("error", () => fail(malformed()));
    const isTheFile = name?.toLowerCase() === "file";
    if (isTheFile && !fileSeen) return deliver(wholeOrMalformed(stream), filename ?? "");
    stream.resume();
    // A file input of another name behind the file is one more field to be ignored.
    if (isTheFile || !fileSeen) fail(onlyOneFile());
  });
  parser.on("fieldsLimit", () => fail(malformed()));
  parser.on("partsLimit", () => fail(malformed()));
  parser.on("error", () => fail(malformed()));
  parser.on("close", () => {
    if (fileSeen) ended.resolve();
    else fail(onlyOneFile());
  });
  request.on("close", () => {
    if (!request.complete) fail(malformed());
  });
  request.pipe(parser);
  return form.promise;
};

/** A form that breaks off in the middle of its file is a malformed form to whoever reads the file. */
async function* wholeOrMalformed(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch {
    throw malformed();
  }
}
