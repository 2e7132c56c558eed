import { addHours, type Instant } from "./calendar.ts";
import type { DecidedAsk } from "./decided-asks.ts";
import { type Elapsed, elapsed, type Share, share } from "./metrics.ts";
import { type LineOfBusiness, linesOfBusiness, type Priority, priorities } from "./vocabulary.ts";

/** How many days back a supervisor looks, the longest last. */
export const turnaroundDays = [7, 30] as const;

/** How fast the desk has decided what was asked for, and how much of it before its clock ran out. */
export type Turnaround = {
  readonly lineOfBusiness: LineOfBusiness;
  readonly priority: Priority;
  /** Decided within so many days, each of 24 hours, until now. */
  readonly days: (typeof turnaroundDays)[number];
  readonly hours: Elapsed;
  readonly inTime: Share;
};

/** Drugs and what was asked for afterwards count too: they have taken somebody's time. */
export const turnaroundOf = (decided: readonly DecidedAsk[], now: Instant): readonly Turnaround[] =>
  linesOfBusiness.flatMap((lineOfBusiness) =>
    priorities.flatMap((priority) =>
      turnaroundDays.map((days) => {
        const since = addHours(now, -24 * days);
        const asks = decided.filter(
          (ask) => ask.lineOfBusiness === lineOfBusiness && ask.priority === priority && ask.decidedAt >= since,
        );
        return { lineOfBusiness, priority, days, hours: elapsed(asks, "hours"), inTime: share(asks, ({ inTime }) => inTime) };
      }),
    ),
  );
