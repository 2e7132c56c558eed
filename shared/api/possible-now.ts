import type { RequestStatus } from "../domain/vocabulary.ts";
import type { OperationId } from "./operations.ts";

const always = ["addNote", "assignRequest", "resolveException"] as const satisfies readonly OperationId[];

const onAppeal = ["fileAppeal", "registerDocument", "decideAppeal"] as const satisfies readonly OperationId[];

const whileOpen = [
  "registerDocument",
  "addInformation",
  "extendRequest",
  "expediteRequest",
  "judgeExpedite",
  "recordPeerToPeer",
  "determineRequest",
  "fileAppeal",
  "decideAppeal",
  "withdrawRequest",
  "closeRequest",
  ...always,
] as const satisfies readonly OperationId[];
const withThePlan = [...whileOpen, "requestInformation", "escalateRequest"] as const satisfies readonly OperationId[];

/**
 * By which operations a request may be changed in each status, for whoever has tried another. Whether one of them is possible also
 * depends on the caller and on what has happened so far.
 */
export const possibleNow: Readonly<Record<RequestStatus, readonly OperationId[]>> = {
  "awaiting-information": withThePlan,
  "in-review": withThePlan,
  "medical-director-review": withThePlan,
  "referred-to-vendor": whileOpen,
  approved: ["continueStay", "reduceAuthorization", ...onAppeal, ...always],
  "partially-approved": ["continueStay", "reduceAuthorization", ...onAppeal, ...always],
  denied: [...onAppeal, ...always],
  "not-required": always,
  withdrawn: always,
  closed: always,
};
