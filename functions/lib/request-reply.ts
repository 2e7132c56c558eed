import { type Reader, requestView } from "../../shared/api/views.ts";
import type { Document } from "../../shared/domain/document.ts";
import type { Request } from "../../shared/domain/request.ts";
import { clock } from "./deps/clock.ts";
import { policy } from "./deps/policy.ts";

/** What an answer shows, and to whom: with its documents as a reader sees it; more of it for who reviews. */
type Reading = Partial<Reader> & { readonly documents?: readonly Document[] };

/** A request as its readers see it, its version as the ETag. Without a reader, it is whoever asked for the service. */
export const requestReply = (request: Request, { documents, ...reader }: Reading = {}) => ({
  body: requestView(request, documents, { now: clock.now(), policy, reviews: false, ...reader }),
  headers: { etag: `"${request.version}"` },
});
