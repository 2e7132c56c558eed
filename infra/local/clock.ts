import { join } from "node:path";
import { readIfPresent, replaceFile } from "./durable-file.ts";

export type LocalClock = {
  /** Local time: real time plus what the clock was advanced by. */
  now(): Date;
  /** The offset in milliseconds as `BigInt64Array[0]`, so that the functions' worker threads read the very same clock. */
  readonly shared: SharedArrayBuffer;
  /** Steps forward to `time`. An earlier time changes nothing: the clock never goes backwards. */
  advanceTo(time: Date): void;
};

/** The one clock of the pocket cloud, kept in `<directory>/clock.json` over restarts. */
export const openClock = (directory: string): LocalClock => {
  const path = join(directory, "clock.json");
  const shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
  const offset = new BigInt64Array(shared);
  Atomics.store(offset, 0, readOffset(path));

  return {
    shared,
    now: () => new Date(Date.now() + Number(Atomics.load(offset, 0))),
    advanceTo: (time) => {
      if (Number.isNaN(time.getTime())) throw new RangeError("The clock can only advance to a valid time");
      const next = BigInt(time.getTime() - Date.now());
      if (next <= Atomics.load(offset, 0)) return;
      // On disk first: whatever was done at the new time must not be found in the future after a crash.
      replaceFile(path, `${JSON.stringify({ offsetMilliseconds: Number(next) })}\n`);
      Atomics.store(offset, 0, next);
    },
  };
};

const readOffset = (path: string): bigint => {
  const text = readIfPresent(path);
  if (text === undefined) return 0n;
  const { offsetMilliseconds } = JSON.parse(text) as { offsetMilliseconds?: unknown };
  if (!Number.isSafeInteger(offsetMilliseconds)) throw new Error(`${path} holds no clock offset`);
  return BigInt(offsetMilliseconds as number);
};
