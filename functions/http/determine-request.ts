import { determine } from "../../shared/domain/transitions/determine.ts";
import { reviewerOf } from "../../shared/use-cases/review.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("determineRequest", (call) =>
  reviewed(call, determine, { lines: call.body.lines, reviewer: reviewerOf(call.principal) }),
);
