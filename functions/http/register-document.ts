import { toDescription } from "../../shared/api/parse.ts";
import { registeredView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { documentId } from "../../shared/sealing/ids.ts";
import { registerDocument } from "../../shared/use-cases/register-document.ts";
import { own } from "../../shared/use-cases/sight.ts";
import { uploadRefused } from "../lib/business-metrics.ts";
import { clock } from "../lib/deps/clock.ts";
import { documents } from "../lib/deps/documents.ts";
import { policies } from "../lib/deps/policies.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { uploadAllowance as allowance } from "../lib/deps/upload-allowance.ts";
import { uploadForms as store } from "../lib/deps/upload-forms.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint(
  "registerDocument",
  async ({ principal, path, body, ifMatch }) => {
    const deps = { requests, documents, store, ids: { document: documentId }, allowance, clock, policies, policy };
    const command = {
      requestId: path.requestId,
      description: toDescription(body),
      ...(ifMatch === undefined ? {} : { expectedVersion: ifMatch }),
    };
    const registered = await registerDocument(deps, principal, command);
    if (!registered.ok && registered.refusal.problem === "too-many-uploads") uploadRefused(principal);
    return registered.ok ? ok({ body: registeredView(registered.value.document, registered.value.upload) }) : registered;
  },
  { subject: ({ principal, path }) => own({ requests }, principal, path.requestId ?? "") },
);
