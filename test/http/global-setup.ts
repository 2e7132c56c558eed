import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { prepare } from "../../infra/local/prepare.ts";
import { freePorts } from "../free-ports.ts";

declare module "vitest" {
  interface ProvidedContext {
    cloud: { api: string; objectStore: string; vendor: string; control: string; directory: string; port: number };
  }
}

/** One pocket cloud for all HTTP tests: the synthesized template, its functions in threads of this process. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "desk-http-"));
  const port = await freePorts();
  const { assembly } = await prepare({ port, directory });
  const cloud = await startPocketCloud({ assembly, port, directory, exactMemory: false });
  const { api, objectStore, vendor } = cloud.endpoints;
  project.provide("cloud", { api, objectStore, vendor, control: `http://127.0.0.1:${port + 6}/_control`, directory, port });
  return async () => {
    await cloud.close();
    rmSync(directory, { recursive: true, force: true });
  };
}
