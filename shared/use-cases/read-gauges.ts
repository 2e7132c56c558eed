import type { Instant } from "../domain/calendar.ts";
import type { Clock, Watch } from "../ports.ts";

export type Gauges = {
  /** Seconds for which the oldest unpublished event has waited. */
  readonly OutboxAge: number;
  /** Seconds by which the earliest timer is late. */
  readonly TimersBehind: number;
  readonly OverdueRequests: number;
  readonly SilentReferrals: number;
  readonly UnverifiedDocuments: number;
};

/** How far behind the desk is, right now. */
export async function readGauges({ watch, clock }: { watch: Watch; clock: Clock }): Promise<Gauges> {
  const now = clock.now();
  const standing = await watch.standing(now);
  return {
    OutboxAge: secondsSince(standing.oldestPendingAt, now),
    TimersBehind: secondsSince(standing.nextTimerAt, now),
    OverdueRequests: standing.overdueRequests,
    SilentReferrals: standing.silentReferrals,
    UnverifiedDocuments: standing.unverifiedDocuments,
  };
}

/** None for what is not there, or still to come. */
const secondsSince = (then: Instant | undefined, now: Instant): number =>
  then === undefined ? 0 : Math.max(0, Math.round((Date.parse(now) - Date.parse(then)) / 1000));
