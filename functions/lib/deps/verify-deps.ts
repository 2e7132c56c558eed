import { clock } from "./clock.ts";
import { documents } from "./documents.ts";
import { policies } from "./policies.ts";
import { requests } from "./requests.ts";
import { verification as store } from "./verification.ts";

/** What both halves of verification need. */
export const verifyDeps = { requests, documents, store, clock, policies };
