import type { Instant } from "../domain/calendar.ts";
import { type Document, reattached, uploadLost } from "../domain/document.ts";
import { type DocumentId, isDocumentId, isRequestId, type NoticeId, type RequestId } from "../domain/identifiers.ts";
import { owedNotices } from "../domain/notice.ts";
import type { Request } from "../domain/request.ts";
import { ok } from "../domain/result.ts";
import { apply } from "../domain/transition.ts";
import { recordNotices } from "../domain/transitions/record-notices.ts";
import { restoreHistory } from "../domain/transitions/restore.ts";
import { type DocumentStatus, documentStatuses } from "../domain/vocabulary.ts";
import { verdictOverdueFrom } from "../domain/watch.ts";
import type { Bus, Documents, Inventory, KeptVersion, Outbox, Requests, Restores } from "../ports.ts";
import { type ChangeDeps, change } from "./change.ts";
import { relayOutbox } from "./relay-outbox.ts";
import { tellRequest } from "./verify-document.ts";

export type ReconcileDeps = Omit<ChangeDeps, "requests"> & {
  readonly requests: Pick<Requests, "find" | "findWithDocuments" | "history" | "save">;
  readonly documents: Pick<Documents, "find" | "save">;
  readonly inventory: Inventory;
  readonly restores: Pick<Restores, "begin">;
  readonly outbox: Outbox;
  readonly bus: Bus;
};

/** What a person has to look at: table and buckets do not fit, and no rule says which of them is right. */
export type FindingKind =
  /** The document is available, and the records have not got its version. */
  | "available-not-kept"
  /** The records hold it, and the table says that it was rejected. */
  | "rejected-but-kept"
  /** The records hold something under its key, and not its bytes. */
  | "kept-with-other-bytes"
  /** The request lists it, and nothing else is known of it. */
  | "listed-not-described"
  /** The records hold it, and the table does not know it: it was registered after the moment of the restore. */
  | "record-without-document"
  /** The same of what was uploaded and never verified; it is gone in a day. */
  | "upload-without-document"
  /** It was uploaded after the moment of the restore and not verified since: the form has to be used again, or a new one asked for. */
  | "upload-not-heard-of"
  /** The records hold a letter of a decision that the table does not know: it was made after the moment of the restore, and may be read. */
  | "letter-without-decision"
  /** Could not be reconciled: run again, or see the log. */
  | "failed";
export type Finding = {
  readonly kind: FindingKind;
  readonly requestId: RequestId;
  readonly documentId?: DocumentId;
  readonly noticeId?: NoticeId;
};

/** Where to go on, sealed to nothing: it is handed from one call of the operator to the next. */
export type ReconcileCursor = { readonly phase: Phase; readonly after?: string };
type Phase = (typeof phases)[number];
const phases = ["requests", "records", "intake"] as const;

export type Reconciled = {
  readonly epoch: number;
  readonly requests: number;
  /** Of these, how many got their new epoch now. */
  readonly restored: number;
  /** Events that had waited, the new epoch's own included. */
  readonly published: number;
  /** The documents of the table, as they stand now. */
  readonly documents: Readonly<Record<DocumentStatus, number>>;
  /** Available again by what the records hold. */
  readonly reattached: number;
  /** Given up, because what was heard of the upload is lost. */
  readonly uploadsLost: number;
  /** Letters that were written after the moment of the restore, and are noted on their requests again. */
  readonly lettersTakenUp: number;
  /** Documents that the buckets hold a version of, and letters among the records. */
  readonly stored: { readonly records: number; readonly intake: number; readonly letters: number };
  readonly findings: readonly Finding[];
  /** Absent at the end. */
  readonly next?: ReconcileCursor;
};

type Tally = { -readonly [Name in keyof Omit<Reconciled, "next">]: Reconciled[Name] };

/** Requests that are looked after at the same time. */
const width = 8;

/**
 * After the table was restored to an earlier moment: begins an epoch in every request's history, brings the documents in line with
 * what the records hold, publishes what had not been, and accounts for every document. Changes nothing that is in line, so it may
 * stop anywhere and run again, and should: once more when the queues are empty and clients have repeated what was lost.
 *
 * @param hasTime asked before each page; when it says no, the answer says where to go on
 */
export async function reconcile(
  deps: ReconcileDeps,
  { restoredTo, cursor }: { restoredTo: Instant; cursor?: ReconcileCursor },
  hasTime: () => boolean,
  onFailure: (requestId: RequestId, error: unknown) => void,
): Promise<Reconciled> {
  const epoch = await deps.restores.begin(restoredTo, deps.clock.now());
  const tally: Tally = {
    epoch,
    requests: 0,
    restored: 0,
    published: 0,
    documents: Object.fromEntries(documentStatuses.map((status) => [status, 0])) as Record<DocumentStatus, number>,
    reattached: 0,
    uploadsLost: 0,
    lettersTakenUp: 0,
    stored: { records: 0, intake: 0, letters: 0 },
    findings: [],
  };
  let next: ReconcileCursor | undefined = cursor ?? { phase: "requests" };
  while (next && hasTime()) {
    const { phase, after }: ReconcileCursor = next;
    const end: string | undefined =
      phase === "requests"
        ? await requestsPage(deps, { epoch, restoredTo }, after, tally, onFailure)
        : await storedPage(deps, phase, after, tally);
    const following: Phase | undefined = phases[phases.indexOf(phase) + 1];
    next = end !== undefined ? { phase, after: end } : following && { phase: following };
  }
  return { ...tally, ...(next ? { next } : {}) };
}

type Restore = { readonly epoch: number; readonly restoredTo: Instant };

async function requestsPage(
  deps: ReconcileDeps,
  restore: Restore,
  after: string | undefined,
  tally: Tally,
  onFailure: (requestId: RequestId, error: unknown) => void,
): Promise<string | undefined> {
  const { items, next } = await deps.inventory.requests(after);
  await Promise.all(
    Array.from({ length: width }, async (_, lane) => {
      for (const id of items.filter((_id, index) => index % width === lane)) {
        try {
          await reconcileRequest(deps, restore, id, tally);
        } catch (error) {
          // One that resists must not hold up the others.
          onFailure(id, error);
          tally.findings = [...tally.findings, { kind: "failed", requestId: id }];
        }
      }
    }),
  );
  return next;
}

async function reconcileRequest(deps: ReconcileDeps, restore: Restore, id: RequestId, tally: Tally): Promise<void> {
  tally.requests += 1;
  if (await goesOn(deps, restore, id)) tally.restored += 1;

  const found = await deps.requests.findWithDocuments(id);
  if (!found) throw new Error("a request that was there is gone");
  const kept = found.documents.length > 0 ? await keptOf(deps, id) : [];
  for (const before of found.documents) {
    const { document, finding } = await inLine(
      deps,
      before,
      kept.filter(({ key }) => key === `${id}/${before.id}`),
    );
    tally.documents = { ...tally.documents, [document.status]: tally.documents[document.status] + 1 };
    if (document.status !== before.status) {
      if (document.status === "available") tally.reattached += 1;
      if (document.status === "expired") tally.uploadsLost += 1;
    }
    if (finding) tally.findings = [...tally.findings, { kind: finding, requestId: id, documentId: document.id }];
    await tell(deps, found.request, document);
  }
  const described = new Set<string>(found.documents.map((document) => document.id));
  for (const { id: documentId } of found.request.documents)
    if (!described.has(documentId))
      tally.findings = [...tally.findings, { kind: "listed-not-described", requestId: id, documentId }];

  tally.published += await relayOutbox(deps, id);
}

/** @returns whether the request's history was not yet in this epoch */
async function goesOn(deps: ReconcileDeps, restore: Restore, id: RequestId): Promise<boolean> {
  const load = async () => {
    const request = await deps.requests.find(id);
    if (!request) throw new Error("a request that was there is gone");
    return ok(request);
  };
  let behind = false;
  const done = await change(deps, load, { type: "system", id: "restore" }, (request, context) => {
    behind = request.epoch < restore.epoch;
    return apply(restoreHistory, request, restore, context);
  });
  if (!done.ok) throw new Error(done.refusal.problem);
  return behind;
}

async function keptOf({ inventory }: ReconcileDeps, requestId: RequestId): Promise<readonly KeptVersion[]> {
  const kept: KeptVersion[] = [];
  let after: string | undefined;
  do {
    const page = await inventory.versions("records", { requestId, after });
    kept.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return kept;
}

type Judged = { readonly document: Document; readonly finding?: FindingKind };

/** The document as table and records together have it. Only verified versions get into the records, so what is there needs no new scan. */
async function inLine(deps: ReconcileDeps, before: Document, kept: readonly KeptVersion[]): Promise<Judged> {
  for (let document = before; ; ) {
    const judged = await judge(deps, document, kept);
    if (judged.document === document || (await deps.documents.save(judged.document))) return judged;
    const again = await deps.documents.find(document.requestId, document.id);
    if (!again) throw new Error("a document that was there is gone");
    document = again;
  }
}

async function judge({ inventory, clock }: ReconcileDeps, document: Document, kept: readonly KeptVersion[]): Promise<Judged> {
  if (document.status === "available")
    return kept.some(({ versionId }) => versionId === document.recordsVersionId)
      ? { document }
      : { document, finding: "available-not-kept" };
  for (const version of kept) {
    if ((await inventory.checksum(version)) !== document.description.sha256) continue;
    return document.status === "rejected"
      ? { document, finding: "rejected-but-kept" }
      : { document: reattached(document, version.versionId) };
  }
  if (kept.length > 0) return { document, finding: "kept-with-other-bytes" };
  const overdueFrom = verdictOverdueFrom(document);
  return overdueFrom !== null && overdueFrom <= clock.now() ? { document: uploadLost(document) } : { document };
}

/** A request that had not yet heard of its document's end, or whose document has come back. */
async function tell(deps: ReconcileDeps, request: Request, document: Document): Promise<void> {
  const { status } = document;
  const attached = request.documents.find(({ id }) => id === document.id);
  if (attached?.status !== status && (status === "available" || status === "rejected" || status === "expired"))
    await tellRequest(deps, document, status);
}

/** What a bucket holds and the table does not know. */
async function storedPage(
  deps: ReconcileDeps,
  bucket: "records" | "intake",
  after: string | undefined,
  tally: Tally,
): Promise<string | undefined> {
  const { inventory, documents } = deps;
  const { items, next } = await inventory.versions(bucket, { after });
  // Versions of one document follow each other; at a page's edge it may be counted in both.
  for (const { key, versionId } of new Map(items.map((version) => [version.key, version])).values()) {
    const letter = letterAt(key);
    if (letter) {
      await letterInLine(deps, { ...letter, recordsVersionId: versionId }, tally);
      continue;
    }
    const [requestId = "", documentId = ""] = key.split("/");
    if (!isRequestId(requestId) || !isDocumentId(documentId)) continue;
    tally.stored = { ...tally.stored, [bucket]: tally.stored[bucket] + 1 };
    const document = await documents.find(requestId, documentId);
    const kind = findingOf(bucket, document);
    if (kind) tally.findings = [...tally.findings, { kind, requestId, documentId }];
  }
  return next;
}

/** `notices/<request>/<notice>.pdf` */
function letterAt(key: string): { requestId: RequestId; id: NoticeId } | undefined {
  const [, requestId = "", id = ""] = /^notices\/([^/]+)\/([^/]+)\.pdf$/.exec(key) ?? [];
  return isRequestId(requestId) ? { requestId, id: id as NoticeId } : undefined;
}

type KeptLetter = { readonly requestId: RequestId; readonly id: NoticeId; readonly recordsVersionId: string };

/** A letter of something that the request's history still tells is noted on it; of anything else, somebody has to know. */
async function letterInLine(deps: ReconcileDeps, { requestId, id, recordsVersionId }: KeptLetter, tally: Tally): Promise<void> {
  tally.stored = { ...tally.stored, letters: tally.stored.letters + 1 };
  const request = await deps.requests.find(requestId);
  if (request?.notices.some((noted) => noted.id === id)) return;
  const history = request ? await deps.requests.history(requestId) : [];
  const owed = request && history.flatMap((event) => owedNotices(request, event)).find((notice) => notice.id === id);
  if (!owed) {
    tally.findings = [...tally.findings, { kind: "letter-without-decision", requestId, noticeId: id }];
    return;
  }
  const { audience, kind, at, lines } = owed;
  const load = async () => {
    const found = await deps.requests.find(requestId);
    if (!found) throw new Error("a request that was there is gone");
    return ok(found);
  };
  const noted = await change(deps, load, { type: "system", id: "restore" }, (found, context) =>
    apply(recordNotices, found, { notices: [{ id, audience, kind, at, lines, recordsVersionId }] }, context),
  );
  if (!noted.ok) throw new Error(noted.refusal.problem);
  tally.lettersTakenUp += 1;
}

function findingOf(bucket: "records" | "intake", document: Document | undefined): FindingKind | undefined {
  if (!document) return bucket === "records" ? "record-without-document" : "upload-without-document";
  return bucket === "intake" && document.status === "awaiting-upload" ? "upload-not-heard-of" : undefined;
}
