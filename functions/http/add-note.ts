import { addNote } from "../../shared/domain/transitions/converse.ts";
import { reviewerOf } from "../../shared/use-cases/review.ts";
import { endpoint } from "../lib/endpoint.ts";
import { reviewed } from "../lib/reviewed.ts";

export const handler = endpoint("addNote", (call) =>
  reviewed(call, addNote, { text: call.body.text, reviewer: reviewerOf(call.principal) }),
);
