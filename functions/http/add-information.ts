import { toSupplement } from "../../shared/api/parse.ts";
import { ok } from "../../shared/domain/result.ts";
import { addInformation } from "../../shared/use-cases/add-information.ts";
import { own } from "../../shared/use-cases/sight.ts";
import { completing } from "../lib/deps/benefits.ts";
import { clock } from "../lib/deps/clock.ts";
import { directory } from "../lib/deps/directory.ts";
import { members } from "../lib/deps/members.ts";
import { policies } from "../lib/deps/policies.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";
import { requestReply } from "../lib/request-reply.ts";

export const handler = endpoint(
  "addInformation",
  async ({ principal, path, body, ifMatch }) => {
    const command = { requestId: path.requestId, ...toSupplement(body), expectedVersion: ifMatch };
    const informed = await addInformation({ ...completing, directory, members, clock, policies }, principal, command);
    return informed.ok ? ok(requestReply(informed.value)) : informed;
  },
  { subject: ({ principal, path }) => own({ requests }, principal, path.requestId ?? "") },
);
