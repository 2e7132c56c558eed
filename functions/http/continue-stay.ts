import { ok } from "../../shared/domain/result.ts";
import { continueStay } from "../../shared/use-cases/continue-stay.ts";
import { own } from "../../shared/use-cases/sight.ts";
import { clock } from "../lib/deps/clock.ts";
import { directory } from "../lib/deps/directory.ts";
import { members } from "../lib/deps/members.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint(
  "continueStay",
  async ({ principal, path, body, ifMatch }) => {
    const command = { requestId: path.requestId, expectedVersion: ifMatch, ...body };
    const asked = await continueStay({ requests, directory, members, clock, policies }, principal, command);
    return asked.ok ? ok(requestReply(asked.value)) : asked;
  },
  { subject: ({ principal, path }) => own({ requests }, principal, path.requestId ?? "") },
);
