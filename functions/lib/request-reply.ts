import { requestView } from "../../shared/api/views.ts";
import type { Document } from "../../shared/domain/document.ts";
import type { Request } from "../../shared/domain/request.ts";
import { clock } from "./deps/clock.ts";
import { policy } from "./deps/policy.ts";
import type { Reply } from "./reply.ts";

/** For whom the answer is. `reviews`: who reviews sees what the plan's data say, too. */
type Reading = { readonly documents: readonly Document[]; readonly reviews: boolean };

/** A request as whoever has changed it sees it, or with its documents as a reader does; its version as the ETag. */
export const requestReply = (request: Request, { documents, reviews = false }: Partial<Reading> = {}): Reply => ({
  body: requestView(request, documents, { now: clock.now(), policy, reviews }),
  headers: { etag: `"${request.version}"` },
});
