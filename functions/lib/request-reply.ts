import { requestView } from "../../shared/api/views.ts";
import type { Document } from "../../shared/domain/document.ts";
import type { Request } from "../../shared/domain/request.ts";
import { clock } from "./deps/clock.ts";
import { policy } from "./deps/policy.ts";
import type { Reply } from "./reply.ts";

/** A request as whoever has changed it sees it, its version as the ETag. */
export const requestReply = (request: Request): Reply => replyTo(request, undefined, false);

/** As its readers see it, with its documents. @param reviews whether the reader reviews, and so sees what the plan's data say */
export const requestRead = (request: Request, documents: readonly Document[], reviews: boolean): Reply =>
  replyTo(request, documents, reviews);

const replyTo = (request: Request, documents: readonly Document[] | undefined, reviews: boolean): Reply => ({
  body: requestView(request, documents, { now: clock.now(), policy, reviews }),
  headers: { etag: `"${request.version}"` },
});
