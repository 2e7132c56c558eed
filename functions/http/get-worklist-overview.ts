import { ok } from "../../shared/domain/result.ts";
import { readOverview } from "../../shared/use-cases/read-overview.ts";
import { clock } from "../lib/deps/clock.ts";
import { ledger } from "../lib/deps/ledger.ts";
import { queues } from "../lib/deps/queues.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("getWorklistOverview", async () =>
  ok({ body: await readOverview({ queues, requests, ledger }, clock.now()) }),
);
