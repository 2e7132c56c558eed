import { may } from "../../shared/domain/principal.ts";
import { assign } from "../../shared/domain/transitions/assign.ts";
import { reviewerOf } from "../../shared/use-cases/review.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("assignRequest", (call) => {
  const supervising = may(call.principal, "reviews:supervise");
  const { release, assignee } = call.body;
  const { subject, name } = reviewerOf(call.principal);
  return reviewed(call, assign, { to: release ? null : (assignee ?? { subject, name }), supervising });
});
