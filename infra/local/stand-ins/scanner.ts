import { join } from "node:path";
import * as z from "zod";
import type { Buses } from "../messages/bus.ts";
import { openJournal } from "../messages/journal.ts";
import { readProperties } from "../messages/properties.ts";
import { findThreat } from "./eicar.ts";

/** An object version that was just stored. */
export type StoredObject = {
  bucket: string;
  key: string;
  size: number;
  /** Without quotes. */
  etag: string;
  versionId: string;
  sequencer: string;
  reason: "PutObject" | "PostObject" | "CopyObject";
  /** Who stored it: an account, or a principal. */
  requester?: string;
  requestId?: string;
};

export type Scanner = {
  /** Tells the world about a new object. It is told, a restart in between or not, once this returns. */
  announceObject(object: StoredObject): Promise<void>;
  busy(): boolean;
  close(): Promise<void>;
};

export type ScannerOptions = {
  /** What is still to be told lies in `<directory>/messages/scanner.jsonl`. */
  directory: string;
  buses: Pick<Buses, "emit">;
  /** Names of the buckets whose arrivals go to EventBridge. */
  announced: readonly string[];
  /** Resolved properties of every `AWS::GuardDuty::MalwareProtectionPlan`. */
  plans: readonly unknown[];
  account: string;
  /** The bytes of one version. */
  read(object: StoredObject): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
  report?: (problem: string) => void;
};

const plan = z.object({
  ProtectedResource: z.strictObject({
    S3Bucket: z.strictObject({ BucketName: z.string(), ObjectPrefixes: z.array(z.string()).default([]) }),
  }),
});

type Pending = { id: number; object: StoredObject; verdictFirst: boolean };
type Entry = { pending: Pending } | { told: number };

/**
 * S3's "Object Created" and GuardDuty's verdict on each object. AWS promises no order between the two, so this one
 * alternates: for every second object the verdict is on the bus before the arrival.
 */
export const startScanner = ({ directory, buses, announced, plans, account, read, report = () => {} }: ScannerOptions): Scanner => {
  const protections = plans.map((resolved) => readProperties("malware protection plan", plan, resolved).ProtectedResource.S3Bucket);
  const isScanned = ({ bucket, key }: StoredObject) =>
    protections.some(
      ({ BucketName, ObjectPrefixes }) =>
        BucketName === bucket && (ObjectPrefixes.length === 0 || ObjectPrefixes.some((prefix) => key.startsWith(prefix))),
    );

  const pending = new Map<number, Pending>();
  let lastId = 0;
  const journal = openJournal<Entry>(
    join(directory, "messages", "scanner.jsonl"),
    (entry) => {
      if ("told" in entry) pending.delete(entry.told);
      else {
        pending.set(entry.pending.id, entry.pending);
        lastId = Math.max(lastId, entry.pending.id);
      }
    },
    () => [...pending.values()].map((one) => ({ pending: one })),
  );
  const running = new Set<Promise<void>>();
  let scanned = 0;
  let closed = false;

  const arrival = (object: StoredObject) => {
    if (!announced.includes(object.bucket)) return;
    buses.emit({
      source: "aws.s3",
      "detail-type": "Object Created",
      resources: [`arn:aws:s3:::${object.bucket}`],
      detail: {
        version: "0",
        bucket: { name: object.bucket },
        object: {
          key: object.key,
          size: object.size,
          etag: object.etag,
          "version-id": object.versionId,
          sequencer: object.sequencer,
        },
        "request-id": object.requestId ?? object.sequencer,
        requester: object.requester ?? account,
        reason: object.reason,
      },
    });
  };

  const verdict = (object: StoredObject, result: ScanResult) => {
    buses.emit({
      source: "aws.guardduty",
      "detail-type": "GuardDuty Malware Protection Object Scan Result",
      resources: [`arn:aws:s3:::${object.bucket}`],
      detail: {
        schemaVersion: "1.0",
        scanStatus: result.status === "FAILED" ? "FAILED" : "COMPLETED",
        resourceType: "S3_OBJECT",
        s3ObjectDetails: {
          bucketName: object.bucket,
          objectKey: object.key,
          eTag: object.etag,
          versionId: object.versionId,
          s3Throttled: false,
        },
        scanResultDetails: { scanResultStatus: result.status, threats: result.threat ? [{ name: result.threat }] : null },
      },
    });
  };

  const tell = async ({ id, object, verdictFirst }: Pending): Promise<void> => {
    const scan = isScanned(object);
    if (!verdictFirst) arrival(object);
    if (scan) {
      const result = await scanBytes(object, read);
      // The process is leaving: it is told anew at the next start.
      if (closed) return;
      verdict(object, result);
    }
    if (verdictFirst) arrival(object);
    journal.append({ told: id });
  };

  const start = (one: Pending) => {
    const run = tell(one)
      // It stays pending, and is told at the next start.
      .catch((error: unknown) => report(`An object could not be announced: ${(error as Error)?.message}`))
      .finally(() => running.delete(run));
    running.add(run);
  };
  for (const one of [...pending.values()]) start(one);

  return {
    announceObject: async (object) => {
      if (closed) throw new Error("The scanner is closed");
      const verdictFirst = isScanned(object) && scanned++ % 2 === 0;
      const one: Pending = { id: ++lastId, object, verdictFirst };
      journal.append({ pending: one });
      start(one);
    },
    busy: () => running.size > 0,
    close: async () => {
      closed = true;
      await Promise.all(running);
      journal.close();
    },
  };
};

type ScanResult = { status: "NO_THREATS_FOUND" | "THREATS_FOUND" | "FAILED"; threat?: string };

const scanBytes = async (object: StoredObject, read: ScannerOptions["read"]): Promise<ScanResult> => {
  try {
    const threat = await findThreat(await read(object));
    return threat === undefined ? { status: "NO_THREATS_FOUND" } : { status: "THREATS_FOUND", threat };
  } catch {
    // The object went away, or cannot be read: GuardDuty says so too.
    return { status: "FAILED" };
  }
};
