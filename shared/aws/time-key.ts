import type { Instant } from "../domain/calendar.ts";
import type { DocumentId, RequestId } from "../domain/identifiers.ts";

/**
 * Sort keys of the index of times: `<at>#<requestId>`, for a document `#<documentId>` behind it, for an open request
 * `##<dueAt>#<silentFrom>`. Older keys of silent referrals have the due time where a document's id would stand.
 */
export type TimeKey = {
  readonly at: Instant;
  readonly requestId: RequestId;
  readonly documentId?: DocumentId;
  readonly dueAt?: Instant | null;
  readonly silentFrom?: Instant | null;
};

export const timeKey = ({ at, requestId, documentId, dueAt, silentFrom }: TimeKey): string =>
  [at, requestId, documentId ?? "", dueAt ?? "", silentFrom ?? ""].join("#").replace(/#+$/, "");

export function timeKeyFrom(key: string): TimeKey {
  const [at = "", requestId = "", third = "", dueAt = "", silentFrom = ""] = key.split("#");
  const ofDocument = third !== "" && !third.includes(":");
  return {
    at,
    requestId: requestId as RequestId,
    ...(ofDocument ? { documentId: third as DocumentId } : {}),
    dueAt: dueAt || (ofDocument ? null : third || null),
    silentFrom: silentFrom || null,
  };
}
