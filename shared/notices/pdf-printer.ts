import PDFDocument from "pdfkit";
import type { Fact, Letter, Section } from "../domain/notice-letter.ts";
import type { NoticePrinter } from "../ports.ts";
import { writable } from "./writable.ts";

/**
 * Letters as PDF, US letter size, tagged for those who have them read aloud. The one place that knows the PDF library. The bytes depend
 * on nothing but the letter: its own date is the file's, nothing is random, and nothing is compressed, so that no edition of a
 * compressor changes them.
 */
export const pdfPrinter: NoticePrinter = {
  async print(letter) {
    const doc = new PDFDocument({
      size: "LETTER",
      margins: { top: 64, bottom: 76, left, right: left },
      bufferPages: true,
      compress: false,
      pdfVersion: "1.7",
      tagged: true,
      lang: "en-US",
      displayTitle: true,
      info: {
        Title: writable(letter.title),
        Author: writable(letter.sender.name),
        CreationDate: new Date(letter.at),
        ModDate: new Date(letter.at),
      },
    });
    const bytes = collected(doc);
    const root = doc.struct("Document");
    doc.addStructure(root);
    letterhead(doc, letter);
    addressed(doc, root, letter);
    body(doc, root, letter);
    root.end();
    footers(doc, letter);
    doc.end();
    return bytes;
  },
};

type Doc = InstanceType<typeof PDFDocument>;
type Element = ReturnType<Doc["struct"]>;

const left = 72;
const width = 612 - 2 * left;
const labelWidth = 118;
const ink = "#1f2933";
const quiet = "#52606d";
const accent = "#0b5563";
const rule = "#c5d0d6";
const regular = "Helvetica";
const bold = "Helvetica-Bold";
const size = 10;

const collected = (doc: Doc): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    doc.on("data", (part: Uint8Array) => parts.push(part));
    doc.on("end", () => resolve(Buffer.concat(parts)));
    doc.on("error", reject);
  });

/** One element of the file's structure, with what is drawn for it. */
function marked(doc: Doc, parent: Element, type: string, draw: () => void): void {
  parent.add(doc.struct(type, {}, [draw]));
}

/** Drawn, and not a part of what is read aloud. */
function ornament(doc: Doc, draw: () => void): void {
  doc.markContent("Artifact", { type: "Layout" });
  draw();
  doc.endMarkedContent();
}

function letterhead(doc: Doc, { sender }: Letter): void {
  ornament(doc, () => {
    doc.rect(0, 0, 612, 9).fill(accent);
    doc
      .font(bold)
      .fontSize(17)
      .fillColor(accent)
      .text(writable(sender.name), left, 40, { width: width / 2 });
    doc
      .font(regular)
      .fontSize(8.5)
      .fillColor(quiet)
      .text([sender.department, sender.address].filter(Boolean).map(writable).join("\n"), left + width / 2, 40, {
        width: width / 2,
        align: "right",
        lineGap: 2,
      });
    doc
      .moveTo(left, 78)
      .lineTo(left + width, 78)
      .lineWidth(0.75)
      .strokeColor(rule)
      .stroke();
  });
  doc.x = left;
  doc.y = 100;
}

function addressed(doc: Doc, root: Element, { date, recipient, facts }: Letter): void {
  marked(doc, root, "P", () => paragraph(doc, date));
  doc.moveDown(0.9);
  for (const line of recipient) marked(doc, root, "P", () => paragraph(doc, line));
  doc.moveDown(0.9);
  factTable(doc, root, facts);
  doc.y += 22;
}

function body(doc: Doc, root: Element, { draft, heading, opening, sections, closing }: Letter): void {
  if (draft) marked(doc, root, "P", () => banner(doc, draft));
  marked(doc, root, "H1", () => doc.font(bold).fontSize(16).fillColor(accent).text(writable(heading), left, doc.y, { width }));
  doc.moveDown(0.6);
  for (const text of opening) {
    marked(doc, root, "P", () => paragraph(doc, text));
    doc.moveDown(0.55);
  }
  const closingHeight = closing.reduce((sum, text) => sum + paragraphHeight(doc, text) + 8, 24);
  sections.forEach((section, index) => {
    sectionOf(doc, root, section, index === sections.length - 1 ? closingHeight : 0);
  });
  doc.moveDown(0.6);
  keepTogether(doc, closingHeight - 16);
  for (const text of closing) {
    marked(doc, root, "P", () => paragraph(doc, text));
    doc.moveDown(0.55);
  }
}

function banner(doc: Doc, text: string): void {
  const top = doc.y;
  doc.font(bold).fontSize(10);
  const height = doc.heightOfString(writable(text), { width: width - 24 }) + 14;
  doc.roundedRect(left, top, width, height, 3).fillAndStroke("#fff4e0", "#d9822b");
  doc.fillColor("#8a4b08").text(writable(text), left + 12, top + 8, { width: width - 24 });
  doc.x = left;
  doc.y = top + height + 12;
}

const paragraph = (doc: Doc, text: string): Doc =>
  doc.font(regular).fontSize(size).fillColor(ink).text(writable(text), left, doc.y, { width, lineGap: 2 });

const paragraphHeight = (doc: Doc, text: string): number =>
  doc.font(regular).fontSize(size).heightOfString(writable(text), { width, lineGap: 2 });

/** A heading never stands alone at the foot of a page. */
function keepTogether(doc: Doc, height: number): void {
  if (doc.y + height > doc.page.height - doc.page.margins.bottom) doc.addPage();
}

/** `after`: the height of what must not stand on a page without the section's last words. */
function sectionOf(doc: Doc, root: Element, { heading, facts = [], points = [], paragraphs = [] }: Section, after: number): void {
  // A service stands on one page where one page can hold it.
  const table = facts.reduce((sum, fact) => sum + rowHeight(doc, fact), 0);
  keepTogether(doc, 40 + Math.min(table, 400) + (points.length + paragraphs.length > 0 ? 50 : 0));
  doc.y += 8;
  marked(doc, root, "H2", () => doc.font(bold).fontSize(12).fillColor(accent).text(writable(heading), left, doc.y, { width }));
  doc.y += 4;
  if (facts.length > 0) factTable(doc, root, facts);
  if (facts.length > 0 && paragraphs.length > 0) doc.y += 8;
  for (const text of paragraphs) {
    marked(doc, root, "P", () => paragraph(doc, text));
    doc.moveDown(0.4);
  }
  for (const [index, { heading: name, text }] of points.entries()) {
    keepTogether(doc, index === points.length - 1 ? 24 + paragraphHeight(doc, text) + after : 44);
    marked(doc, root, "H3", () => doc.font(bold).fontSize(size).fillColor(ink).text(writable(name), left, doc.y, { width }));
    doc.moveDown(0.15);
    marked(doc, root, "P", () => paragraph(doc, text));
    doc.moveDown(0.55);
  }
  doc.y += 8;
}

/** With its hairline. */
function rowHeight(doc: Doc, { text }: Fact): number {
  doc.font(regular).fontSize(size);
  return Math.max(doc.heightOfString(writable(text), { width: width - labelWidth, lineGap: 2 }), 13) + 7;
}

/** What and its value, row by row, with a hairline under each: read aloud as a table with its headings at the left. */
function factTable(doc: Doc, root: Element, facts: readonly Fact[]): void {
  const table = doc.struct("Table");
  root.add(table);
  for (const { label, text } of facts) {
    const height = rowHeight(doc, { label, text });
    keepTogether(doc, height);
    const top = doc.y;
    const row = doc.struct("TR");
    table.add(row);
    marked(doc, row, "TH", () =>
      doc
        .font(bold)
        .fontSize(9)
        .fillColor(quiet)
        .text(writable(label), left, top + 6, { width: labelWidth - 10, lineBreak: false }),
    );
    marked(doc, row, "TD", () =>
      doc
        .font(regular)
        .fontSize(size)
        .fillColor(ink)
        .text(writable(text), left + labelWidth, top + 5, { width: width - labelWidth, lineGap: 2 }),
    );
    row.end();
    const bottom = top + height;
    ornament(doc, () => {
      doc
        .moveTo(left, bottom)
        .lineTo(left + width, bottom)
        .lineWidth(0.5)
        .strokeColor(rule)
        .stroke();
    });
    doc.x = left;
    doc.y = bottom;
  }
  table.end();
}

/** Which letter it is, and how many pages it has, on each of them. */
function footers(doc: Doc, { footer }: Letter): void {
  const { start, count } = doc.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    doc.switchToPage(page);
    const y = doc.page.height - 52;
    // Below the margin, where text would otherwise begin a page of its own.
    doc.page.margins.bottom = 0;
    doc.markContent("Artifact", { type: "Pagination" });
    doc
      .moveTo(left, y - 8)
      .lineTo(left + width, y - 8)
      .lineWidth(0.5)
      .strokeColor(rule)
      .stroke();
    doc.font(regular).fontSize(7.5).fillColor(quiet);
    doc.text(writable(footer), left, y, { width: width - 70, lineBreak: false });
    doc.text(`Page ${page - start + 1} of ${count}`, left + width - 70, y, { width: 70, align: "right", lineBreak: false });
    doc.endMarkedContent();
  }
}
