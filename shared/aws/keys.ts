import { hash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { BenefitKey } from "../domain/benefit.ts";
import type { DocumentId, RequestId } from "../domain/identifiers.ts";

export type ItemKey = { pk: AttributeValue.SMember; sk: AttributeValue.SMember };

export const itemKey = (pk: string, sk: string): ItemKey => ({ pk: { S: pk }, sk: { S: sk } });
export const documentKey = (requestId: RequestId, id: DocumentId) => itemKey(`REQUEST#${requestId}`, `REQUEST#DOCUMENT#${id}`);
/** Its member is the sealed id: no member id stands in a key. */
export const benefitKey = ({ member, benefit, from }: BenefitKey) => itemKey(`BENEFIT#${member}`, `BENEFIT#${benefit}#${from}`);
export const authorizationKey = (requestId: RequestId) => itemKey(`REQUEST#${requestId}`, "AUTHORIZATION");
/** Padded, so that the order as text is the order of the sequence. */
export const eventKey = (requestId: RequestId, sequence: number) =>
  itemKey(`REQUEST#${requestId}`, `EVENT#${String(sequence).padStart(12, "0")}`);

/** That somebody was told of an event by e-mail. After a restore its number is another event's. */
export const mailKey = (requestId: RequestId, sequence: number, epoch: number) =>
  itemKey(`REQUEST#${requestId}`, `MAIL#${epoch}#${String(sequence).padStart(12, "0")}`);

/** Which versions of the plan's rules there are, beside the one that is built in. */
export const rulesRegisterKey = itemKey("POLICY", "POLICY");
export const rulesKey = (version: string) => itemKey(`POLICY#${version}`, "POLICY");

export const shardCount = 8;
export const shards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);

/**
 * Partitions of the index `timers`, each in shards. What stands in the first three is woken when its time has come: in `clock` what
 * is overdue, in `silence` what the vendor has not acknowledged in time, in `fires` all else. Uploads without a verdict are only
 * counted while they stand there past their time. Benefits stand in a line of their own, by when a share of one has to be looked into.
 */
export const timeLines = {
  fires: "timers",
  clock: "clock",
  silence: "vendor-silence",
  verdict: "verdict",
  benefits: "benefits",
} as const;
export const wakingLines = [timeLines.fires, timeLines.clock, timeLines.silence] as const;
export type TimeLine = (typeof timeLines)[keyof typeof timeLines];

/** A request stands always in the same shard, and so does a member's benefit. Ids are uniformly distributed, so are shards. */
export const shardOf = (id: string): number => (hash("sha256", id, "buffer")[0] ?? 0) % shardCount;
