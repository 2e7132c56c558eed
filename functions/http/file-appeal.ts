import { ok } from "../../shared/domain/result.ts";
import { fileAppeal } from "../../shared/use-cases/file-appeal.ts";
import { own } from "../../shared/use-cases/sight.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint(
  "fileAppeal",
  async ({ principal, path, body, ifMatch }) => {
    const { expedited = false, ...filing } = body;
    const command = { requestId: path.requestId, expectedVersion: ifMatch, expedited, ...filing };
    const filed = await fileAppeal({ requests, clock, policies }, principal, command);
    return filed.ok ? ok(requestReply(filed.value)) : filed;
  },
  { subject: ({ principal, path }) => own({ requests }, principal, path.requestId ?? "") },
);
