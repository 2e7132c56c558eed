import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Document, newDocument } from "../../shared/domain/document.ts";
import type { DocumentId, RequestId } from "../../shared/domain/identifiers.ts";
import { ok } from "../../shared/domain/result.ts";
import { apply } from "../../shared/domain/transition.ts";
import { registerDocument } from "../../shared/domain/transitions/documents.ts";
import type { DocumentStore, Documents, Requests } from "../../shared/ports.ts";
import { change } from "../../shared/use-cases/change.ts";
import { checkDocument, recordScan, type VerifyDeps } from "../../shared/use-cases/verify-document.ts";
import { aChange, at, policies, provider } from "../builders.ts";
import { pdf, plainText, type SentFile, sha256 } from "../files.ts";
import { chance } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());

const clock = { now: () => new Date().toISOString() };
const luck = chance(77);

/** Buckets with one upload in the intake, and a count of the copies that were made of it. */
function bucketsWith(file: SentFile, sent: Uint8Array = file.bytes) {
  const copies: string[] = [];
  const store: Pick<DocumentStore, "inspect" | "keep"> = {
    inspect: async () => ({
      size: sent.length,
      sha256: sha256(sent),
      head: sent.subarray(0, 65_536),
      detectedType: sent === file.bytes && file.contentType !== "text/plain" ? file.contentType : undefined,
    }),
    keep: async (_document, versionId) => {
      if (copies.length === 0) copies.push(versionId);
      return { recordsVersionId: `kept-${copies[0]}` };
    },
  };
  return { store, copies };
}

/** A registered document that waits for its upload. */
async function awaited(file: SentFile): Promise<Document> {
  const requestId = luck.requestId();
  await table.requests.create(aChange({}, { id: requestId }, at(clock.now())), "fingerprint");
  const id = luck.letters(26) as DocumentId;
  const load = async () => {
    const request = await table.requests.find(requestId);
    if (!request) throw new Error("the request is gone");
    return ok(request);
  };
  await change({ requests: table.requests, clock, policies }, load, provider, (request, context) =>
    apply(registerDocument, request, { id, kind: "clinical" }, context),
  );
  const description = { ...file, size: file.bytes.length, sha256: sha256(file.bytes), kind: "clinical" } as const;
  const { bytes: _, ...described } = { ...description, bytes: undefined };
  const document = newDocument({ requestId, id, description: described, now: clock.now(), uploadHours: 24 });
  await table.documents.create(document);
  return document;
}

const depsWith = (store: VerifyDeps["store"]): VerifyDeps => ({
  requests: table.requests,
  documents: table.documents,
  store,
  clock,
  policies,
});
const uploadOf = ({ requestId, id }: Document, versionId = "v1") => ({ key: `${requestId}/${id}`, versionId });

async function stateOf({ requestId, id }: Document) {
  const document = await table.documents.find(requestId, id);
  const request = await table.requests.find(requestId);
  const history = await table.requests.history(requestId);
  return {
    status: document?.status,
    reason: document?.reason,
    recordsVersionId: document?.recordsVersionId,
    known: request?.documents[0]?.status,
    missing: request?.missing,
    told: history.map((event) => event.type).filter((type) => /^document\.(available|rejected)$/.test(type)),
  };
}

const verified = {
  status: "available",
  reason: null,
  recordsVersionId: "kept-v1",
  known: "available",
  missing: [],
  told: ["document.available"],
};

describe("check and scan of one upload", () => {
  const clean = "NO_THREATS_FOUND";

  test.each([
    ["the arrival first", ["check", "scan"]],
    ["the verdict first", ["scan", "check"]],
    ["each told twice", ["scan", "scan", "check", "check", "scan"]],
  ])("end the same with %s", async (_order, steps) => {
    const { store, copies } = bucketsWith(pdf());
    const document = await awaited(pdf());
    for (const step of steps)
      await (step === "check"
        ? checkDocument(depsWith(store), uploadOf(document))
        : recordScan(depsWith(store), uploadOf(document), clean));
    expect(await stateOf(document)).toEqual(verified);
    expect(copies).toEqual(["v1"]);
  });

  test("end the same when they come many times at once", async () => {
    const { store, copies } = bucketsWith(pdf());
    const document = await awaited(pdf());
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0
          ? checkDocument(depsWith(store), uploadOf(document))
          : recordScan(depsWith(store), uploadOf(document), clean),
      ),
    );
    expect(await stateOf(document)).toEqual(verified);
    expect(copies).toEqual(["v1"]);
  });

  test("alone is not enough, whichever it is", async () => {
    const { store, copies } = bucketsWith(pdf());
    const [checked, scanned] = [await awaited(pdf()), await awaited(pdf())];
    await checkDocument(depsWith(store), uploadOf(checked));
    await recordScan(depsWith(store), uploadOf(scanned), clean);
    for (const document of [checked, scanned])
      expect(await stateOf(document)).toMatchObject({ status: "verifying", recordsVersionId: null, known: "pending", told: [] });
    expect(copies).toEqual([]);
  });

  test("count only for the same version: the first that was heard of", async () => {
    const { store, copies } = bucketsWith(pdf());
    const document = await awaited(pdf());
    await recordScan(depsWith(store), uploadOf(document, "v1"), clean);
    await checkDocument(depsWith(store), uploadOf(document, "v2"));
    await recordScan(depsWith(store), uploadOf(document, "v2"), "THREATS_FOUND");
    expect(await stateOf(document)).toMatchObject({ status: "verifying", told: [] });
    await checkDocument(depsWith(store), uploadOf(document, "v1"));
    expect(await stateOf(document)).toEqual(verified);
    expect(copies).toEqual(["v1"]);
    expect(await recordScan(depsWith(store), uploadOf(document, "v3"), "THREATS_FOUND")).toEqual({ status: "available" });
    expect(await stateOf(document)).toEqual(verified);
  });

  test.each(["THREATS_FOUND", "UNSUPPORTED", "ACCESS_DENIED", "FAILED", "SKIPPED", "", "no_threats_found"])(
    "rejects on the verdict %j, before or after a good check, and copies nothing",
    async (verdict) => {
      const { store, copies } = bucketsWith(pdf());
      const [before, after] = [await awaited(pdf()), await awaited(pdf())];
      await recordScan(depsWith(store), uploadOf(before), verdict);
      await checkDocument(depsWith(store), uploadOf(before));
      await checkDocument(depsWith(store), uploadOf(after));
      await recordScan(depsWith(store), uploadOf(after), verdict);
      for (const document of [before, after]) {
        const state = await stateOf(document);
        expect(state).toMatchObject({
          status: "rejected",
          recordsVersionId: null,
          known: "rejected",
          missing: ["clinical-documents"],
          told: ["document.rejected"],
        });
        expect(state.reason).toMatch(/malware scan.*register/i);
        // A better verdict comes too late: what was rejected once stays so.
        expect(await recordScan(depsWith(store), uploadOf(document), clean)).toEqual({ status: "rejected" });
      }
      expect(copies).toEqual([]);
    },
  );

  test.each<[string, SentFile, Uint8Array, RegExp]>([
    ["other bytes", plainText("A note.\n"), Buffer.from("B note.\n"), /checksum/],
    ["fewer bytes", plainText("A note.\n"), Buffer.from("A note."), /size/],
    ["bytes of another type", { ...pdf(), contentType: "image/png" }, pdf().bytes.subarray(0), /type announced/],
  ])("rejects %s, should the store have let them through", async (_what, file, sent, reason) => {
    const { store } = bucketsWith(file, sent);
    const document = await awaited(file);
    await checkDocument(depsWith(store), uploadOf(document));
    const state = await stateOf(document);
    expect(state).toMatchObject({ status: "rejected", told: ["document.rejected"] });
    expect(state.reason).toMatch(reason);
  });

  test("know nothing of keys that are not ours, and acknowledge them", async () => {
    const { store } = bucketsWith(pdf());
    for (const key of ["", "elsewhere", `${luck.requestId()}/${luck.letters(26)}`, "../x/y"]) {
      expect(await checkDocument(depsWith(store), { key, versionId: "v1" })).toEqual({ status: "unknown" });
      expect(await recordScan(depsWith(store), { key, versionId: "v1" }, clean)).toEqual({ status: "unknown" });
    }
  });
});

describe("an interruption", () => {
  /** Breaks off at the n-th step, before it or after its effect. @returns the same port, and whether it broke off */
  function breaking(store: VerifyDeps["store"], step: number, effect: boolean): { deps: VerifyDeps; broken: () => boolean } {
    let left = step;
    const around =
      <Arguments extends unknown[], Value>(call: (...given: Arguments) => Promise<Value>) =>
      async (...given: Arguments): Promise<Value> => {
        left -= 1;
        if (left === 0 && !effect) throw new Error("interrupted");
        const value = await call(...given);
        if (left === 0) throw new Error("interrupted");
        return value;
      };
    const requests: Pick<Requests, "find" | "save"> = {
      find: around((id: RequestId) => table.requests.find(id)),
      save: around((...given: Parameters<Requests["save"]>) => table.requests.save(...given)),
    };
    const documents: Documents = {
      find: around((...given: Parameters<Documents["find"]>) => table.documents.find(...given)),
      create: table.documents.create,
      save: around((document: Document) => table.documents.save(document)),
    };
    const interrupted = { inspect: around(store.inspect), keep: around(store.keep) };
    return { deps: { requests, documents, store: interrupted, clock, policies }, broken: () => left <= 0 };
  }

  test.each([
    ["before", false],
    ["after", true],
  ])("%s any step leaves an event that, delivered again, ends in the same state", async (_when, effect) => {
    let interruptions = 0;
    for (let step = 1; ; step += 1) {
      const { store, copies } = bucketsWith(pdf());
      const document = await awaited(pdf());
      const { deps, broken } = breaking(store, step, effect);
      const deliver = async (consume: (deps: VerifyDeps) => Promise<unknown>) => {
        await consume(deps).catch(() => {
          interruptions += 1;
          return consume(deps);
        });
      };
      await deliver((given) => checkDocument(given, uploadOf(document)));
      await deliver((given) => recordScan(given, uploadOf(document), "NO_THREATS_FOUND"));
      expect(await stateOf(document), `step ${step}`).toEqual(verified);
      expect(copies).toEqual(["v1"]);
      if (!broken()) break;
    }
    // find, inspect, save; find, save, keep, save; find, save.
    expect(interruptions).toBe(9);
  });
});
