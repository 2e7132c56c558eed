import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { prepare } from "../../infra/local/prepare.ts";
import type { CloudAddress } from "../caller.ts";
import { freePorts } from "../free-ports.ts";
import { recordOf } from "../grants/record.ts";
import { withoutRemovedGrant } from "../grants/removal.ts";
import { forget } from "./private-words.ts";
import { withTwoKeys } from "./vendor-messages.ts";

declare module "vitest" {
  interface ProvidedContext {
    cloud: CloudAddress;
  }
}

/** One pocket cloud for all HTTP tests: the synthesized template, its functions in threads of this process. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "desk-http-"));
  const port = await freePorts();
  const { assembly } = await prepare({ port, directory });
  // For the setups that come after this one.
  process.env.FUNCTIONS_BUNDLED = "yes";
  withoutRemovedGrant(assembly);
  withTwoKeys(directory);
  const cloud = await startPocketCloud({ assembly, port, directory, exactMemory: false, record: recordOf("http") });
  const { api, objectStore, vendor } = cloud.endpoints;
  project.provide("cloud", { api, objectStore, vendor, control: `http://127.0.0.1:${port + 6}/_control`, directory, port });
  return async () => {
    await cloud.close();
    // Fails the run when it finds something: the logs are complete only now.
    forget(directory);
  };
}
