import { recordTalk } from "../../shared/domain/transitions/converse.ts";
import { reviewerOf } from "../../shared/use-cases/review.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("recordPeerToPeer", (call) =>
  reviewed(call, recordTalk, { ...call.body, reviewer: reviewerOf(call.principal) }),
);
