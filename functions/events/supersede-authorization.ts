import type { RequestEvent } from "../../shared/domain/events.ts";
import { supersedeAuthorization } from "../../shared/use-cases/supersede-authorization.ts";
import { consumer } from "../lib/consumer.ts";
import { decidedRequests as requests } from "../lib/deps/benefits.ts";
import { clock } from "../lib/deps/clock.ts";
import { policies } from "../lib/deps/policies.ts";

export const handler = consumer<RequestEvent>("supersede-authorization", ({ detail }) =>
  supersedeAuthorization({ requests, clock, policies }, detail),
);
