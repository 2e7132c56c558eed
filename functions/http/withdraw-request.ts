import { ok } from "../../shared/domain/result.ts";
import { own } from "../../shared/use-cases/sight.ts";
import { withdrawRequest } from "../../shared/use-cases/withdraw-request.ts";
import { decidedRequests } from "../lib/deps/benefits.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint(
  "withdrawRequest",
  async ({ principal, path, body, ifMatch }) => {
    const command = { requestId: path.requestId, reason: body.reason, expectedVersion: ifMatch };
    const withdrawn = await withdrawRequest({ requests: decidedRequests, clock, policies }, principal, command);
    return withdrawn.ok ? ok(requestReply(withdrawn.value)) : withdrawn;
  },
  { subject: ({ principal, path }) => own({ requests }, principal, path.requestId ?? "") },
);
