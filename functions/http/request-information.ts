import { toInstant } from "../../shared/domain/calendar.ts";
import { ask } from "../../shared/domain/transitions/ask.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("requestInformation", (call) => {
  const { items, dueAt } = call.body;
  return reviewed(call, ask, { items, ...(dueAt ? { dueAt: toInstant(Date.parse(dueAt)) } : {}) });
});
