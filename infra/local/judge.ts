import type { Identity } from "./identities.ts";

/** One AWS call as authorization sees it: who, which action (`s3:GetObject`), on which ARN. */
export type Call = { identity: Identity; action: string; resource: string };

export type Verdict = { allowed: true } | { allowed: false; because: string };

export type Judge = (call: Call) => Verdict;
