import { resolveException } from "../../shared/domain/transitions/resolve-exception.ts";
import { reviewerOf } from "../../shared/use-cases/review.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("resolveException", (call) =>
  reviewed(call, resolveException, { note: call.body.note, reviewer: reviewerOf(call.principal) }),
);
