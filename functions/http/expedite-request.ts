import { ok } from "../../shared/domain/result.ts";
import { expediteRequest } from "../../shared/use-cases/expedite-request.ts";
import { own } from "../../shared/use-cases/sight.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint(
  "expediteRequest",
  async ({ principal, path, body, ifMatch }) => {
    const command = { requestId: path.requestId, expectedVersion: ifMatch, ...body };
    const expedited = await expediteRequest({ requests, clock, policies }, principal, command);
    return expedited.ok ? ok(requestReply(expedited.value)) : expedited;
  },
  { subject: ({ principal, path }) => own({ requests }, principal, path.requestId ?? "") },
);
