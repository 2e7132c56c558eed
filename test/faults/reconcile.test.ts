import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Document, madeAvailable, newDocument, withFinding } from "../../shared/domain/document.ts";
import type { DocumentId, NoticeId, RequestId } from "../../shared/domain/identifiers.ts";
import { owedNotices } from "../../shared/domain/notice.ts";
import { ok } from "../../shared/domain/result.ts";
import { apply } from "../../shared/domain/transition.ts";
import { registerDocument } from "../../shared/domain/transitions/documents.ts";
import { missClock } from "../../shared/domain/transitions/miss.ts";
import type { Inventory, KeptVersion } from "../../shared/ports.ts";
import { change } from "../../shared/use-cases/change.ts";
import { type ReconcileDeps, type Reconciled, reconcile } from "../../shared/use-cases/reconcile.ts";
import { aChange, at, hoursAfter, policies, provider, received } from "../builders.ts";
import { chance } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());

const luck = chance(411);
const restoredTo = hoursAfter(1);
const epoch = Date.parse(hoursAfter(2)) / 1000;

/** One request with one document, what the buckets hold of it, and a reconciliation of nothing else. */
let requestId: RequestId;
let documentId: DocumentId;
let records: (KeptVersion & { sha256: string })[];
let intake: KeptVersion[];
let now: string;
beforeEach(async () => {
  requestId = luck.requestId();
  documentId = luck.letters(26) as DocumentId;
  [records, intake, now] = [[], [], hoursAfter(2)];
  await table.requests.create(aChange({}, { id: requestId }, at(received)), "fingerprint");
});

const deps = (): ReconcileDeps => {
  const inventory: Inventory = {
    requests: async () => ({ items: [requestId] }),
    // Page by page, one version each.
    versions: async (bucket, { requestId: only, after }) => {
      const all = (bucket === "records" ? records : intake).filter(({ key }) => !only || key.startsWith(`${only}/`));
      const place = Number(after ?? 0);
      return { items: all.slice(place, place + 1), ...(place + 1 < all.length ? { next: String(place + 1) } : {}) };
    },
    checksum: async ({ versionId }) => records.find((version) => version.versionId === versionId)?.sha256,
  };
  const { requests, documents, outbox, restores } = table;
  return {
    requests,
    documents,
    outbox,
    restores,
    inventory,
    bus: { publish: async () => true },
    clock: { now: () => now },
    policies,
  };
};

const run = (cursor?: Reconciled["next"], pages = Number.POSITIVE_INFINITY): Promise<Reconciled> => {
  let left = pages;
  return reconcile(
    deps(),
    { restoredTo, ...(cursor ? { cursor } : {}) },
    () => left-- > 0,
    () => {},
  );
};

const listed = async (): Promise<void> => {
  const load = async () => {
    const request = await table.requests.find(requestId);
    if (!request) throw new Error("the request is gone");
    return ok(request);
  };
  await change({ requests: table.requests, clock: { now: () => received }, policies }, load, provider, (request, context) =>
    apply(registerDocument, request, { id: documentId, kind: "clinical" }, context),
  );
};
const registered = async (): Promise<Document> => {
  await listed();
  const description = {
    fileName: "note.pdf",
    contentType: "application/pdf",
    size: 9,
    sha256: "its sum",
    kind: "clinical",
  } as const;
  const document = newDocument({ requestId, id: documentId, description, now: received, uploadHours: 24 });
  await table.documents.create(document);
  return document;
};
const kept = (versionId: string, sha256 = "its sum") => records.push({ key: `${requestId}/${documentId}`, versionId, sha256 });
const known = () => table.documents.find(requestId, documentId);
const attached = async () => (await table.requests.find(requestId))?.documents[0]?.status;

describe("a letter that the records hold", () => {
  const missed = async () => {
    const load = async () => ok(await requestAsItIs());
    const late = { requests: table.requests, clock: { now: () => hoursAfter(24 * 8) }, policies };
    const done = await change(late, load, { type: "system", id: "timers" }, (request, context) =>
      apply(missClock, request, {}, context),
    );
    if (!done.ok) throw new Error(done.refusal.problem);
    const event = (await table.requests.history(requestId)).find(({ type }) => type === "clock.missed");
    return event ? owedNotices(done.value, event) : [];
  };
  const requestAsItIs = async () => {
    const request = await table.requests.find(requestId);
    if (!request) throw new Error("the request is gone");
    return request;
  };
  const lies = (id: NoticeId) => records.push({ key: `notices/${requestId}/${id}.pdf`, versionId: "r1", sha256: "its sum" });

  test("and of which the request's history tells, is noted on it", async () => {
    const [letter] = await missed();
    if (!letter) throw new Error("no letter is owed");
    lies(letter.id);
    expect(await run()).toMatchObject({ lettersTakenUp: 1, stored: { records: 0, letters: 1 }, findings: [] });
    const { id, audience, kind, lines, at: date } = letter;
    expect((await requestAsItIs()).notices).toEqual([{ id, audience, kind, lines, at: date, recordsVersionId: "r1" }]);
    expect(await run()).toMatchObject({ lettersTakenUp: 0, stored: { letters: 1 }, findings: [] });
  });

  test("and that tells of what is lost, is told", async () => {
    const noticeId = "0".repeat(32) as NoticeId;
    lies(noticeId);
    expect(await run()).toMatchObject({
      lettersTakenUp: 0,
      findings: [{ kind: "letter-without-decision", requestId, noticeId }],
    });
    expect((await requestAsItIs()).notices).toEqual([]);
  });
});

describe("a document that", () => {
  test("awaits its upload, and that the records hold, is available again; so its request hears", async () => {
    await registered();
    kept("r1");
    expect(await run()).toMatchObject({ epoch, reattached: 1, documents: { available: 1 }, stored: { records: 1 }, findings: [] });
    expect(await known()).toMatchObject({ status: "available", recordsVersionId: "r1" });
    expect(await attached()).toBe("available");
    expect(await run()).toMatchObject({ restored: 0, published: 0, reattached: 0, documents: { available: 1 }, findings: [] });
  });

  test("is available, and not kept, is told and left as it is", async () => {
    const checked = withFinding(await registered(), "checked", "v1", { good: true });
    await table.documents.save(checked);
    await table.documents.save(madeAvailable(checked, "r1"));
    kept("another version");
    expect((await run()).findings).toEqual([{ kind: "available-not-kept", requestId, documentId }]);
    expect(await known()).toMatchObject({ status: "available" });
  });

  test("was rejected, and is kept, is told and stays rejected", async () => {
    await table.documents.save(withFinding(await registered(), "scanned", "v1", { good: false, reason: "A threat." }));
    kept("r1");
    expect((await run()).findings).toEqual([{ kind: "rejected-but-kept", requestId, documentId }]);
    expect(await known()).toMatchObject({ status: "rejected" });
    expect(await attached()).toBe("rejected");
  });

  test("is kept with other bytes is told, and not made available by them", async () => {
    await registered();
    kept("r1", "another sum");
    expect((await run()).findings).toEqual([{ kind: "kept-with-other-bytes", requestId, documentId }]);
    expect(await known()).toMatchObject({ status: "awaiting-upload" });
  });

  test("its request lists, and nobody describes, is told", async () => {
    await listed();
    expect((await run()).findings).toEqual([{ kind: "listed-not-described", requestId, documentId }]);
  });

  test("the table does not know is told, by what the buckets' keys say of it", async () => {
    kept("r1");
    intake.push({ key: `${requestId}/${documentId}`, versionId: "v1" }, { key: "of the scan's own", versionId: "v1" });
    expect(await run()).toMatchObject({
      stored: { records: 1, intake: 1 },
      findings: [
        { kind: "record-without-document", requestId, documentId },
        { kind: "upload-without-document", requestId, documentId },
      ],
    });
  });

  test("was uploaded, and not heard of, is told while its upload is awaited", async () => {
    await registered();
    intake.push({ key: `${requestId}/${documentId}`, versionId: "v1" });
    expect((await run()).findings).toEqual([{ kind: "upload-not-heard-of", requestId, documentId }]);
  });

  test("waits for a verdict is given an hour for it; then it has to be uploaded again, and its next upload counts", async () => {
    await table.documents.save(withFinding(await registered(), "checked", "v1", { good: true }, hoursAfter(2)));
    expect(await run()).toMatchObject({ documents: { verifying: 1 }, uploadsLost: 0 });
    now = hoursAfter(3);
    expect(await run()).toMatchObject({ documents: { expired: 1 }, uploadsLost: 1 });
    expect(await known()).toMatchObject({ status: "expired", upload: null, reason: expect.stringMatching(/register .* again/) });
    expect(await attached()).toBe("expired");
  });
});

test("a request's version leaps, so that no ETag from before names another state", async () => {
  await run();
  const request = await table.requests.find(requestId);
  expect(request?.version).toBeGreaterThan(1_000_000);
  expect(await table.requests.history(requestId)).toMatchObject([
    { sequence: 1, type: "request.submitted" },
    { sequence: 2, type: "history.restored", epoch, restoredTo },
  ]);
});

test("a call that runs out of time says where the next one goes on", async () => {
  kept("r1");
  records.push({ key: `${requestId}/${luck.letters(26)}`, versionId: "r2", sha256: "" });
  const calls = [await run(undefined, 2)];
  expect(calls[0]).toMatchObject({ requests: 1, stored: { records: 1 }, next: { phase: "records" } });
  for (let next = calls[0]?.next; next; next = calls.at(-1)?.next) calls.push(await run(next, 1));
  expect(calls.map(({ requests, stored }) => [requests, stored.records])).toEqual([
    [1, 1],
    [0, 1],
    [0, 0],
  ]);
});

test("a request that cannot be reconciled is told, and the reconciliation goes on", async () => {
  const broken: string[] = [];
  const told = await reconcile(
    { ...deps(), bus: { publish: async () => false } },
    { restoredTo },
    () => true,
    (id) => broken.push(id),
  );
  expect(broken).toEqual([requestId]);
  expect(told).toMatchObject({ requests: 1, findings: [{ kind: "failed", requestId }] });
});

test("each restore has an epoch of its own, later than those before; a repeat has the same", async () => {
  const { restores } = table;
  const first = await restores.begin(restoredTo, hoursAfter(5));
  expect(await restores.begin(restoredTo, hoursAfter(6))).toBe(first);
  const second = await restores.begin(received, hoursAfter(7));
  expect(second).toBeGreaterThan(first);
  expect(await restores.begin(received, hoursAfter(8))).toBe(second);
});
