import type { Document } from "../domain/document.ts";
import { isDocumentId } from "../domain/identifiers.ts";
import type { Principal } from "../domain/principal.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { Policy } from "../policy/policy.ts";
import type { Clock, DocumentStore, Documents, Requests } from "../ports.ts";
import { seen } from "./sight.ts";

type Deps = {
  readonly requests: Pick<Requests, "find">;
  readonly documents: Pick<Documents, "find">;
  readonly store: Pick<DocumentStore, "downloadLink">;
  readonly clock: Clock;
  readonly policy: Policy;
};

/** A document's state, and a link to its bytes once they are verified; never before. */
export async function readDocument(
  deps: Deps,
  principal: Principal,
  { requestId, documentId }: { requestId: string; documentId: string },
): Promise<Result<{ document: Document; download: { url: string; expiresAt: string } | null }>> {
  const request = await seen(deps, principal, requestId);
  if (!request.ok) return request;
  const document = isDocumentId(documentId) ? await deps.documents.find(request.value.id, documentId) : undefined;
  if (!document) return refuse("document-not-found", "The request has no such document.");
  const download =
    document.status === "available" && document.recordsVersionId !== null
      ? await deps.store.downloadLink(document, document.recordsVersionId, deps.clock.now())
      : null;
  return ok({ document, download });
}
