import { documentView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { readDocument } from "../../shared/use-cases/read-document.ts";
import { clock } from "../lib/deps/clock.ts";
import { documents } from "../lib/deps/documents.ts";
import { downloadLinks as store } from "../lib/deps/download-links.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("getDocument", async ({ principal, path }) => {
  const found = await readDocument({ requests, documents, store, clock, policy }, principal, path);
  if (!found.ok) return found;
  const { document, download } = found.value;
  return ok({ body: { ...documentView(document), ...(download ? { download } : {}) } });
});
