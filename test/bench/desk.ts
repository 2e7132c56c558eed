import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { samplePdf, sha256Of } from "../../infra/local/sample-pdf.ts";
import { postFile } from "../../infra/local/transfer.ts";
import { type Answer, callerOf, type Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { anExample } from "./example.ts";
import type { Workspace } from "./workspace.ts";

export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** The whole desk and a provider in front of it. Its functions' memory is read after a garbage collection. */
export async function openDesk({ directory, assemblyDirectory, port }: Workspace) {
  const cloud = await startPocketCloud({
    assembly: assemblyDirectory,
    port,
    directory: mkdtempSync(join(directory, "desk-")),
    exactMemory: true,
  });
  const provider = await callerOf({ api: cloud.endpoints.api, directory: cloud.directory }, { role: "provider" });

  return {
    cloud,
    submit: async (): Promise<string> => taken(await provider.submit(anExample())).id,
    /** Says something else each time, in as many letters. */
    addInformation: async (id: string, number: number): Promise<void> => {
      const clinicalSummary = `Visit ${String(number).padStart(3, "0")} of physical therapy without relief.`;
      taken(await provider.post(`/v1/requests/${id}/information`, { clinicalSummary }));
    },
    /** Up, verified, and whatever follows from it done. @param size in bytes */
    upload: async (id: string, size: number): Promise<void> => {
      const file = { fileName: "note.pdf", contentType: "application/pdf", size };
      const path = `/v1/requests/${id}/documents`;
      const registered = taken(await provider.post(path, { ...file, sha256: sha256Of(samplePdf(size)) }));
      const { signal } = new AbortController();
      const status = await postFile(registered.upload, { ...file, pieces: samplePdf(size) }, () => {}, signal);
      if (status !== 204) throw new Error(`the upload was answered ${status}`);
      const settled = await eventually(
        async () => taken(await provider.get(`${path}/${registered.id}`)),
        (document) => document.status === "available" || document.status === "rejected",
        120,
      );
      if (settled.status !== "available") throw new Error(`the document was ${settled.status}`);
      await cloud.idle();
    },
    close: () => cloud.close(),
  };
}

function taken({ status, body, text }: Answer): Json {
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return body;
}
