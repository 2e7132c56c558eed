import type { Identity } from "./identities.ts";

/** One AWS call as authorization sees it: who, which action (`s3:GetObject`), on which ARN, and what a condition may ask about it. */
export type Call = {
  identity: Identity;
  action: string;
  resource: string;
  /** Values of the partition key that a call to a table names; absent where it names none. */
  leadingKeys?: readonly string[];
};

export type Verdict = { allowed: true } | { allowed: false; because: string };

export type Judge = (call: Call) => Verdict;
