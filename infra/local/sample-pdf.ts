import { createCipheriv, createHash } from "node:crypto";

const chunk = 1_048_576;

/**
 * A whole PDF of exactly `size` bytes, piece by piece: one page that says what it is, and an embedded "scan" of noise that makes it
 * as large as wanted. The same size always gives the same bytes.
 *
 * @param size in bytes, at least 2,000
 */
export function* samplePdf(size: number): Generator<Uint8Array> {
  const text = "BT /F1 18 Tf 72 720 Td (Invented clinical document: MRI lumbar spine) Tj ET";
  const bodies = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  // The second line's bytes above 127 tell transfer programs that the file is no text.
  let head = "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n";
  const offsets: number[] = [];
  const add = (body: string) => {
    offsets.push(head.length);
    head += `${offsets.length} 0 obj\n${body}`;
  };
  for (const body of bodies) add(`${body}\nendobj\n`);

  // Numbers of fixed width, so that the rest is as long whatever it says.
  const wide = (value: number) => String(value).padStart(10, "0");
  add(`<< /Type /EmbeddedFile /Length ${wide(0)} >>\nstream\n`);
  const tail = (start: number) => {
    const rows = offsets.map((offset) => `${wide(offset)} 00000 n \n`).join("");
    const table = `xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${rows}`;
    const close = "\nendstream\nendobj\n";
    return `${close}${table}trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${wide(start + close.length)}\n%%EOF\n`;
  };
  const noiseLength = size - head.length - tail(0).length;
  if (noiseLength < 1) throw new RangeError(`A sample PDF has at least ${size - noiseLength + 1} bytes`);

  yield Buffer.from(head.replace(`/Length ${wide(0)}`, `/Length ${wide(noiseLength)}`), "latin1");
  yield* noise(noiseLength);
  yield Buffer.from(tail(head.length + noiseLength), "latin1");
}

/** Bytes without any pattern, yet the same each time: a cipher's keystream. */
function* noise(length: number): Generator<Uint8Array> {
  const keystream = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(chunk);
  for (let left = length; left > 0; left -= chunk) yield keystream.update(zeros.subarray(0, Math.min(chunk, left)));
}

/** SHA-256 in base64, as a document is registered with. */
export const sha256Of = (pieces: Iterable<Uint8Array>): string => {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("base64");
};
