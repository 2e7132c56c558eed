import type { Policy } from "../policy/policy.ts";
import { addHours, type Instant } from "./calendar.ts";
import type { LineOfBusiness, Priority } from "./vocabulary.ts";

/** One row of the law that applies to a request, and the time it sets. */
export type ClockCandidate = { readonly rule: string; readonly cite: string; readonly dueAt: Instant };

export type ClockFacts = {
  readonly lineOfBusiness: LineOfBusiness;
  readonly priority: Priority;
  readonly receivedAt: Instant;
  /** Categories of the lines that need a decision. */
  readonly categories: readonly (string | null)[];
  /** Post-stabilization care asked for by a facility outside the network (42 CFR 422.113(c)(2)(iii)). */
  readonly postStabilizationOutOfNetwork: boolean;
};

/**
 * Every row that applies, the earliest due first: the first one rules. A federal row's time in days is that many times 24 hours
 * from receipt, to the second, and does not wait for missing information (42 CFR 438.210(d), 422.568, 422.572).
 */
export function clockCandidates(facts: ClockFacts, policy: Policy): readonly ClockCandidate[] {
  return policy.clocks
    .filter(
      (row) =>
        (row.lineOfBusiness === undefined || row.lineOfBusiness === facts.lineOfBusiness) &&
        (row.priority === undefined || row.priority === facts.priority) &&
        (row.category === undefined || facts.categories.includes(row.category)) &&
        (row.postStabilizationOutOfNetwork === undefined || facts.postStabilizationOutOfNetwork),
    )
    .map((row) => ({ rule: row.rule, cite: row.cite, dueAt: addHours(facts.receivedAt, row.hours) }))
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
}
