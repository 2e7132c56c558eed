import { type Instant, secondsToNextHour } from "../domain/calendar.ts";
import { acceptedTypes, awaitedAgain, type Document, maxDocumentBytes, newDocument } from "../domain/document.ts";
import type { DocumentId } from "../domain/identifiers.ts";
import type { Principal } from "../domain/principal.ts";
import type { Request } from "../domain/request.ts";
import { ok, type Result, refuse } from "../domain/result.ts";
import type { DocumentDescription } from "../domain/submission.ts";
import { apply } from "../domain/transition.ts";
import { registerDocument as transition } from "../domain/transitions/documents.ts";
import type { Policy } from "../policy/policy.ts";
import type { DocumentStore, Documents, Ids, UploadAllowance, UploadForm } from "../ports.ts";
import { actorOf, type ChangeDeps, change } from "./change.ts";
import { own } from "./sight.ts";

export type RegisterDeps = ChangeDeps & {
  readonly documents: Documents;
  readonly store: Pick<DocumentStore, "uploadForm">;
  readonly ids: Pick<Ids, "document">;
  readonly allowance: UploadAllowance;
  /** For its limits, which do not vary by version. */
  readonly policy: Policy;
};
export type RegisterCommand = {
  readonly requestId: string;
  readonly description: DocumentDescription;
  readonly expectedVersion?: number;
};
export type Registered = { readonly document: Document; readonly upload: UploadForm | null };

/**
 * Gives a document its place and a form for its upload. The id follows from the content, so asking again answers the same document,
 * freshly signed while the upload is awaited, reopened when its place had been given up.
 */
export async function registerDocument(
  deps: RegisterDeps,
  principal: Principal,
  command: RegisterCommand,
): Promise<Result<Registered>> {
  const { description } = command;
  const visible = await own(deps, principal, command.requestId);
  if (!visible.ok) return visible;
  if (description.size > maxDocumentBytes)
    return refuse("document-too-large", `A document has at most ${maxDocumentBytes} bytes: split it, or send the relevant part.`);
  if (!acceptedTypes[description.contentType])
    return refuse("document-type-not-accepted", `Accepted types: ${Object.keys(acceptedTypes).join(", ")}.`);

  const now = deps.clock.now();
  if (!(await deps.allowance.take(principal, description.size, deps.policy.plan.uploadsPerOrganizationPerHour, now)))
    return tooMany(now);

  const id = deps.ids.document(visible.value.id, description.sha256, description.size, description.contentType);
  let first: Result<Request> | undefined = visible;
  const load = () => {
    const next = first ?? own(deps, principal, command.requestId);
    first = undefined;
    return Promise.resolve(next);
  };
  const changed = await change(deps, load, actorOf(principal), (request, context) =>
    apply(transition, request, { id, kind: description.kind }, context, command.expectedVersion),
  );
  if (!changed.ok) return changed;

  const document = await placed(deps, visible.value, id, description);
  const upload = document.status === "awaiting-upload" ? await deps.store.uploadForm(document, deps.clock.now()) : null;
  return ok({ document, upload });
}

/** Whether the caller uploads or only collects forms, a form is what costs: each counts, a repeated one too. */
const tooMany = (now: Instant): Result<never> => ({
  ok: false,
  refusal: {
    problem: "too-many-uploads",
    detail: "Your organization has registered as much as it may within an hour: go on in the next, or ask the plan for more.",
    retryAfter: secondsToNextHour(now),
  },
});

/** The request has listed the document first; what a crash left out in between is made up for here by the retry. */
async function placed(
  { documents, clock, policy }: RegisterDeps,
  request: Request,
  id: DocumentId,
  description: DocumentDescription,
): Promise<Document> {
  const uploadHours = policy.plan.documentUploadHours;
  const fresh = newDocument({ requestId: request.id, id, description, now: clock.now(), uploadHours });
  if (await documents.create(fresh)) return fresh;
  for (;;) {
    const known = await documents.find(request.id, id);
    if (!known) throw new Error("a document that exists cannot be read");
    if (known.status !== "awaiting-upload" && known.status !== "expired") return known;
    const again = awaitedAgain(known, clock.now(), uploadHours);
    if (await documents.save(again)) return again;
  }
}
