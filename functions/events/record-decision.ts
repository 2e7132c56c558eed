import type { RequestEvent } from "../../shared/domain/events.ts";
import { recordDecision } from "../../shared/use-cases/record-decision.ts";
import { consumer } from "../lib/consumer.ts";
import { ledger } from "../lib/deps/ledger.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";

export const handler = consumer<RequestEvent>("record-decision", ({ detail }) =>
  recordDecision({ requests, ledger, policy }, detail),
);
