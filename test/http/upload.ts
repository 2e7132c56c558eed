import { type SentFile, sha256 } from "../files.ts";

/** The form that the desk gives for an upload. */
export type UploadForm = { readonly url: string; readonly fields: Readonly<Record<string, string>>; readonly expiresAt: string };

/** What a client says of a file before it sends it. */
export const described = ({ fileName, contentType, bytes }: SentFile) => ({
  fileName,
  contentType,
  size: bytes.length,
  sha256: sha256(bytes),
});

type Fields = Readonly<Record<string, string | undefined>>;

/** The form filled in as a browser or `FormData` does it: fields first, the file last. An `undefined` field is left out. */
export function filledIn(fields: Fields, file: Blob, fileName = "document"): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  form.append("file", file, fileName);
  return form;
}

/** @returns the store's answer, its body read */
export async function sent(url: string, form: FormData): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: "POST", body: form });
  return { status: response.status, text: await response.text() };
}

/** Uploads bytes with a form, with fields changed or left out if the test wants it. */
export const upload = ({ url, fields }: UploadForm, bytes: Uint8Array, changed: Fields = {}) =>
  sent(url, filledIn({ ...fields, ...changed }, new Blob([bytes as Uint8Array<ArrayBuffer>])));

/** The multipart body written out by hand, for clients that FormData is not. */
export function multipart(
  fields: readonly (readonly [name: string, value: string])[],
  file: { name: string; type: string; bytes: Uint8Array },
  boundary: string,
): Uint8Array {
  const line = (text: string) => Buffer.from(`${text}\r\n`);
  return Buffer.concat([
    ...fields.map(([name, value]) => line(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`)),
    line(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: ${file.type}\r\n`),
    Buffer.from(file.bytes),
    line(`\r\n--${boundary}--`),
  ]);
}
