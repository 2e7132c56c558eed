import { createHash } from "node:crypto";

/** An event as `GET …/events` answers it. */
export type HistoryEvent = {
  readonly sequence: number;
  readonly type: string;
  readonly previousHash: string;
  readonly hash: string;
};

const firstHash = "0".repeat(64);

/**
 * What is wrong with a history, seen as any reader of the API can: numbers without a gap, each event carrying the hash of the one
 * before, each hash that of the event's own content. Undefined when nothing is.
 */
export const faultInChain = (events: readonly HistoryEvent[]): string | undefined => {
  let previous = firstHash;
  for (const [index, { hash, ...content }] of events.entries()) {
    const which = `event ${index + 1} (${content.type})`;
    if (content.sequence !== index + 1) return `${which} has number ${content.sequence}`;
    if (content.previousHash !== previous) return `${which} does not continue the event before it`;
    if (hash !== createHash("sha256").update(canonical(content)).digest("hex")) return `${which} is not what its hash was made of`;
    previous = hash;
  }
  return undefined;
};

/** JSON with sorted members: RFC 8785, for the values that occur here. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
};
