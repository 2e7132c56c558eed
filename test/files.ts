import { createHash } from "node:crypto";
import { crc32, deflateRawSync, deflateSync } from "node:zlib";

/** A file as somebody would send it. */
export type SentFile = { readonly fileName: string; readonly contentType: string; readonly bytes: Uint8Array };

const text = (...lines: string[]): Buffer => Buffer.from(lines.join("\n"));

/** One page with one sentence, its cross-reference table counted. */
export function pdf(sentence = "Six weeks of physical therapy without relief."): SentFile {
  const content = `BT /F1 12 Tf 72 720 Td (${sentence}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let body = "%PDF-1.7\n";
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const trailer = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join("")}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return { fileName: "progress note.pdf", contentType: "application/pdf", bytes: Buffer.from(body + trailer, "latin1") };
}

/** One grey pixel. */
export function png(): SentFile {
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
    return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
  };
  const header = Buffer.concat([uint32(1), uint32(1), Buffer.from([8, 0, 0, 0, 0])]);
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 0x80]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { fileName: "film.png", contentType: "image/png", bytes };
}

/** One grey pixel, little-endian, uncompressed. */
function tiff(): SentFile {
  const short = 3;
  const long = 4;
  const fields: [tag: number, type: number, value: number][] = [
    [256, short, 1],
    [257, short, 1],
    [258, short, 8],
    [259, short, 1],
    [262, short, 1],
    [273, long, 8],
    [277, short, 1],
    [278, short, 1],
    [279, long, 1],
  ];
  const entries = fields.map(([tag, type, value]) => {
    const entry = Buffer.alloc(12);
    entry.writeUInt16LE(tag, 0);
    entry.writeUInt16LE(type, 2);
    entry.writeUInt32LE(1, 4);
    entry.writeUInt32LE(value, 8);
    return entry;
  });
  const count = Buffer.alloc(2);
  count.writeUInt16LE(entries.length);
  const bytes = Buffer.concat([Buffer.from("49492a000a000000", "hex"), Buffer.from([0x80, 0]), count, ...entries, Buffer.alloc(4)]);
  return { fileName: "film.tif", contentType: "image/tiff", bytes };
}

/** One white pixel. */
const jpeg = (): SentFile => ({
  fileName: "Film Reyes.JPG",
  contentType: "image/jpeg",
  bytes: Buffer.from(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=",
    "base64",
  ),
});

/** A Part 10 file: preamble, and a meta header that names explicit little-endian. */
function dicom(): SentFile {
  const element = (group: number, number: number, representation: string, value: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt16LE(group, 0);
    head.writeUInt16LE(number, 2);
    head.write(representation, 4, "latin1");
    head.writeUInt16LE(value.length, 6);
    return Buffer.concat([head, value]);
  };
  const syntax = element(2, 0x10, "UI", Buffer.from("1.2.840.10008.1.2.1\0", "latin1"));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(syntax.length);
  const patient = element(0x10, 0x40, "CS", Buffer.from("O ", "latin1"));
  const bytes = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), element(2, 0, "UL", length), syntax, patient]);
  return { fileName: "IM000001", contentType: "application/dicom", bytes };
}

/** The least that a word processor opens. */
function docx(sentence = "Six weeks of physical therapy without relief."): SentFile {
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const format = "http://schemas.openxmlformats.org";
  const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  const bytes = zip({
    "[Content_Types].xml": `${xml}<Types xmlns="${format}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${word}.main+xml"/></Types>`,
    "_rels/.rels": `${xml}<Relationships xmlns="${format}/package/2006/relationships"><Relationship Id="rId1" Type="${format}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    "word/document.xml": `${xml}<w:document xmlns:w="${format}/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>${sentence}</w:t></w:r></w:p></w:body></w:document>`,
  });
  return { fileName: "letter.docx", contentType: word, bytes };
}

const rtf = (): SentFile => ({
  fileName: "letter.rtf",
  contentType: "application/rtf",
  bytes: text("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Helvetica;}}", "\\f0 Six weeks of physical therapy without relief.\\par}"),
});

export const plainText = (
  content = "BMI 31.2. Schmerzen im Rücken: six weeks of physical therapy without relief.\r\n",
): SentFile => ({
  fileName: "note.txt",
  contentType: "text/plain",
  bytes: Buffer.from(content),
});

/** A C-CDA document as far as its header, with the style sheet that such documents name. */
export const ccda = (): SentFile => ({
  fileName: "summary of care.xml",
  contentType: "application/xml",
  bytes: text(
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<?xml-stylesheet type="text/xsl" href="CDA.xsl"?>',
    "<!-- Continuity of Care Document -->",
    '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    '  <realmCode code="US"/>',
    '  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>',
    '  <templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>',
    "  <title>Summary of care</title>",
    "</ClinicalDocument>",
  ),
});

/** One file of every type that the desk takes. */
export const everyType = (): readonly SentFile[] => [pdf(), png(), tiff(), jpeg(), dicom(), docx(), rtf(), plainText(), ccda()];

export const html = text("<!DOCTYPE html>", "<html><body><script>alert(document.cookie)</script></body></html>", "");

/** The head of a Windows program, and of a Linux one. */
export const windowsProgram = Buffer.concat([Buffer.from("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "latin1"), Buffer.alloc(240)]);
export const linuxProgram = Buffer.concat([
  Buffer.from("7f454c4602010100", "hex"),
  Buffer.alloc(8),
  Buffer.from("02003e00", "hex"),
  Buffer.alloc(44),
]);

/** The harmless file that every scanner calls a virus; in two parts, so that none takes this source for one. */
export const eicar = Buffer.from(["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join(""), "latin1");

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Every entry deflated, as word processors write them. */
function zip(entries: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(plain), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(plain.length, 18);
    about.writeUInt16LE(Buffer.byteLength(name), 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), about, Buffer.from(name), packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([20, 0]), about, place, Buffer.from(name)]));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(local.length, 4);
  end.writeUInt16LE(local.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from("PK\x05\x06", "latin1"), end]);
}
