import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type FileHandle, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Checksums } from "./checksums.ts";
import type { CorsRule } from "./cors.ts";

export type Retention = { mode: "GOVERNANCE" | "COMPLIANCE"; until: string };

export type BucketSettings = {
  name: string;
  versioned: boolean;
  /** Rules as in CloudFormation's `CorsConfiguration`. */
  cors?: CorsRule[];
  objectLock?: boolean;
  /** What a locked bucket keeps new versions for when the writer says nothing. */
  defaultRetention?: { mode: Retention["mode"]; days: number };
};

export type CreationReason = "PostObject" | "PutObject" | "CopyObject";

/** What the creator of a version decides about it. */
export type VersionFacts = {
  key: string;
  size: number;
  /** MD5 in hex, without quotes. */
  etag: string;
  /** Header name (lower case) to value, sent back on reads: content type, disposition, `x-amz-meta-*` … */
  headers: Record<string, string>;
  checksums: Checksums;
  retention?: Retention;
  reason: CreationReason;
};

type Placed = { file: string; key: string; versionId: string; sequence: number; lastModified: string };
export type ObjectVersion = Placed & VersionFacts & { deleteMarker: false };
export type DeleteMarker = Placed & { deleteMarker: true };
export type Version = ObjectVersion | DeleteMarker;

/** Bytes on their way in: visible to nobody until committed. */
export type Draft = { file: string; path: string };

export type Bucket = ReturnType<typeof openBucket>;

/** Grows with every version, so that a reader of events can tell an older one from a newer one of the same key by comparing strings. */
export const sequencerOf = (version: Version): string => version.sequence.toString(16).toUpperCase().padStart(16, "0");

const newestFirst = (one: Version, other: Version): number => other.sequence - one.sequence;

/**
 * One bucket on disk. A version is two files, `<id>.bytes` and `<id>.json`; it exists from the moment the second one is renamed into
 * place, after the first one was synced, so a crash leaves either a whole version or a stray that the next start removes.
 * A third file, `<id>.unannounced`, lives from just before that moment until the version's creation was announced.
 */
export const openBucket = (directory: string, settings: BucketSettings, now: () => Date) => {
  const folder = join(directory, settings.name);
  mkdirSync(folder, { recursive: true });
  const pathOf = (file: string, kind: "bytes" | "json" | "unannounced") => join(folder, `${file}.${kind}`);

  const versions = new Map<string, Version[]>();
  const loaded = loadVersions(folder);
  for (const version of loaded.versions)
    versions.set(version.key, [...(versions.get(version.key) ?? []), version].sort(newestFirst));
  let lastSequence = loaded.versions.reduce((highest, { sequence }) => Math.max(highest, sequence), 0);

  let turn: Promise<unknown> = Promise.resolve();
  /** One change of the bucket at a time: a condition on what is there holds until the change is on disk. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const result = turn.then(change);
    turn = result.catch(() => undefined);
    return result;
  };

  const current = (key: string): Version | undefined => versions.get(key)?.[0];

  const place = async (version: Version): Promise<void> => {
    await writeDurably(`${pathOf(version.file, "json")}.draft`, JSON.stringify(version));
    await rename(`${pathOf(version.file, "json")}.draft`, pathOf(version.file, "json"));
    await syncFolder(folder);
    const others = versions.get(version.key) ?? [];
    const replaced = others.filter(({ versionId }) => versionId === version.versionId);
    versions.set(version.key, [version, ...others.filter((other) => !replaced.includes(other))].sort(newestFirst));
    for (const old of replaced) await erase(old);
  };

  const erase = async ({ file }: Version): Promise<void> => {
    await rm(pathOf(file, "json"), { force: true });
    await syncFolder(folder);
    await rm(pathOf(file, "bytes"), { force: true });
    await rm(pathOf(file, "unannounced"), { force: true });
  };

  const placement = (file: string, key: string): Placed => {
    lastSequence += 1;
    return {
      file,
      key,
      versionId: settings.versioned ? randomBytes(24).toString("base64url").replaceAll("-", ".") : "null",
      sequence: lastSequence,
      lastModified: now().toISOString(),
    };
  };

  return {
    settings,
    name: settings.name,
    arn: `arn:aws:s3:::${settings.name}`,

    current,
    find: (key: string, versionId: string): Version | undefined =>
      versions.get(key)?.find((version) => version.versionId === versionId),
    /** Every version, by key in the order of its UTF-8 bytes, the newest of a key first. */
    list: (): Version[] =>
      [...versions.entries()]
        .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
        .flatMap(([, list]) => list),
    /** Versions that were stored, but whose creation was perhaps never announced. */
    unannounced: (): ObjectVersion[] =>
      [...versions.values()]
        .flat()
        .filter((version): version is ObjectVersion => !version.deleteMarker && loaded.unannounced.has(version.file)),

    draft: (): Draft => {
      const file = randomBytes(16).toString("hex");
      return { file, path: pathOf(file, "bytes") };
    },
    discard: (draft: Draft): Promise<void> => rm(draft.path, { force: true }),
    /** Makes a synced draft the key's newest version. `guard` sees what is there now and may throw. */
    commit: (draft: Draft, facts: VersionFacts, guard: (current: Version | undefined) => void): Promise<ObjectVersion> =>
      inTurn(async () => {
        guard(current(facts.key));
        const version: ObjectVersion = { ...facts, ...placement(draft.file, facts.key), deleteMarker: false };
        await writeFile(pathOf(draft.file, "unannounced"), "");
        await place(version);
        return version;
      }),
    announced: (version: ObjectVersion): Promise<void> => rm(pathOf(version.file, "unannounced"), { force: true }),

    mark: (key: string): Promise<DeleteMarker> =>
      inTurn(async () => {
        const marker: DeleteMarker = { ...placement(randomBytes(16).toString("hex"), key), deleteMarker: true };
        await place(marker);
        return marker;
      }),
    remove: (version: Version): Promise<void> =>
      inTurn(async () => {
        const rest = (versions.get(version.key) ?? []).filter((other) => other !== version);
        if (rest.length > 0) versions.set(version.key, rest);
        else versions.delete(version.key);
        await erase(version);
      }),

    pathOf: (version: ObjectVersion): string => pathOf(version.file, "bytes"),
    /** An open file outlives a deletion, so a download that began is finished. */
    open: (version: ObjectVersion): Promise<FileHandle> => open(pathOf(version.file, "bytes"), "r"),
  };
};

/** Reads what is whole and clears away what a crash left unfinished. */
const loadVersions = (folder: string): { versions: Version[]; unannounced: Set<string> } => {
  const names = new Set(readdirSync(folder));
  const newest = new Map<string, Version>();
  for (const name of names) {
    if (!name.endsWith(".json")) continue;
    const version = JSON.parse(readFileSync(join(folder, name), "utf8")) as Version;
    if (!version.deleteMarker && !names.has(`${version.file}.bytes`)) continue;
    // An unversioned object that was replaced just before a crash may still have its predecessor beside it.
    const identity = JSON.stringify([version.key, version.versionId]);
    const rival = newest.get(identity);
    if (!rival || rival.sequence < version.sequence) newest.set(identity, version);
  }
  const versions = [...newest.values()];
  const kept = new Set(versions.map(({ file }) => file));
  for (const name of names)
    if (!kept.has(name.split(".")[0] ?? "") || name.endsWith(".draft")) rmSync(join(folder, name), { force: true });
  return { versions, unannounced: new Set([...kept].filter((file) => names.has(`${file}.unannounced`))) };
};

const writeDurably = async (path: string, content: string): Promise<void> => {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** A new or renamed name is only durable once its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
