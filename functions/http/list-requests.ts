import { summaryView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { listRequests } from "../../shared/use-cases/read-requests.ts";
import { clock } from "../lib/deps/clock.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { paged } from "../lib/paged.ts";

export const handler = endpoint("listRequests", ({ principal, query }) => {
  const { cursor, limit = 25, updatedSince, ...filters } = query;
  const since = updatedSince === undefined ? {} : { updatedSince: new Date(updatedSince).toISOString() };
  return paged("listRequests", principal, { ...filters, ...since }, cursor, async (after) => {
    const page = await listRequests({ requests }, principal, { ...filters, ...since, ...after, limit });
    if (!page.ok) return page;
    const now = clock.now();
    return ok({ ...page.value, items: page.value.items.map((request) => summaryView(request, now)) });
  });
});
