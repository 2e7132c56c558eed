import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { type PocketCloudOptions, startPocketCloud } from "../infra/local/pocket-cloud.ts";
import type { TokenRequest } from "../infra/local/tokens.ts";
import { synthesize } from "../infra/synthesize.ts";
import { type Caller, type CloudAddress, callerOf } from "./caller.ts";
import { freePorts } from "./free-ports.ts";
import { recordOf } from "./grants/record.ts";
import { withoutRemovedGrant } from "./grants/removal.ts";
import { forget, rememberPersonal } from "./http/private-words.ts";

/** Where the parts of a pocket cloud are, by its base port. */
export const addressOf = (directory: string, port: number): CloudAddress => ({
  api: `http://127.0.0.1:${port}`,
  objectStore: `http://127.0.0.1:${port + 2}`,
  vendor: `http://127.0.0.1:${port + 4}`,
  control: `http://127.0.0.1:${port + 6}/_control`,
  directory,
  port,
});

/** An empty directory with the template in it. The functions must have been bundled: the project's global setup sees to that. */
export async function synthesized(): Promise<{ directory: string; port: number; assembly: string }> {
  const directory = mkdtempSync(join(tmpdir(), "desk-own-"));
  const port = await freePorts();
  const assembly = join(directory, "cdk.out");
  synthesize({ stage: "local", outdir: assembly, port });
  withoutRemovedGrant(assembly);
  return { directory, port, assembly };
}

let clouds = 0;

/** Somebody with a token, at a pocket cloud whose logs are searched in the end for what was said of people. */
export const callerAt = (cloud: CloudAddress, who: TokenRequest): Promise<Caller> =>
  callerOf(cloud, who, (_method, _path, body) => rememberPersonal(cloud.directory, body));

export type OwnCloud = CloudAddress & {
  /** Again with all its data, and with functions that have read nothing yet. */
  restart: () => Promise<void>;
  close: () => Promise<void>;
};

/** A pocket cloud for one test file alone, whose clock it may move. */
export async function ownCloud(options: Pick<PocketCloudOptions, "exactMemory"> = {}): Promise<OwnCloud> {
  const place = await synthesized();
  const file = basename(expect.getState().testPath ?? "", ".test.ts");
  const start = () => {
    // Each has a record of its own: one begins empty.
    clouds += 1;
    return startPocketCloud({ ...place, record: recordOf(`${file}-${clouds}`), ...options });
  };
  let cloud = await start();
  return {
    ...addressOf(place.directory, place.port),
    restart: async () => {
      await cloud.close();
      cloud = await start();
    },
    close: async () => {
      await cloud.close();
      forget(place.directory);
    },
  };
}
