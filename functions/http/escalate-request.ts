import { escalate } from "../../shared/domain/transitions/escalate.ts";
import { reviewerOf } from "../../shared/use-cases/review.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("escalateRequest", (call) =>
  reviewed(call, escalate, { reason: call.body.reason, reviewer: reviewerOf(call.principal) }),
);
