import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { MemberId } from "../../../shared/domain/identifiers.ts";
import { aChange, aSubmission, at, received, therapyLine } from "../../builders.ts";
import { chance, rounds } from "../../faults/chance.ts";
import { modelDesk } from "../../model/desk.ts";
import { race } from "../../model/races.ts";

// Who lost waits for no time at all: the interleaving is the seed's.
beforeAll(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterAll(() => {
  vi.restoreAllMocks();
});

test("of two reviewers at once one decides, however their reads and writes are interleaved", async () => {
  const met = { determination: 0, appeal: 0 };
  for (let seed = 1; seed <= rounds(1_500, 100); seed += 1) {
    const luck = chance(seed);
    const before = async () => {
      for (let turns = luck.below(4); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const desk = modelDesk({ before });
    const lines = Array.from({ length: 1 + luck.below(3) }, () => therapyLine({ quantity: 4 }));
    const member = { ...aSubmission().member, id: "10487654321" as MemberId };
    const id = luck.requestId();
    await desk.deps.requests.create(aChange({ lines, member }, { id }, at(received)), "fingerprint");
    const look = async () => {
      const request = desk.requests.get(id);
      if (!request) throw new Error("the request is gone");
      return { request, history: desk.histories.get(id) ?? [] };
    };
    const { what } = await race(id, luck, () => desk.deps, look);
    met[what] += 1;
  }
  expect(Math.min(met.determination, met.appeal)).toBeGreaterThan(10);
}, 300_000);
