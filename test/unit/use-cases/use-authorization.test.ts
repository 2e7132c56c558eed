import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { authorizationNumberOf, type Claim } from "../../../shared/domain/authorization.ts";
import { reservedOf, usedOf } from "../../../shared/domain/benefit.ts";
import { policy } from "../../../shared/policy/policy.ts";
import { determineRequest } from "../../../shared/use-cases/determine-request.ts";
import { sweepBenefits } from "../../../shared/use-cases/keep-benefits.ts";
import { releaseUsage, useAuthorization } from "../../../shared/use-cases/use-authorization.ts";
import { atOnce, type Before, benefitWorld, Crash, reviewer } from "../../benefit-world.ts";
import { chance, rounds } from "../../faults/chance.ts";

// Who lost a race waits for no time at all: the interleaving is the seed's.
beforeAll(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterAll(() => {
  vi.restoreAllMocks();
});

const granted = 20;
const limit = 30;
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const approval = { lineNumber: 1, outcome: "approved", grounds: met } as const;

/** What became of one call: its refusal, `done`, or nothing when its process stopped. */
type Outcome = string | undefined;

/** Fifty claims and releases of one authorization at once, any of which may stop anywhere and is then sent again. */
async function life(seed: number) {
  const luck = chance(seed);
  const world = benefitWorld(policy);
  const calm = { ...world.deps(atOnce), policies: world.policies };
  const { id } = world.therapy("B", granted);
  const other = world.therapy("C", limit - granted);
  for (const requestId of [id, other.id])
    await determineRequest(calm, reviewer("nurse-1"), { requestId, expectedVersion: undefined }, [approval]);
  const number = authorizationNumberOf(id);

  const usages = () => world.uses.get(id)?.usages ?? [];
  const taken = () => usages().reduce((sum, { units }) => sum + units, 0);
  const isWithin = () => {
    expect(taken(), `seed ${seed}`).toBeLessThanOrEqual(granted);
    expect(new Set(usages().map(({ claimLineId }) => claimLineId)).size, `seed ${seed}`).toBe(usages().length);
    for (const benefit of world.benefits.values())
      expect(usedOf(benefit) + reservedOf(benefit), `seed ${seed}`).toBeLessThanOrEqual(limit);
  };
  const counted = { crashes: 0, repeats: 0, releases: 0, exceeded: 0 };
  let calms = false;
  const before: Before = async () => {
    isWithin();
    for (let turns = luck.below(4); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
    if (calms || !luck.strikes(0.02)) return;
    counted.crashes += 1;
    throw new Crash();
  };
  const deps = { ...world.deps(before), policies: world.policies };
  const outcomeOf = async (call: Promise<{ ok: true } | { ok: false; refusal: { problem: string } }>): Promise<Outcome> => {
    try {
      const result = await call;
      return result.ok ? "done" : result.refusal.problem;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      return undefined;
    }
  };

  // A claim line says the same whenever it is sent; those from 15 on are never taken back.
  const claims: Claim[] = Array.from({ length: 24 }, (_, line) => ({
    claimLineId: `claim-${line}`,
    units: 1 + luck.below(3),
    serviceDate: "2026-11-23",
  }));
  const calls = Array.from({ length: 50 }, () => {
    const released = luck.strikes(0.2) ? `claim-${luck.below(15)}` : undefined;
    const claim = claims[luck.below(claims.length)] as Claim;
    return { released, claim, delay: luck.below(30) };
  });
  const made = ({ released, claim }: (typeof calls)[number]): Promise<Outcome> =>
    outcomeOf(released === undefined ? useAuthorization(deps, number, claim) : releaseUsage(deps, number, released));
  const outcomes = await Promise.all(
    calls.map(async (call) => {
      for (let turns = call.delay; turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
      return made(call);
    }),
  );
  isWithin();

  // Whoever heard nothing asks again, all at once, and this time nobody stops.
  calms = true;
  const again = await Promise.all(calls.map((call, index) => (outcomes[index] === undefined ? made(call) : outcomes[index])));
  world.pass(10);
  await sweepBenefits(world.deps(atOnce), (error) => {
    throw error;
  });
  isWithin();

  const [benefit] = world.benefits.values();
  if (!benefit) throw new Error("nothing was reserved");
  const mine = benefit.shares.filter(({ requestId }) => requestId === id);
  expect(mine, `seed ${seed}`).toMatchObject([{ units: granted, consumed: taken(), awaits: { request: null, use: null } }]);
  expect([usedOf(benefit), reservedOf(benefit)], `seed ${seed}`).toEqual([taken(), limit - taken()]);
  for (const { claimLineId, units } of claims.slice(15)) {
    const heard = calls.flatMap(({ released, claim }, index) =>
      released === undefined && claim.claimLineId === claimLineId ? [again[index]] : [],
    );
    counted.repeats += heard.filter((outcome) => outcome === "done").length > 1 ? 1 : 0;
    // Who was told that it is counted finds it counted, once; who was told that there is not enough left, and nothing else, does not.
    expect(usages().find((usage) => usage.claimLineId === claimLineId)?.units, `seed ${seed}`).toBe(
      heard.includes("done") ? units : undefined,
    );
  }
  counted.releases += calls.filter(({ released }, index) => released !== undefined && again[index] === "done").length;
  counted.exceeded += again.filter((outcome) => outcome === "units-exceeded").length;
  expect(again.filter((outcome) => outcome !== "done" && outcome !== "units-exceeded")).toEqual([]);
  // That most of it is used is told once.
  const told = world.requests.get(id)?.reminded["units-used"];
  if (taken() >= granted * policy.plan.reminders.unitsUsedShare) expect(told, `seed ${seed}`).toBeDefined();
  return counted;
}

test("an authorization is used to its last unit and never beyond, by fifty claims and releases at once of which any may stop", async () => {
  const sum = { crashes: 0, repeats: 0, releases: 0, exceeded: 0 };
  for (let seed = 1; seed <= rounds(1_000, 50); seed += 1) {
    const counted = await life(seed);
    for (const what of Object.keys(sum) as (keyof typeof sum)[]) sum[what] += counted[what];
  }
  // It has not been quiet.
  expect(Math.min(...Object.values(sum)), JSON.stringify(sum)).toBeGreaterThan(50);
}, 300_000);
