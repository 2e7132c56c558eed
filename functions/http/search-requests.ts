import { summaryView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { searchRequests } from "../../shared/use-cases/read-requests.ts";
import { clock } from "../lib/deps/clock.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { paged } from "../lib/paged.ts";

export const handler = endpoint("searchRequests", ({ principal, body }) => {
  const { cursor, limit = 25, ...query } = body;
  return paged("searchRequests", principal, query, cursor, async (after) => {
    const page = await searchRequests({ requests }, principal, { ...query, ...after, limit });
    if (!page.ok) return page;
    const now = clock.now();
    return ok({ ...page.value, items: page.value.items.map((request) => summaryView(request, now)) });
  });
});
