import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { planItems } from "../../../infra/local/plan-items.ts";
import { dynamoDirectory } from "../../../shared/aws/dynamo-directory.ts";
import { dynamoMembers } from "../../../shared/aws/dynamo-members.ts";
import type { ItemKey } from "../../../shared/aws/keys.ts";
import { covers } from "../../../shared/domain/period.ts";
import { memberKey } from "../../../shared/sealing/ids.ts";
import { npis } from "../../builders.ts";

type Item = Record<string, AttributeValue>;
const holding =
  (items: readonly Item[], asked: ItemKey[] = []) =>
  async (key: ItemKey) => {
    asked.push(key);
    return items.find(({ pk, sk }) => pk?.S === key.pk.S && sk?.S === key.sk.S);
  };
const stored = (npi: string, more: Item): Item => ({ pk: { S: `PROVIDER#${npi}` }, sk: { S: "PROVIDER" }, ...more });

describe("the directory", () => {
  const entryOf = async (more: Item) =>
    (await dynamoDirectory(holding([stored(npis.dayton, more)])).lookUp([npis.dayton])).get(npis.dayton);

  test("reads periods of participation, ended or not", async () => {
    const entry = await entryOf({
      participation: {
        L: [{ M: { from: { S: "2020-01-01" }, to: { S: "2021-12-31" } } }, { M: { from: { S: "2024-01-01" } } }],
      },
      organizations: { SS: ["org-a"] },
      home: { S: "org-a" },
    });
    expect(entry).toEqual({
      participation: [{ from: "2020-01-01", to: "2021-12-31" }, { from: "2024-01-01" }],
      organizations: ["org-a"],
      home: "org-a",
    });
  });

  test.each([
    [{ participating: { BOOL: true } }, true],
    [{ participating: { BOOL: false } }, false],
    [{}, false],
  ])("reads an entry from before there were periods: %j", async (more: Item, participates) => {
    const { participation = [] } = (await entryOf(more)) ?? {};
    for (const day of ["1900-01-01", "2026-12-20", "2999-12-31"]) expect(covers(participation, day)).toBe(participates);
  });

  test("does not know everybody", async () => {
    expect((await dynamoDirectory(holding([])).lookUp([npis.dayton])).size).toBe(0);
  });
});

describe("the eligibility data", () => {
  const salt = "a salt";
  const seal = memberKey(salt);
  const invented = planItems(salt) as unknown as Item[];

  test("are found by what stands for the member's id, which is in no key", async () => {
    const asked: ItemKey[] = [];
    const members = dynamoMembers(holding(invented, asked), seal);
    expect(await members.find("20260000011")).toEqual({
      eligible: [{ from: "2020-01-01" }],
      programs: [{ program: "AR-CES", from: "2024-01-01" }],
    });
    expect(await members.find("20260000021")).toEqual({ eligible: [{ from: "2020-01-01", to: "2024-12-31" }], programs: [] });
    expect(await members.find("20260000031")).toMatchObject({ eligible: [{ from: "2099-01-01" }] });
    expect(asked).toHaveLength(3);
    expect(JSON.stringify([asked, invented])).not.toMatch(/202600000[123]1/);
  });

  test("do not know everybody, and that is remembered too", async () => {
    const asked: ItemKey[] = [];
    const members = dynamoMembers(holding(invented, asked), seal);
    expect(await members.find("10487654321")).toBeUndefined();
    expect(await members.find("10487654321")).toBeUndefined();
    expect(asked).toHaveLength(1);
  });
});
