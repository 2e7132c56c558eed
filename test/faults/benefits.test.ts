import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoAuthorizations } from "../../shared/aws/dynamo-authorizations.ts";
import { dynamoBenefits } from "../../shared/aws/dynamo-benefits.ts";
import { authorizationNumberOf } from "../../shared/domain/authorization.ts";
import { reservedOf, usedOf } from "../../shared/domain/benefit.ts";
import type { MemberId, RequestId } from "../../shared/domain/identifiers.ts";
import { policy } from "../../shared/policy/policy.ts";
import { memberKey } from "../../shared/sealing/ids.ts";
import { determineRequest } from "../../shared/use-cases/determine-request.ts";
import { type BenefitDeps, sweepBenefits } from "../../shared/use-cases/keep-benefits.ts";
import { useAuthorization } from "../../shared/use-cases/use-authorization.ts";
import { type Before, Crash, crashable, reviewer } from "../benefit-world.ts";
import { aChange, aSubmission, at, hoursAfter, policies, received, therapyLine } from "../builders.ts";
import { chance, rounds } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
let stores: Pick<BenefitDeps, "benefits" | "authorizations" | "requests">;
beforeAll(async () => {
  table = await openDeskTable();
  stores = {
    benefits: dynamoBenefits(table.dynamo, table.name, memberKey("a salt")),
    authorizations: dynamoAuthorizations(table.dynamo, table.name),
    requests: table.requests,
  };
});
afterAll(() => table?.close());

const luck = chance(30_031);
const limit = 30;
const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" } as const;
const approval = { lineNumber: 1, outcome: "approved", grounds: met } as const;
const depsAt = (now: string, before: Before = async () => undefined): BenefitDeps =>
  crashable({ ...stores, policy, clock: { now: () => now } }, before);

const aMember = () => String(10_000_000_000 + luck.below(1e9) * 7) as MemberId;
async function therapyFor(member: MemberId, quantity: number): Promise<RequestId> {
  const id = luck.requestId();
  const submission = {
    lines: [therapyLine({ quantity, serviceDate: received.slice(0, 10) })],
    member: { ...aSubmission().member, id: member },
  };
  await table.requests.create(aChange(submission, { id }, at(received)), "fingerprint");
  return id;
}
const approve = (deps: BenefitDeps, requestId: RequestId) =>
  determineRequest({ ...deps, policies }, reviewer("nurse-1"), { requestId, expectedVersion: undefined }, [approval]);
const claim = (deps: BenefitDeps, id: RequestId, claimLineId: string) =>
  useAuthorization({ ...deps, policies }, authorizationNumberOf(id), { claimLineId, units: 1, serviceDate: received.slice(0, 10) });
const standing = async (member: MemberId) => {
  const benefit = await stores.benefits.find(stores.benefits.keyOf(member, "outpatient-therapy-visits", "2026-01-01"));
  return { used: usedOf(benefit), reserved: reservedOf(benefit), shares: benefit.shares };
};
const sweepUntilQuiet = async (now: string) => {
  let looked = 1;
  while (looked > 0)
    looked = await sweepBenefits(depsAt(now), (error) => {
      throw error;
    });
};
const survived = async (act: Promise<unknown>): Promise<boolean> => {
  try {
    await act;
    return true;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return false;
  }
};

describe("a benefit in the table", () => {
  test("holds what was approved and claimed, though any of 50 at once stops anywhere", async () => {
    for (let round = 1; round <= rounds(20, 1); round += 1) {
      const member = aMember();
      const ids = await Promise.all(Array.from({ length: 50 }, () => therapyFor(member, 1)));
      let stopped = 0;
      const before: Before = async () => {
        if (!luck.strikes(0.02)) return;
        stopped += 1;
        throw new Crash();
      };
      await Promise.all(ids.map((id) => survived(approve(depsAt(hoursAfter(1), before), id))));
      const { used, reserved } = await standing(member);
      expect(used + reserved).toBeLessThanOrEqual(limit);
      await sweepUntilQuiet(hoursAfter(2));

      const approvedNow = async () => {
        const found = await Promise.all(ids.map((id) => table.requests.find(id)));
        return found.filter((request) => request?.lines[0]?.decision).map((request) => request?.id as RequestId);
      };
      const approved = await approvedNow();
      expect((await standing(member)).reserved).toBe(approved.length);
      expect(approved.length).toBeLessThanOrEqual(limit);

      await Promise.all(approved.map((id, index) => survived(claim(depsAt(hoursAfter(3), before), id, `claim-${round}-${index}`))));
      await sweepUntilQuiet(hoursAfter(4));
      const uses = await Promise.all(approved.map((id) => stores.authorizations.useOf(id)));
      const claimed = uses.flatMap(({ usages }) => usages).length;
      expect(await standing(member)).toMatchObject({ used: claimed, reserved: approved.length - claimed });
      expect(stopped).toBeGreaterThan(0);
    }
  }, 300_000);

  test("counts what fifty claims at once take of one authorization, each once, though any of them stops anywhere", async () => {
    for (let round = 1; round <= rounds(20, 1); round += 1) {
      const member = aMember();
      const id = await therapyFor(member, 20);
      await approve(depsAt(hoursAfter(1)), id);
      let stopped = 0;
      const before: Before = async () => {
        if (!luck.strikes(0.02)) return;
        stopped += 1;
        throw new Crash();
      };
      // Each of 30 claim lines is sent once, and most of them a second time.
      const lines = Array.from({ length: 50 }, (_, index) => `claim-${index % 30}`);
      await Promise.all(lines.map((line) => survived(claim(depsAt(hoursAfter(2), before), id, line))));
      const { usages } = await stores.authorizations.useOf(id);
      expect(new Set(usages.map(({ claimLineId }) => claimLineId)).size).toBe(usages.length);
      expect(usages.length).toBeLessThanOrEqual(20);
      expect(stopped).toBeGreaterThan(0);

      // Sent until they have their answers: it is used to the last unit.
      for (const line of new Set(lines)) await claim(depsAt(hoursAfter(2)), id, line);
      await sweepUntilQuiet(hoursAfter(3));
      expect((await stores.authorizations.useOf(id)).usages).toHaveLength(20);
      expect(await standing(member)).toMatchObject({ used: 20, reserved: 0 });
    }
  }, 300_000);

  test("waits for its time in the index, and is put off when it cannot be looked into", async () => {
    const member = aMember();
    const id = await therapyFor(member, 8);
    const stop: Before = async (call) => {
      if (call === "write the request") throw new Crash();
    };
    expect(await survived(approve(depsAt(hoursAfter(10), stop), id))).toBe(false);
    const key = stores.benefits.keyOf(member, "outpatient-therapy-visits", "2026-01-01");
    const isDue = async (now: string) => (await stores.benefits.due(now, 100)).some((one) => one.member === key.member);
    expect(await isDue(hoursAfter(10))).toBe(false);
    expect(await isDue(hoursAfter(11))).toBe(true);

    const errors: unknown[] = [];
    const unreadable: Before = async (call) => {
      if (call === "read the request") throw new Error("the table does not answer");
    };
    await sweepBenefits(depsAt(hoursAfter(11), unreadable), (error) => errors.push(error));
    expect(errors).toHaveLength(1);
    expect(await isDue(hoursAfter(11))).toBe(false);
    expect((await standing(member)).reserved).toBe(8);
    await sweepUntilQuiet(hoursAfter(12));
    expect(await standing(member)).toMatchObject({ reserved: 0, shares: [] });
    expect(await isDue(hoursAfter(10_000))).toBe(false);
  });

  test("has no member id in any key", async () => {
    const member = aMember();
    await approve(depsAt(hoursAfter(1)), await therapyFor(member, 8));
    const key = stores.benefits.keyOf(member, "outpatient-therapy-visits", "2026-01-01");
    expect((await stores.benefits.find(key)).shares).toHaveLength(1);
    expect(JSON.stringify([key, await stores.benefits.due(hoursAfter(100_000), 100)])).not.toContain(member);
  });
});
