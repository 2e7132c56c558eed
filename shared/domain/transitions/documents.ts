import { appealable, openAppeals } from "../appeal.ts";
import type { DocumentId } from "../identifiers.ts";
import { type AttachedDocument, isOpen, type Request } from "../request.ts";
import type { Refusal } from "../result.ts";
import { transition } from "../transition.ts";
import { type DocumentKind, requestStatuses } from "../vocabulary.ts";

export const maxDocuments = 50;

const standing = (request: Request, id: DocumentId) => request.documents.find((document) => document.id === id);
const withStatus = (request: Request, id: DocumentId, status: AttachedDocument["status"]): Request => ({
  ...request,
  documents: request.documents.map((document) => (document.id === id ? { ...document, status } : document)),
});

/**
 * A place for a document is given; the bytes come later, past us, to the intake bucket. With what is decided it is evidence of an
 * appeal (42 CFR 438.406(b)(4), 422.586).
 */
export const registerDocument = transition<{ id: DocumentId; kind: DocumentKind }>({
  name: "register a document",
  from: appealable,
  to: {},
  emits: ["document.registered", "document.reopened"],
  already: (request, { id }) => {
    const status = standing(request, id)?.status;
    return status !== undefined && status !== "expired";
  },
  refuses: (request, { id }) => {
    if (!isOpen(request) && openAppeals(request).length === 0) return nothingOpen(request);
    return !standing(request, id) && request.documents.length >= maxDocuments ? tooMany : undefined;
  },
  decide: (request, { id, kind }) =>
    standing(request, id)
      ? withStatus(request, id, "pending")
      : { ...request, documents: [...request.documents, { id, kind, status: "pending" }] },
  events: (before, { id }) => [{ type: standing(before, id) ? "document.reopened" : "document.registered", documentId: id }],
});

const nothingOpen = ({ status }: Request): Refusal => ({
  problem: "not-possible-now",
  detail: `The request is ${status}: documents are taken again while an appeal is open.`,
});
const tooMany: Refusal = {
  problem: "too-many-documents",
  detail: `A request carries at most ${maxDocuments} documents: combine several into one file.`,
};

/** What became of a document, whatever has become of the request meanwhile. Repeats and late news change nothing. */
export const settleDocument = transition<{ id: DocumentId; status: "available" | "rejected" | "expired" }>({
  name: "settle a document",
  from: requestStatuses,
  // Decided, when the plan's rules approve what is complete without a person.
  to: {
    "awaiting-information": ["in-review", "medical-director-review", "referred-to-vendor", "approved", "partially-approved"],
  },
  emits: ["document.available", "document.rejected", "document.expired"],
  already: (request, { id, status }) => {
    const known = standing(request, id)?.status;
    return known === undefined || known === status || known === "available" || known === "rejected";
  },
  decide: (request, { id, status }) => withStatus(request, id, status),
  events: (_before, { id, status }) => [{ type: `document.${status}`, documentId: id }],
});
