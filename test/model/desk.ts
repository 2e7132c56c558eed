import type { Document } from "../../shared/domain/document.ts";
import type { RequestEvent } from "../../shared/domain/events.ts";
import type { DocumentId, RequestId } from "../../shared/domain/identifiers.ts";
import type { Request } from "../../shared/domain/request.ts";
import type { Change } from "../../shared/domain/transition.ts";
import { policy as builtIn, type Policy } from "../../shared/policy/policy.ts";
import type {
  Directory,
  DirectoryEntry,
  DocumentStore,
  Documents,
  DuplicateGuards,
  Members,
  Requests,
  Timers,
  Vendor,
  Wake,
} from "../../shared/ports.ts";
import { saltedIds } from "../../shared/sealing/ids.ts";
import { benefitsAtHand, keepingBenefits } from "../../shared/use-cases/keep-benefits.ts";
import { atOnce, type Before, benefitWorld } from "../benefit-world.ts";
import { npis } from "../builders.ts";

/** One write that was taken, in the order of the writes. */
export type Saved = {
  readonly before: Request | undefined;
  readonly after: Request;
  readonly events: readonly RequestEvent[];
};

/** What a member's office and the vendor's answers come to, said by whoever plays. */
export type Outside = {
  /** The referral is taken; else it is refused for good. */
  vendorTakes: boolean;
  /** The uploaded bytes are those that were announced. */
  filesAreGood: boolean;
};

const everything = [{ from: "2000-01-01" }];
const entry = (organization: string): DirectoryEntry => ({
  participation: everything,
  organizations: ["org-demo", "org-a"],
  home: organization,
});

/** Who takes part in the network, and for whom organizations may act. */
const entries: ReadonlyMap<string, DirectoryEntry> = new Map([
  [npis.dayton, entry("org-demo")],
  [npis.miamiValley, entry("org-imaging")],
  [npis.outside, { participation: [], organizations: ["org-demo"], home: "org-demo" }],
]);

/**
 * The whole desk in memory: the real use cases on stores that keep the conditions of the real ones. What is written is remembered in
 * order, and time passes only by `pass`.
 *
 * @param before each read and write: others may go first there, or the process may stop
 */
export function modelDesk({ policy = builtIn, before = atOnce }: { policy?: Policy; before?: Before } = {}) {
  const world = benefitWorld(policy);
  const { requests: items, benefits, uses } = world;
  const { requests: kept, authorizations, benefits: benefitStore, clock } = world.deps(before);
  const saved: Saved[] = [];
  const fingerprints = new Map<RequestId, string>();
  const histories = new Map<RequestId, RequestEvent[]>();
  const documents = new Map<string, Document>();
  const guards = new Map<string, { requestId: RequestId; claimedAt: string }>();
  const outside: Outside = { vendorTakes: true, filesAreGood: true };

  const note = (was: Request | undefined, { request, events }: Change) => {
    saved.push({ before: was, after: request, events });
    histories.set(request.id, [...(histories.get(request.id) ?? []), ...events]);
  };
  const idsOf = (which: (request: Request) => boolean) => [...items.values()].filter(which).map(({ id }) => id);

  const requests: Requests = {
    find: kept.find,
    async findWithDocuments(id) {
      const request = await kept.find(id);
      return request && { request, documents: [...documents.values()].filter(({ requestId }) => requestId === id) };
    },
    findMany: async (ids) => ids.flatMap((id) => items.get(id) ?? []),
    async create(change, fingerprint) {
      await before("create the request");
      const { id } = change.request;
      const existing = items.get(id);
      if (existing) return { existing, fingerprint: fingerprints.get(id) ?? "" };
      items.set(id, change.request);
      fingerprints.set(id, fingerprint);
      note(undefined, change);
      return undefined;
    },
    async fingerprintOf(id) {
      const existing = items.get(id);
      return existing && { existing, fingerprint: fingerprints.get(id) ?? "" };
    },
    async save(change, expected) {
      await before("write the request");
      const was = items.get(change.request.id);
      if (was?.version !== expected) return false;
      items.set(change.request.id, change.request);
      note(was, change);
      await before("after the request");
      return true;
    },
    ofOrganization: async (organization) => ({ items: idsOf((request) => request.organization === organization) }),
    ofMember: async (memberId) => ({ items: idsOf(({ submission }) => submission.member.id === memberId) }),
    inQueue: async () => ({ items: [] }),
    history: async (id) => histories.get(id) ?? [],
  };

  const nameOf = (requestId: RequestId, id: DocumentId) => `${requestId}/${id}`;
  const documentStore: Documents = {
    find: async (requestId, id) => documents.get(nameOf(requestId, id)),
    async create(document) {
      const name = nameOf(document.requestId, document.id);
      if (documents.has(name)) return false;
      documents.set(name, document);
      return true;
    },
    async save(document) {
      const name = nameOf(document.requestId, document.id);
      if (documents.get(name)?.version !== document.version - 1) return false;
      documents.set(name, document);
      return true;
    },
  };
  const store: DocumentStore = {
    uploadForm: async (_document, now) => ({ url: "https://intake.example.org", fields: {}, expiresAt: now }),
    downloadLink: async (_document, _version, now) => ({ url: "https://records.example.org", expiresAt: now }),
    async inspect(key) {
      const { size = 0, sha256 = "" } = documents.get(key)?.description ?? {};
      const good = outside.filesAreGood;
      return { size: good ? size : size + 1, sha256, head: new Uint8Array(), detectedType: "application/pdf" };
    },
    keep: async () => ({ recordsVersionId: "records-1" }),
  };
  const duplicates: DuplicateGuards = {
    async claim(asked, requestId, claimedAt, ended) {
      const holder = guards.get(asked);
      if (holder && holder.requestId !== requestId && holder.requestId !== ended) return holder;
      guards.set(asked, { requestId, claimedAt });
      return undefined;
    },
  };
  const timers: Timers = {
    async due(now) {
      const wakes: Wake[] = [];
      for (const { id, wakesAt } of items.values())
        if (wakesAt !== null && wakesAt <= now) wakes.push({ requestId: id, at: wakesAt, key: `${wakesAt}#${id}` });
      for (const { requestId, id, status, awaitedUntil: at } of documents.values())
        if (status === "awaiting-upload" && at <= now) wakes.push({ requestId, documentId: id, at, key: `${at}#${id}` });
      return wakes.sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    putOff: async () => ({ attempts: 1, givenUp: false }),
  };
  const vendor: Vendor = {
    refer: async () => (outside.vendorTakes ? { taken: true } : { taken: false, permanent: true, reason: "it was refused" }),
    update: async () => ({ taken: true }),
  };
  const directory: Directory = {
    lookUp: async (asked) => new Map(asked.flatMap((npi) => (entries.has(npi) ? [[npi, entries.get(npi) as DirectoryEntry]] : []))),
  };
  const members: Members = { find: async () => undefined };

  const deps = {
    requests,
    documents: documentStore,
    store,
    duplicates,
    timers,
    vendor,
    directory,
    members,
    authorizations,
    benefits: benefitStore,
    clock,
    policy,
    policies: world.policies,
    ids: saltedIds("a salt"),
    restores: { epoch: async () => 0 },
    allowance: { take: async () => true },
    apiUrl: "https://api.example.org",
    printer: { print: async () => new Uint8Array() },
    records: { keep: async () => ({ recordsVersionId: "records-2" }) },
  };
  const decided = { ...deps, requests: keepingBenefits(requests, deps) };

  return {
    policy,
    /** As `requests` stands in each function: plain, for whoever decides or ends, and for whoever may complete. */
    deps,
    decided,
    completing: {
      ...decided,
      benefitsAtHand: (request: Request, by: Policy) => benefitsAtHand({ benefits: benefitStore }, request, by),
    },
    requests: items,
    documents,
    benefits,
    uses,
    histories,
    saved,
    outside,
    now: world.now,
    pass: world.pass,
  };
}
export type ModelDesk = ReturnType<typeof modelDesk>;
