import type { Caller, Json } from "./client.ts";
import { deskOf } from "./imaging-desk.ts";

/** Attaches a clinical note and waits until the request has heard that it is verified. */
export async function attachNote(who: Caller, requestId: string): Promise<Json> {
  const desk = deskOf(who);
  const bytes = Buffer.from("Six weeks of physical therapy without relief.\n");
  await desk.attach(requestId, { fileName: "note-of-the-physiotherapist.txt", contentType: "text/plain", bytes });
  return desk.until(requestId, ({ missing }) => !missing.includes("clinical-documents"));
}
