import { queueOf, type Request } from "../domain/request.ts";
import type { Queue } from "../domain/vocabulary.ts";
import type { Page, Requests } from "../ports.ts";
import { inOrder } from "./read-requests.ts";

/** What waits in a queue, the earliest due first. The index may be a moment behind the items, which decide: a page may be short. */
export async function readWorklist(
  { requests }: { requests: Pick<Requests, "inQueue" | "findMany"> },
  { queue, ...options }: { queue: Queue; limit: number; after?: string },
): Promise<Page<Request>> {
  const page = await requests.inQueue(queue, options);
  const found = await inOrder(requests, page.items);
  // A timer that was given up stands among the exceptions, whatever the request's own queue is.
  const items = queue === "vendor-exceptions" ? found : found.filter((request) => queueOf(request) === queue);
  return { items, ...(page.next ? { next: page.next } : {}) };
}
