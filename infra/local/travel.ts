import type { LocalClock } from "./clock.ts";
import type { Schedules } from "./messages/schedules.ts";

const quarterHour = 15 * 60_000;

type World = {
  readonly clock: LocalClock;
  readonly schedules: Pick<Schedules, "fireAll">;
  readonly idle: () => Promise<void>;
  /** Every moment at which something wants to be woken. */
  readonly timers: () => Promise<readonly Date[]>;
};

/** How often each schedule fires at each step: not at all while the scheduler is out, twice at once when it stutters. */
export type Firings = 0 | 1 | 2;

/** Told after each step: where it led, and the timers that were due there. */
export type Stepped = (at: Date, due: readonly Date[]) => void;

/**
 * Moves the clock forward step by step: to the next due timer, or by a quarter of an hour, whichever is first. At each step every
 * schedule fires once and all that follows comes to rest, so that what is due at a time is done at that time.
 */
export async function travel(
  { clock, schedules, idle, timers }: World,
  milliseconds: number,
  stepped: Stepped = () => {},
  firings: Firings = 1,
): Promise<Date> {
  if (!(milliseconds >= 0)) throw new RangeError("the clock does not run backwards");
  const end = clock.now().getTime() + milliseconds;
  await idle();
  for (let now = clock.now().getTime(); now < end; now = clock.now().getTime()) {
    const ahead = (await timers()).map((timer) => timer.getTime()).filter((time) => time > now);
    // Where no schedule fires nothing is done on the way.
    const next = firings === 0 ? end : Math.min(end, now + quarterHour, ...ahead);
    clock.advanceTo(new Date(next));
    await Promise.all(Array.from({ length: firings }, () => schedules.fireAll()));
    await idle();
    stepped(
      clock.now(),
      ahead.filter((time) => time <= next).map((time) => new Date(time)),
    );
  }
  return clock.now();
}
