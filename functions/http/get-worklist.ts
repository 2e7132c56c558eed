import { worklistView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { readWorklist } from "../../shared/use-cases/read-worklist.ts";
import { clock } from "../lib/deps/clock.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { paged } from "../lib/paged.ts";

export const handler = endpoint("getWorklist", ({ principal, query }) => {
  const { cursor, limit = 25, queue } = query;
  return paged("getWorklist", principal, { queue }, cursor, async (after) => {
    const page = await readWorklist({ requests }, { queue, limit, ...after });
    const now = clock.now();
    return ok({ ...page, items: page.items.map((request) => worklistView(request, now)) });
  });
});
