import { createHash } from "node:crypto";
import { expect } from "vitest";
import { eventually } from "../eventually.ts";
import type { Caller, Json } from "./client.ts";

/** Registers a clinical note, uploads it by its form, and waits until it is verified. Answers the document. */
export async function attachNote(who: Caller, requestId: string, words = "Six weeks of physical therapy without relief.\n"): Promise<Json> {
  const bytes = Buffer.from(words);
  const registered = await who.post(`/v1/requests/${requestId}/documents`, {
    fileName: "note-of-the-physiotherapist.txt",
    contentType: "text/plain",
    size: bytes.byteLength,
    sha256: createHash("sha256").update(bytes).digest("base64"),
  });
  expect(registered.status, registered.text).toBe(201);
  const { url, fields } = registered.body.upload;
  const form = new FormData();
  for (const [name, value] of Object.entries<string>(fields)) form.append(name, value);
  form.append("file", new Blob([bytes]));
  const uploaded = await fetch(url, { method: "POST", body: form });
  expect(uploaded.status, await uploaded.text()).toBe(204);
  const path = `/v1/requests/${requestId}/documents/${registered.body.id}`;
  const seen = await eventually(
    () => who.get(path),
    (answer) => answer.body.status === "available" || answer.body.status === "rejected",
  );
  expect(seen.body.status, seen.text).toBe("available");
  // The document is settled first, its request a moment later.
  await eventually(
    () => who.get(`/v1/requests/${requestId}`),
    (answer) => !answer.body.missing.includes("clinical-documents"),
  );
  return seen.body;
}
