import { hash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { DocumentId, RequestId } from "../domain/identifiers.ts";

export type ItemKey = { pk: AttributeValue.SMember; sk: AttributeValue.SMember };

export const itemKey = (pk: string, sk: string): ItemKey => ({ pk: { S: pk }, sk: { S: sk } });
export const documentKey = (requestId: RequestId, id: DocumentId) => itemKey(`REQUEST#${requestId}`, `REQUEST#DOCUMENT#${id}`);
/** Padded, so that the order as text is the order of the sequence. */
export const eventKey = (requestId: RequestId, sequence: number) =>
  itemKey(`REQUEST#${requestId}`, `EVENT#${String(sequence).padStart(12, "0")}`);

/** Which versions of the plan's rules there are, beside the one that is built in. */
export const rulesRegisterKey = itemKey("POLICY", "POLICY");
export const rulesKey = (version: string) => itemKey(`POLICY#${version}`, "POLICY");

export const shardCount = 8;
export const shards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard);

/**
 * Partitions of the index `timers`, each in shards. What stands in `fires` is done when its time has come; the others are only
 * counted while they stand there past their time: open requests by their clock, referrals without an answer, uploads without a verdict.
 */
export const timeLines = { fires: "timers", clock: "clock", silence: "vendor-silence", verdict: "verdict" } as const;
export type TimeLine = (typeof timeLines)[keyof typeof timeLines];

/** A request stands always in the same shard. Ids are uniformly distributed, so are shards. */
export const shardOf = (id: RequestId): number => (hash("sha256", id, "buffer")[0] ?? 0) % shardCount;
