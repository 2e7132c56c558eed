import { expect, test } from "vitest";
import type { Standing } from "../../../shared/ports.ts";
import { readGauges } from "../../../shared/use-cases/read-gauges.ts";
import { hoursAfter, received } from "../../builders.ts";

const gaugesAt = (now: string, standing: Partial<Standing>) =>
  readGauges({
    clock: { now: () => now },
    watch: {
      standing: async () => ({
        oldestPendingAt: undefined,
        nextTimerAt: undefined,
        overdueRequests: 0,
        silentReferrals: 0,
        unverifiedDocuments: 0,
        ...standing,
      }),
    },
  });

test("with nothing waiting, every gauge is zero", async () => {
  expect(Object.values(await gaugesAt(received, {}))).toEqual([0, 0, 0, 0, 0]);
});

test("what waits is told by its age in seconds, and a timer only once it is late", async () => {
  expect(await gaugesAt(hoursAfter(1), { oldestPendingAt: received, nextTimerAt: received })).toMatchObject({
    OutboxAge: 3600,
    TimersBehind: 3600,
  });
  expect(await gaugesAt(received, { nextTimerAt: hoursAfter(1) })).toMatchObject({ TimersBehind: 0 });
});

test("what is counted is told as it was counted", async () => {
  const counted = { overdueRequests: 3, silentReferrals: 2, unverifiedDocuments: 1 };
  expect(await gaugesAt(received, counted)).toMatchObject({ OverdueRequests: 3, SilentReferrals: 2, UnverifiedDocuments: 1 });
});
