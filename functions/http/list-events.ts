import { eventsView } from "../../shared/api/views.ts";
import { ok } from "../../shared/domain/result.ts";
import { seen } from "../../shared/use-cases/sight.ts";
import { policy } from "../lib/deps/policy.ts";
import { requests } from "../lib/deps/requests.ts";
import { endpoint } from "../lib/endpoint.ts";

export const handler = endpoint("listEvents", async ({ principal, path }) => {
  const request = await seen({ requests, policy }, principal, path.requestId);
  return request.ok ? ok({ body: eventsView(await requests.history(request.value.id)) }) : request;
});
