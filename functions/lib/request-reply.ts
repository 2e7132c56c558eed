import { type Reader, requestView } from "../../shared/api/views.ts";
import type { Document } from "../../shared/domain/document.ts";
import type { Request } from "../../shared/domain/request.ts";
import { clock } from "./deps/clock.ts";
import { policy } from "./deps/policy.ts";

/** A request as its readers see it, its version as the ETag. Without a reader, it is whoever asked for the service. */
export const requestReply = (request: Request, documents?: readonly Document[], reader: Reader = { reviews: false }) => ({
  body: requestView(request, documents, { now: clock.now(), policy, ...reader }),
  headers: { etag: `"${request.version}"` },
});
