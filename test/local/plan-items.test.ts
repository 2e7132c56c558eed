import { expect, test } from "vitest";
import { planItems } from "../../infra/local/plan-items.ts";
import members from "../../infra/local/plan-members.json" with { type: "json" };
import { dynamoMembers } from "../../shared/aws/dynamo-members.ts";
import { memberKey } from "../../shared/sealing/ids.ts";

test("the invented members are found under the keys by which functions ask for them, with the periods that the plan gave them", async () => {
  const items = new Map(planItems("salt").map((item) => [`${item.pk.S} ${item.sk.S}`, item]));
  const found = dynamoMembers(async ({ pk, sk }) => items.get(`${pk.S} ${sk.S}`) as never, memberKey("salt"));
  expect(members.length).toBeGreaterThan(0);
  for (const { memberId, eligible, programs } of members) expect(await found.find(memberId)).toEqual({ eligible, programs });
});
