import { decidedAsks } from "../domain/decided-asks.ts";
import type { RequestEvent } from "../domain/events.ts";
import type { Policy } from "../policy/policy.ts";
import type { DecisionLedger, Requests } from "../ports.ts";

export type RecordDecisionDeps = {
  readonly requests: Pick<Requests, "find">;
  readonly ledger: Pick<DecisionLedger, "record">;
  readonly policy: Policy;
};

export type Recorded = "recorded" | "nothing-to-do";

/**
 * Writes what is decided about a request into the ledger. The event only says that it may be time: the request is read as it stands,
 * so that events may come twice, late and in any order.
 */
export async function recordDecision(
  { requests, ledger, policy }: RecordDecisionDeps,
  { requestId }: Pick<RequestEvent, "requestId">,
): Promise<Recorded> {
  const request = await requests.find(requestId);
  const decided = request ? decidedAsks(request, policy) : [];
  for (const entry of decided) await ledger.record(entry);
  return decided.length > 0 ? "recorded" : "nothing-to-do";
}
