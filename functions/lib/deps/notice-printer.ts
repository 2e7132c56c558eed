export { pdfPrinter as noticePrinter } from "../../../shared/notices/pdf-printer.ts";
