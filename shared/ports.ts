import type { QueueHead } from "./domain/ageing.ts";
import type { AuthorizationUse } from "./domain/authorization.ts";
import type { Benefit, BenefitKey } from "./domain/benefit.ts";
import type { Instant } from "./domain/calendar.ts";
import type { DecidedAsk } from "./domain/decided-asks.ts";
import type { Document } from "./domain/document.ts";
import type { RequestEvent } from "./domain/events.ts";
import type { StoredFile } from "./domain/file-check.ts";
import type { DocumentId, NoticeId, RequestId } from "./domain/identifiers.ts";
import type { Notice } from "./domain/notice.ts";
import type { Letter } from "./domain/notice-letter.ts";
import type { Period } from "./domain/period.ts";
import type { Request } from "./domain/request.ts";
import type { Change } from "./domain/transition.ts";
import type { Queue } from "./domain/vocabulary.ts";
import type { RulesVersion } from "./policy/policies.ts";
import type { Policy } from "./policy/policy.ts";
import type { RulesBundle } from "./policy/rules-bundle.ts";

/** What the use cases need from the world, in the domain's words. */

export type Clock = { now(): Instant };

export type Page<Item> = {
  readonly items: readonly Item[] /** Where the next page begins; absent at the end. */;
  readonly next?: string;
};

export type Requests = {
  /** Consistent; upcast to the present schema. */
  find(id: RequestId): Promise<Request | undefined>;
  findWithDocuments(id: RequestId): Promise<{ request: Request; documents: readonly Document[] } | undefined>;
  findMany(ids: readonly RequestId[]): Promise<readonly Request[]>;
  /** One conditional write: `existing` when the id is taken, with the fingerprint it was made from. */
  create(change: Change, fingerprint: string): Promise<{ existing: Request; fingerprint: string } | undefined>;
  /** The one it was made from, for judging a replay. */
  fingerprintOf(id: RequestId): Promise<{ existing: Request; fingerprint: string } | undefined>;
  /** One write, conditional on `expectedVersion`. @returns false when somebody else was first */
  save(change: Change, expectedVersion: number): Promise<boolean>;
  /** Latest change first, not before `updatedSince`; `after` continues a page. */
  ofOrganization(
    organization: string,
    options: { updatedSince?: Instant; limit: number; after?: string },
  ): Promise<Page<RequestId>>;
  ofMember(memberId: string, options: { limit: number; after?: string }): Promise<Page<RequestId>>;
  /** What waits in a queue, the earliest due first: of all shards the same number is read, however much is stored. */
  inQueue(queue: Queue, options: { limit: number; after?: string }): Promise<Page<RequestId>>;
  /** The whole history in order, what is not published yet included. */
  history(id: RequestId): Promise<readonly RequestEvent[]>;
};

/** What waits in a queue, counted from its head and by keys alone: of all shards at most the same number is read, however much is stored. */
export type Queues = { head(queue: Queue): Promise<QueueHead> };

/** The plan's rules by time. Clocks, vendors and settings are the deployment's own in every version. */
export type Policies = {
  /** The version that judges what is received at this moment. May lag by a minute behind an adoption. */
  at(receivedAt: Instant): Promise<Policy>;
  /** The version that a request was judged by. One that nobody knows any more: that in force at the request's receipt. */
  of(version: string, receivedAt: Instant): Promise<Policy>;
};

/** A version in the register, and what tells its rules from others under the same name. */
export type AdoptedVersion = RulesVersion & { readonly digest: string };

/** Versions of the rules beside the one that is built in: each is kept for ever, and the register says in which order they came. */
export type PolicyRegister = {
  /** Consistent; `revision` tells `save` what was seen. */
  read(): Promise<{ adopted: readonly AdoptedVersion[]; revision: number }>;
  /** Keeps the rules under their version; kept again, they stay as they are. @returns what stood in the way, and then nothing is kept */
  keep(rules: RulesBundle): Promise<"version-taken" | "too-large" | undefined>;
  /** @returns false when somebody else was first */
  save(adopted: readonly AdoptedVersion[], revision: number): Promise<boolean>;
};

/** Rules as somebody has proposed them. @returns undefined for more bytes than rules can have */
export type ProposedRules = { read(proposal: KeptVersion): Promise<Uint8Array | undefined> };

/** Restores of the table to an earlier moment, as they are noted in the table itself. */
export type Restores = {
  /** Of the last restore, 0 without one: chains that begin now carry it. May lag by a minute. */
  epoch(): Promise<number>;
  /**
   * Begins a new epoch in a table that was restored to this moment. Epochs are Unix seconds and not counted, so that no two restores
   * ever share one, even when the second goes back behind the first. @returns the same for a repeat
   */
  begin(restoredTo: Instant, now: Instant): Promise<number>;
};

/** One version of an object, by what it is a version of. */
export type KeptVersion = { readonly key: string; readonly versionId: string };

/** All that there is, page by page. Only a restore needs to see it. */
export type Inventory = {
  requests(after: string | undefined): Promise<Page<RequestId>>;
  /** Versions in a bucket, in the order of their keys; those of one request only when it is named. */
  versions(bucket: "intake" | "records", of: { requestId?: RequestId; after?: string | undefined }): Promise<Page<KeptVersion>>;
  /** SHA-256 of a version in the records, in base64, as it was stored with it. */
  checksum(version: KeptVersion): Promise<string | undefined>;
};

export type Documents = {
  find(requestId: RequestId, id: DocumentId): Promise<Document | undefined>;
  /** @returns false when it exists already */
  create(document: Document): Promise<boolean>;
  /** Conditional on the version before. @returns false when somebody else was first */
  save(document: Document): Promise<boolean>;
};

export type UploadForm = { readonly url: string; readonly fields: Readonly<Record<string, string>>; readonly expiresAt: Instant };

export type DocumentStore = {
  /** A presigned POST whose policy fixes key, type, checksum and size to the byte. */
  uploadForm(document: Document, now: Instant): Promise<UploadForm>;
  /** A presigned link to the verified version, as an attachment named by the document's id. */
  downloadLink(document: Document, recordsVersionId: string, now: Instant): Promise<{ url: string; expiresAt: Instant }>;
  /** Size, checksum and first bytes of one uploaded version, read without holding it in memory. */
  inspect(key: string, versionId: string): Promise<StoredFile>;
  /** Copies one version from intake to the records; repeated, it answers the copy made before. */
  keep(document: Document, versionId: string): Promise<{ recordsVersionId: string }>;
};

/** Puts a letter on paper: the same letter in the same bytes, whenever and wherever it is printed. */
export type NoticePrinter = { print(letter: Letter): Promise<Uint8Array> };

/** Where letters are kept for as long as records are. */
export type NoticeRecords = {
  keep(requestId: RequestId, id: NoticeId, bytes: Uint8Array): Promise<{ recordsVersionId: string }>;
};
/** Presigned links to letters that are kept. */
export type NoticeLinks = {
  downloadLink(requestId: RequestId, notice: Notice, now: Instant): Promise<{ url: string; expiresAt: Instant }>;
};

/** The plan's directory and roster. Unknown NPI: not participating, of no organization. */
export type DirectoryEntry = {
  /** When the provider takes part in the network; empty: never. */
  readonly participation: readonly Period[];
  readonly organizations: readonly string[];
  readonly home: string | null;
};
export type Directory = { lookUp(npis: readonly string[]): Promise<ReadonlyMap<string, DirectoryEntry>> };

/** A member as the plan's eligibility data have it. */
export type Member = {
  readonly eligible: readonly Period[];
  readonly programs: readonly (Period & { readonly program: string })[];
};
/** @returns undefined for a member whom the data do not know */
export type Members = { find(memberId: string): Promise<Member | undefined> };

/** What members have of their benefits. */
export type Benefits = {
  keyOf(memberId: string, benefit: string, from: string): BenefitKey;
  /** Consistent; one that nobody has drawn on is untouched. */
  find(key: BenefitKey): Promise<Benefit>;
  /** Conditional on the version before. @returns false when somebody else was first */
  save(benefit: Benefit): Promise<boolean>;
  /** What has to be looked into, `limit` at most per shard. */
  due(now: Instant, limit: number): Promise<readonly BenefitKey[]>;
  /** Looked into again not before then. */
  putOff(key: BenefitKey, until: Instant): Promise<void>;
};

/** What claims have taken of authorizations. */
export type Authorizations = {
  useOf(requestId: RequestId): Promise<AuthorizationUse>;
  /** Conditional on the version before. @returns false when somebody else was first */
  save(use: AuthorizationUse): Promise<boolean>;
};

/**
 * Everything that was ever asked for and decided, one small entry each: what is reported is summed from them when somebody asks. A
 * decision is in it some seconds after it was made.
 */
export type DecisionLedger = {
  /** One conditional write: what a later version of the request has said stands, and a repeat changes nothing. */
  record(entry: DecidedAsk): Promise<void>;
  /** Takes out what no request stands for. Only a rebuild finds such a thing. */
  remove(entry: DecidedAsk): Promise<void>;
  /** What stands in the places of these, of many at once; what is not there is left out. Reads are consistent. */
  find(entries: readonly DecidedAsk[]): Promise<readonly DecidedAsk[]>;
  /** Decided from `from` on and before `to`, in no particular order. */
  decided(from: Instant, to: Instant): Promise<readonly DecidedAsk[]>;
  /** Decided in a calendar year of the plan's time zone, in no particular order. */
  year(year: number): Promise<readonly DecidedAsk[]>;
};

/** Who asks for something at present, kept apart from the requests: of the same asked twice at once, one goes on. */
export type DuplicateGuards = {
  /**
   * One conditional write: the place goes to this request when it is free, its own already, or held by `before`.
   *
   * @param asked in full; it stands sealed in the key
   * @returns who holds it otherwise, and since when
   */
  claim(
    asked: string,
    requestId: RequestId,
    now: Instant,
    before?: RequestId,
  ): Promise<{ readonly requestId: RequestId; readonly claimedAt: Instant } | undefined>;
};

/** Ids that follow from what they stand for, so that a repeat meets its first. */
export type Ids = {
  request(caller: string, operation: string, key: string): RequestId;
  document(requestId: RequestId, sha256: string, size: number, contentType: string): DocumentId;
};

/** Outbox of one request as it is stored. */
export type PendingEvents = { readonly lastSequence: number; readonly events: readonly RequestEvent[] };

export type Outbox = {
  pending(id: RequestId): Promise<PendingEvents | undefined>;
  /** Writes the event's final bytes. @returns the hash that stands there already when it is another event's */
  record(event: RequestEvent): Promise<{ conflictingHash: string } | undefined>;
  /** Removes what was published, only if nothing was added since `lastSequence`; unless there is `more`, nothing waits any longer. @returns false when something was */
  clear(id: RequestId, sequences: readonly number[], lastSequence: number, rest: { more: boolean }): Promise<boolean>;
  /** Requests whose oldest pending event is older than `before`, oldest first, `limit` at most per shard. */
  waiting(before: Instant, limit: number): Promise<readonly RequestId[]>;
};

export type Bus = { /** @returns false when the bus did not take it */ publish(event: RequestEvent): Promise<boolean> };

export type Wake = { readonly requestId: RequestId; readonly documentId?: DocumentId; readonly at: Instant; readonly key: string };
export type Timers = {
  /** What is due, oldest first, `limit` at most per shard. */
  due(now: Instant, limit: number): Promise<readonly Wake[]>;
  /** Puts off a timer that failed; after the eighth attempt it leaves the timers for the exceptions queue. */
  putOff(wake: Wake, now: Instant): Promise<{ attempts: number; givenUp: boolean }>;
};

/** How far behind the desk is. Counts end at a limit: beyond it, more is only more. */
export type Standing = {
  /** The event that has waited longest to be published. */
  readonly oldestPendingAt: Instant | undefined;
  /** The earliest wake-up, due or not. */
  readonly nextTimerAt: Instant | undefined;
  /** Open requests whose clock has run out. */
  readonly overdueRequests: number;
  /** Referrals that the vendor should have acknowledged by now. */
  readonly silentReferrals: number;
  /** Uploads whose check or scan should have ended by now. */
  readonly unverifiedDocuments: number;
};
export type Watch = { standing(now: Instant): Promise<Standing> };

export type VendorReply =
  | { readonly taken: true }
  | { readonly taken: false; readonly permanent: boolean; readonly reason: string };
export type Vendor = {
  /** Signed, with timeout, without redirects, bounded, retried with jitter; `key` makes repeats harmless. */
  refer(key: string, referral: unknown): Promise<VendorReply>;
  update(key: string, requestId: RequestId, news: unknown): Promise<VendorReply>;
};

/** An e-mail: no personal data, neither in its subject nor in its text. */
export type Email = { readonly to: string; readonly subject: string; readonly text: string };
export type Mail = { send(email: Email): Promise<void> };

/** Which events somebody was told of by e-mail. */
export type MailLog = {
  /**
   * Whoever begins has the event alone until `until`: then it counts as stopped on the way, and anybody may begin again.
   * @returns "sent" and "under-way": it is not for the caller to send
   */
  begin(event: MailedEvent, now: Instant, until: Instant): Promise<"begun" | "sent" | "under-way">;
  done(event: MailedEvent, now: Instant): Promise<void>;
  /** It was not sent: anybody may begin again. */
  stopped(event: MailedEvent): Promise<void>;
};
export type MailedEvent = { readonly requestId: RequestId; readonly sequence: number; readonly epoch: number };

/** Keys under which the vendor's messages may be signed: two live at once, so that one can be changed. */
export type VendorKeys = { find(keyId: string): Promise<string | undefined> };

/** How much an organization, or a person without one, may send within an hour of the clock. */
export type UploadLimits = { readonly documents: number; readonly bytes: number };
export type UploadAllowance = {
  /** Counts one document of so many bytes. @returns false when that would be more than the limits */
  take(
    caller: { readonly organization: string | null; readonly subject: string },
    bytes: number,
    limits: UploadLimits,
    now: Instant,
  ): Promise<boolean>;
};

/** The plan's register of machine clients. @returns undefined for one that calls for no organization */
export type Clients = { organizationOf(clientId: string): Promise<string | undefined> };
