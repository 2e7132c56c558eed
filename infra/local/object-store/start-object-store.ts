import { createReadStream, mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Identities } from "../identities.ts";
import type { Judge } from "../judge.ts";
import { answer } from "./answer.ts";
import { type Bucket, type BucketSettings, type CreationReason, type ObjectVersion, openBucket, sequencerOf } from "./bucket.ts";

export type { BucketSettings } from "./bucket.ts";

/** A version came into being; `etag` without quotes. */
export type ObjectCreated = {
  bucket: string;
  key: string;
  versionId: string;
  size: number;
  etag: string;
  sequencer: string;
  reason: CreationReason;
};

export type ObjectStoreOptions = {
  /** 0 takes any free one. */
  port: number;
  /** Objects lie in `<directory>/buckets`. */
  directory: string;
  buckets: BucketSettings[];
  identities: Pick<Identities, "find">;
  judge: Judge;
  now: () => Date;
  region: string;
  /**
   * Awaited before an upload is acknowledged. An announcement that fails, or that a crash prevents, is repeated at the next start:
   * as with S3, an event may come twice, but never not at all.
   */
  onObjectCreated?: (event: ObjectCreated) => Promise<void>;
  onLog?: (line: string) => void;
};

export type ObjectStore = {
  /** `http://127.0.0.1:<port>`, for path-style requests. */
  url: string;
  /** Whether a change, or the announcement of one, is under way. */
  busy(): boolean;
  /** Cuts open connections and returns once nothing writes any more. */
  close(): Promise<void>;
  /** A version's bytes, for those inside the house. A version that is not there is an error of the stream. */
  read(bucket: string, key: string, versionId: string): Readable;
};

/** An S3-compatible store on 127.0.0.1: versioned, durable, and as strict with signatures and form policies as S3 is. */
export const startObjectStore = async (options: ObjectStoreOptions): Promise<ObjectStore> => {
  const folder = join(options.directory, "buckets");
  mkdirSync(folder, { recursive: true });
  const buckets = new Map(options.buckets.map((settings) => [settings.name, openBucket(folder, settings, options.now)]));
  const log = options.onLog ?? (() => undefined);

  const announce = async (bucket: Bucket, version: ObjectVersion): Promise<void> => {
    const { key, versionId, size, etag, reason } = version;
    await options.onObjectCreated?.({ bucket: bucket.name, key, versionId, size, etag, sequencer: sequencerOf(version), reason });
    await bucket.announced(version);
  };

  const store = {
    buckets,
    identities: options.identities,
    judge: options.judge,
    now: options.now,
    region: options.region,
    announce,
  };
  const running = new Set<Promise<void>>();
  const changes = new Set<Promise<void>>();
  const track = (work: Promise<void>, isChange: boolean): void => {
    for (const set of isChange ? [running, changes] : [running]) {
      set.add(work);
      work.finally(() => set.delete(work));
    }
  };

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
    track(answer(store, request, response, log), ["POST", "PUT", "DELETE"].includes(request.method ?? "")),
  );
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(options.port, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const announceAgain = async (bucket: Bucket, version: ObjectVersion): Promise<void> => {
    try {
      await announce(bucket, version);
    } catch (error) {
      log(`announcement failed, kept for the next start: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const bucket of buckets.values()) for (const version of bucket.unannounced()) track(announceAgain(bucket, version), true);

  return {
    url: `http://127.0.0.1:${port}`,
    busy: () => changes.size > 0,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(running);
    },
    read: (bucketName, key, versionId) => {
      const bucket = buckets.get(bucketName);
      const version = bucket?.find(key, versionId);
      if (bucket && version && !version.deleteMarker) return createReadStream(bucket.pathOf(version));
      const missing = new Readable({ read() {} });
      missing.destroy(new Error("No such object version"));
      return missing;
    },
  };
};
