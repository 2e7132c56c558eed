import { afterAll, beforeAll, expect, test } from "vitest";
import { dynamoAuthorizations } from "../../shared/aws/dynamo-authorizations.ts";
import { dynamoBenefits } from "../../shared/aws/dynamo-benefits.ts";
import type { MemberId } from "../../shared/domain/identifiers.ts";
import { policy } from "../../shared/policy/policy.ts";
import { memberKey } from "../../shared/sealing/ids.ts";
import { aChange, aSubmission, at, hoursAfter, policies, received, therapyLine } from "../builders.ts";
import { type RaceDeps, race } from "../model/races.ts";
import { chance, rounds } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());

test("of two reviewers at once one decides, on the table as it is", async () => {
  const luck = chance(2_000);
  const deps: RaceDeps = {
    requests: table.requests,
    benefits: dynamoBenefits(table.dynamo, table.name, memberKey("a salt")),
    authorizations: dynamoAuthorizations(table.dynamo, table.name),
    clock: { now: () => hoursAfter(1) },
    policies,
    policy,
  };
  const met = { determination: 0, appeal: 0 };
  for (let first = 1; first <= rounds(500, 40); first += 4)
    // Four races at once, each between two.
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const id = luck.requestId();
        const member = { ...aSubmission().member, id: String(10_000_000_000 + luck.below(1e9) * 7) as MemberId };
        const lines = Array.from({ length: 1 + luck.below(3) }, () => therapyLine({ quantity: 4 }));
        await table.requests.create(aChange({ lines, member }, { id }, at(received)), "fingerprint");
        const look = async () => {
          const request = await table.requests.find(id);
          if (!request) throw new Error("the request is gone");
          return { request, history: await table.requests.history(id) };
        };
        const { what } = await race(id, luck, () => deps, look);
        met[what] += 1;
      }),
    );
  expect(Math.min(met.determination, met.appeal)).toBeGreaterThan(2);
}, 300_000);
