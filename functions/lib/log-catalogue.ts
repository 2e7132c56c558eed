import type { OperationId } from "../../shared/api/operations.ts";
import type { ProblemName } from "../../shared/api/problems.ts";
import type { DocumentId, NoticeId, RequestId } from "../../shared/domain/identifiers.ts";
import type { DocumentStatus } from "../../shared/domain/vocabulary.ts";
import type { Adoption, AdoptionRefusal } from "../../shared/use-cases/adopt-policy.ts";
import type { FindingKind } from "../../shared/use-cases/reconcile.ts";
import type { Recorded } from "../../shared/use-cases/record-decision.ts";
import type { Delivery } from "../../shared/use-cases/refer-to-vendor.ts";
import type { Mailing } from "../../shared/use-cases/send-notice.ts";
import type { Superseding } from "../../shared/use-cases/supersede-authorization.ts";
import type { Written } from "../../shared/use-cases/write-notice.ts";

/**
 * Every message that a function may log, its level, and the fields that it may carry. There is no other way to write a line: the
 * compiler refuses another message, another field and another type, and a test finds whoever writes past this file.
 *
 * **Personal data.** A log is read by people who may not read requests. So a line holds nothing that a client, a member, a provider
 * or the vendor has said: no body, header, query, path or token; no name, number, address, date of birth, diagnosis, code of a
 * service or file name; no member id, NPI or subject of a token; no text of an error, which may quote any of these. What it may hold
 * is ours: words of closed vocabularies, numbers, ids that mean nothing outside (request, document, trace, message), the
 * organization that a token names, and the places in our code where an error arose. A new field is of a type that can hold nothing
 * else: a plain `string` is never one.
 *
 * Each field is checked by its shape once more when it is written; what does not fit is withheld. That is a net, not the rule.
 */

declare const holdsType: unique symbol;
type Field<Type, Optional extends boolean = false> = {
  readonly holds: (value: unknown) => boolean;
  readonly optional: Optional;
  readonly [holdsType]?: Type;
};

declare const brand: unique symbol;
type Branded<Name extends string, Base = string> = Base & { readonly [brand]: Name };
/** Given by the gateway to each call; clients are told it with every problem. */
export type TraceId = Branded<"TraceId">;
/** Given by the queue to each message. */
export type MessageId = Branded<"MessageId">;
/** Given by S3 to each version of an object. */
export type ObjectVersionId = Branded<"ObjectVersionId">;
/** Where in a file of rules: names of parts with numbers, or ids of rules. */
export type RulesPlaces = Branded<"RulesPlaces", readonly string[]>;
export type OrganizationId = Branded<"OrganizationId">;
/** Made by `errorFacts` alone. */
export type ErrorName = Branded<"ErrorName">;
export type Frames = Branded<"Frames", readonly string[]>;

const shaped =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);
const number: Field<number> = { holds: Number.isFinite, optional: false };
const word = <Type extends string>(): Field<Type> => ({ holds: shaped(/^[A-Za-z][\w.-]{0,63}$/), optional: false });
const id = <Type extends string>(): Field<Type> => ({ holds: shaped(/^[\w=+/:.-]{1,128}$/), optional: false });
const frames: Field<Frames> = {
  holds: (value) => Array.isArray(value) && value.every(shaped(/^[\w.-]+:\d+:\d+$/)),
  optional: false,
};
const rulesPlaces: Field<RulesPlaces> = {
  holds: (value) => Array.isArray(value) && value.every(shaped(/^[\w.-]{1,64}$/)),
  optional: false,
};
const optional = <Type>({ holds }: Field<Type>): Field<Type, true> => ({ holds, optional: true });

type Fields = Readonly<Record<string, Field<unknown, boolean>>>;
type Message = { readonly level: Level; readonly fields: Fields };
export type Level = "DEBUG" | "INFO" | "WARN" | "ERROR";

const operation = word<OperationId>();
const traceId = id<TraceId>();
const requestId = id<RequestId>();
const documentId = optional(id<DocumentId>());
const noticeId = optional(id<NoticeId>());
const messageId = id<MessageId>();
const organization = optional(id<OrganizationId>());
const consumer = word<Consumer>();
const relay = word<Relay>();
const job = word<Job>();
const whatFailed = { error: word<ErrorName>(), frames };

export type Consumer =
  | "adopt-policy"
  | "check-document"
  | "record-decision"
  | "supersede-authorization"
  | "record-scan"
  | "refer-to-vendor"
  | "send-notice"
  | "write-notice";
export type Relay = "relay-outbox" | "sweep-outbox";
export type Job = "run-timers" | "sweep-outbox" | "publish-metrics" | "reconcile-restore" | "rebuild-metrics";
export type Outcome = DocumentStatus | "unknown" | Delivery | Mailing | Adoption["outcome"] | Written | Recorded | Superseding;

export const catalogue = {
  "request answered": {
    level: "INFO",
    fields: { operation, status: number, milliseconds: number, traceId, problem: optional(word<ProblemName>()) },
  },
  /** An exception, answered with 422, 500 or 503. */
  "request failed": { level: "ERROR", fields: { operation, traceId, ...whatFailed } },
  "event consumed": { level: "INFO", fields: { consumer, outcome: word<Outcome>() } },
  /** The queue delivers it again, and after the last time to the dead letters. */
  "event failed": { level: "ERROR", fields: { consumer, messageId, ...whatFailed } },
  /** Proposed rules are broken: those in force stay. `findings` are all of them, `places` the first. */
  "policy refused": {
    level: "ERROR",
    fields: { reason: word<AdoptionRefusal>(), findings: number, places: rulesPlaces, objectVersion: id<ObjectVersionId>() },
  },
  /** The one that was read before goes on for an hour: what was adopted since is not known yet. Each call tries again. */
  "rules register unread": { level: "WARN", fields: whatFailed },
  "events published": { level: "INFO", fields: { relay, requestId, published: number } },
  "relay failed": { level: "ERROR", fields: { relay, requestId, ...whatFailed } },
  /** An event's number is taken by other bytes: somebody else has touched the history. */
  "history conflict": { level: "ERROR", fields: { relay, requestId } },
  /** It is tried again later. */
  "timer failed": { level: "WARN", fields: { requestId, documentId, attempts: number, ...whatFailed } },
  "timer given up": { level: "ERROR", fields: { requestId, documentId, attempts: number, ...whatFailed } },
  /** A share of a member's benefit could not be settled. It is tried again in five minutes. */
  "benefit not looked into": { level: "WARN", fields: whatFailed },
  "job ran": { level: "INFO", fields: { job, count: number } },
  "job failed": { level: "ERROR", fields: { job, ...whatFailed } },
  /** After a restore, table and buckets do not fit there: a person has to look. */
  "restore finding": { level: "WARN", fields: { requestId, documentId, noticeId, finding: word<FindingKind>() } },
  /** It is tried again when the reconciliation is run again. */
  "restore failed": { level: "ERROR", fields: { requestId, ...whatFailed } },
  /** Carries one metric of `shared/api/operational-metrics.ts`, and of whom it tells for those who look for a cause. */
  measured: { level: "INFO", fields: { requestId: optional(requestId), organization } },
} as const satisfies Record<string, Message>;

export type MessageName = keyof typeof catalogue;

type TypeOf<F> = F extends { readonly [holdsType]?: infer Type } ? NonNullable<Type> : never;
type RequiredNames<F> = { [Name in keyof F]: F[Name] extends { readonly optional: false } ? Name : never }[keyof F];

/** What a message must and may carry. */
export type FieldsOf<Name extends MessageName> = FieldTypes<(typeof catalogue)[Name]["fields"]>;
type FieldTypes<F> = { readonly [Name in RequiredNames<F>]: TypeOf<F[Name]> } & {
  readonly [Name in Exclude<keyof F, RequiredNames<F>>]?: TypeOf<F[Name]> | undefined;
};
