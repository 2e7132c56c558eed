import { DeleteItemCommand, type DynamoDBClient, ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { batchedReads } from "../../shared/aws/batched-reads.ts";
import { dynamoPolicies } from "../../shared/aws/dynamo-policies.ts";
import { itemKey, rulesKey } from "../../shared/aws/keys.ts";
import { policy } from "../../shared/policy/policy.ts";
import { proposedRules } from "../../shared/policy/proposed.ts";
import { builtInRules } from "../../shared/policy/rules-bundle.ts";
import type { PolicyRegister } from "../../shared/ports.ts";
import { type AdoptDeps, type Adoption, type AdoptionRefusal, adoptPolicy } from "../../shared/use-cases/adopt-policy.ts";
import { chance } from "./chance.ts";
import { type DeskTable, openDeskTable } from "./desk-table.ts";

let table: DeskTable;
beforeAll(async () => {
  table = await openDeskTable();
});
afterAll(() => table?.close());
/** Each test begins with the rules that are built in alone. */
afterEach(async () => {
  const { Items = [] } = await table.dynamo.send(new ScanCommand({ TableName: table.name, ProjectionExpression: "pk, sk" }));
  for (const { pk, sk } of Items)
    if (pk && sk) await table.dynamo.send(new DeleteItemCommand({ TableName: table.name, Key: { pk, sk } }));
});

const builtIn = builtInRules();
const now = "2027-01-01T04:30:00.000Z";
/** In the plan's time zone the year has not yet begun. */
const today = "2026-12-31";

/** The plan's rules under another version. */
const rules = (version: string, effectiveFrom = today, note = "") =>
  JSON.stringify({ ...JSON.parse(builtIn.text), version, effectiveFrom, note });

const adopt = (text: string, over: Partial<AdoptDeps> = {}): Promise<Adoption> => {
  const proposals = { read: async () => new TextEncoder().encode(text) };
  const deps = { proposals, register: table.register, clock: { now: () => now }, policy, builtIn, ...over };
  return adoptPolicy(deps, { key: "proposed/rules.json", versionId: "1" });
};
const adopted = async () => (await table.register.read()).adopted.map(({ version }) => version);

/** A process of its own, and what it asks the table. */
const reader = (overrides = true) => {
  const asked: string[] = [];
  const unread: unknown[] = [];
  let failure: Error | undefined;
  const send = async (command: Parameters<DynamoDBClient["send"]>[0]) => {
    asked.push(command.constructor.name);
    if (failure) throw failure;
    return table.dynamo.send(command);
  };
  const dynamo = { send } as unknown as DynamoDBClient;
  const read = batchedReads(dynamo, table.name);
  const policies = dynamoPolicies(dynamo, table.name, { read, builtIn: policy, overrides, unread: (error) => unread.push(error) });
  const failWith = (error: Error | undefined) => {
    failure = error;
  };
  return { policies, read, asked, unread, failWith };
};

describe("adopting rules", () => {
  test("puts them into the register behind those that are built in, once", async () => {
    expect(await adopt(rules("2027-01-01"))).toEqual({ outcome: "adopted" });
    expect(await adopted()).toEqual([builtIn.version, "2027-01-01"]);
    expect(await adopt(rules("2027-01-01"))).toEqual({ outcome: "adopted-before" });
    expect(await adopted()).toEqual([builtIn.version, "2027-01-01"]);
  });

  test("takes those that are built in whenever they were written, and repeats of what was adopted in time", async () => {
    expect(await adopt(builtIn.text)).toEqual({ outcome: "adopted" });
    expect(await adopted()).toEqual([builtIn.version]);
    await adopt(rules("2027-01-01"));
    expect(await adopt(rules("2027-01-01"), { clock: { now: () => "2028-01-01T12:00:00.000Z" } })).toEqual({
      outcome: "adopted-before",
    });
  });

  test("takes those that come with later code, which judges by them already", async () => {
    await adopt(rules("2027-01-01"));
    const text = rules("2026-12-30", "2026-12-01");
    const later = proposedRules(new TextEncoder().encode(text));
    if ("broken" in later) throw new Error(later.broken.join());
    expect(await adopt(text)).toMatchObject({ reason: "effective-in-the-past" });
    expect(await adopt(text, { builtIn: later })).toEqual({ outcome: "adopted" });
    expect(await adopted()).toEqual([builtIn.version, "2027-01-01", "2026-12-30"]);
  });

  test("takes a second version of a day", async () => {
    await adopt(rules("2027-01-01"));
    expect(await adopt(rules("2027-01-01.2"))).toEqual({ outcome: "adopted" });
    const { policies } = reader();
    expect((await policies.at("2027-01-01T12:00:00.000Z")).version).toBe("2027-01-01.2");
    expect((await policies.of("2027-01-01", now)).version).toBe("2027-01-01");
  });

  test("that were kept and never registered hold their version until the same ones come again", async () => {
    const { register } = table;
    const cutOff = { ...register, save: () => Promise.reject(new Error("cut off")) };
    await expect(adopt(rules("2027-01-01"), { register: cutOff })).rejects.toThrow("cut off");
    expect(await adopt(rules("2027-01-01", today, "Mended."))).toEqual(refusal("version-taken", "version"));
    expect(await adopted()).toEqual([]);
    expect(await adopt(rules("2027-01-01.2", today, "Mended."))).toEqual({ outcome: "adopted" });
  });

  test.each<[string, string, Adoption]>([
    ["no JSON", "{", refusal("broken", "file")],
    ["no rules", rules("soon"), refusal("broken", "version")],
    ["rules without a service that was published", withoutItsFirst("2027-01-02"), refusal("broken", "behavioral-inpatient")],
    ["rules of yesterday", rules("2027-01-02", "2026-12-30"), refusal("effective-in-the-past", "effectiveFrom")],
    ["other rules under the version that is built in", rules(builtIn.version), refusal("version-taken", "version")],
    ["other rules under a version that was adopted", rules("2027-01-01", today, "Other."), refusal("version-taken", "version")],
    [
      "more than an item holds",
      rules("2027-01-02", today, noise(600_000)),
      { outcome: "refused", reason: "too-large", places: [] },
    ],
  ])("%s changes nothing", async (_what, text, refused) => {
    await adopt(rules("2027-01-01"));
    const before = await table.register.read();
    expect(await adopt(text)).toEqual(refused);
    expect(await table.register.read()).toEqual(before);
    const { policies } = reader();
    expect((await policies.at("2027-01-01T12:00:00.000Z")).version).toBe("2027-01-01");
  });

  test("what is too long to be read is refused unread", async () => {
    expect(await adopt("", { proposals: { read: async () => undefined } })).toMatchObject({ reason: "too-large" });
  });

  test("several at once come into the register one after another, and none is lost", async () => {
    const versions = Array.from({ length: 20 }, (_, index) => `2027-02-${String(index + 1).padStart(2, "0")}`);
    // Each is delivered twice, as a queue may.
    const outcomes = await Promise.all([...versions, ...versions].map((version) => adopt(rules(version))));
    expect(outcomes.filter(({ outcome }) => outcome === "adopted")).toHaveLength(versions.length);
    expect(outcomes.filter(({ outcome }) => outcome === "adopted-before")).toHaveLength(versions.length);
    const [first, ...others] = await adopted();
    expect(first).toBe(builtIn.version);
    expect(others.toSorted()).toEqual(versions);
  });

  test("different rules under one version at once: one of them is adopted, and it is the one that is kept", async () => {
    const notes = Array.from({ length: 10 }, (_, index) => `Edition ${index}.`);
    const outcomes = await Promise.all(notes.map((note) => adopt(rules("2027-01-01", today, note))));
    const won = outcomes.findIndex(({ outcome }) => outcome === "adopted");
    expect(outcomes.filter(({ outcome }) => outcome === "refused")).toHaveLength(9);
    expect(await adopt(rules("2027-01-01", today, notes[won]))).toEqual({ outcome: "adopted-before" });
    expect(await adopted()).toEqual([builtIn.version, "2027-01-01"]);
  });

  test("cut off anywhere, it is made up for by the repeat, whatever else was adopted meanwhile", async () => {
    const { below, strikes } = chance(7);
    let interrupted = 0;
    for (let round = 0; round < 12; round += 1) {
      const version = `2027-03-${String(round + 1).padStart(2, "0")}`;
      let left = below(5);
      const breaking =
        <Given extends unknown[], Answer>(does: (...given: Given) => Promise<Answer>) =>
        async (...given: Given): Promise<Answer> => {
          if (left <= 0) throw new Error("cut off before");
          left -= 1;
          const answer = await does(...given);
          if (left <= 0 && strikes(0.5)) throw new Error("cut off after");
          return answer;
        };
      const { read, keep, save } = table.register;
      const register: PolicyRegister = { read: breaking(read), keep: breaking(keep), save: breaking(save) };
      await adopt(rules(version), { register }).catch(() => {
        interrupted += 1;
      });
      if (strikes(0.5)) await adopt(rules(`2027-04-${String(round + 1).padStart(2, "0")}`));
      expect(await adopt(rules(version))).toMatchObject({ outcome: expect.stringMatching(/^adopted/) });
      expect((await adopted()).filter((one) => one === version)).toEqual([version]);
    }
    expect(interrupted).toBeGreaterThan(3);
    expect((await adopted())[0]).toBe(builtIn.version);
  });
});

describe("rules by time", () => {
  test("without others the register is read with what else is asked for, and nothing more", async () => {
    const { policies, read, asked } = reader();
    const [version] = await Promise.all([policies.at(now), read(itemKey("RESTORE", "RESTORE")), read(itemKey("A", "A"))]);
    expect(version).toBe(policy);
    expect(await policies.at(now)).toBe(policy);
    expect(await policies.of(policy.version, now)).toBe(policy);
    expect(asked).toEqual(["BatchGetItemCommand"]);
  });

  test("a stage without overrides asks nobody", async () => {
    await adopt(rules("2027-01-01"));
    const { policies, asked } = reader(false);
    expect(await policies.at("2027-02-01T12:00:00.000Z")).toBe(policy);
    expect(asked).toEqual([]);
  });

  test("each day has its version by the plan's time zone, read once", async () => {
    await adopt(rules("2027-01-01", "2027-01-01"));
    const { policies, asked } = reader();
    expect((await policies.at("2027-01-01T04:59:59.999Z")).version).toBe(policy.version);
    expect((await policies.at("2027-01-01T05:00:00.000Z")).version).toBe("2027-01-01");
    expect((await policies.at("2027-06-01T05:00:00.000Z")).version).toBe("2027-01-01");
    expect((await policies.of("2027-01-01", now)).effectiveFrom).toBe("2027-01-01");
    expect(asked).toEqual(["BatchGetItemCommand", "GetItemCommand"]);
  });

  test("judge as they were written, with the plan's own clocks and vendors", async () => {
    const other = JSON.parse(builtIn.text);
    other.rules[0].effectiveTo = "2026-12-31";
    await adopt(JSON.stringify({ ...other, version: "2027-01-01", effectiveFrom: "2026-12-31" }));
    const { policies } = reader();
    const found = await policies.at("2027-01-01T12:00:00.000Z");
    expect(found.rules).toEqual(other.rules);
    expect(found.rules).not.toEqual(policy.rules);
    expect(found).toMatchObject({ clocks: policy.clocks, vendors: policy.vendors, plan: policy.plan });
  });

  test("of a schema that this code does not know are refused, and not taken for what they are not", async () => {
    await adopt(rules("2027-01-01"));
    const Key = rulesKey("2027-01-01");
    const set = { UpdateExpression: "SET schemaVersion = :other", ExpressionAttributeValues: { ":other": { N: "0" } } };
    await table.dynamo.send(new UpdateItemCommand({ TableName: table.name, Key, ...set }));
    await expect(reader().policies.of("2027-01-01", now)).rejects.toThrow("rules of the schema 0");
  });

  test("a version that nobody knows is that in force at the receipt", async () => {
    await adopt(rules("2027-01-01", "2027-01-01"));
    const { policies } = reader();
    expect((await policies.of("1999-01-01", "2026-12-01T12:00:00.000Z")).version).toBe(policy.version);
    expect((await policies.of("1999-01-01", "2027-01-02T12:00:00.000Z")).version).toBe("2027-01-01");
  });

  test("a request's version is found after others came, however many", async () => {
    const versions = Array.from({ length: 7 }, (_, index) => `2027-05-0${index + 1}`);
    for (const version of versions) await adopt(rules(version));
    const { policies, asked } = reader();
    for (const version of [...versions, ...versions]) expect((await policies.of(version, now)).version).toBe(version);
    expect(asked.length).toBeGreaterThan(versions.length);
    const before = asked.length;
    await policies.of("2027-05-07", now);
    expect(asked).toHaveLength(before);
  });
});

describe("a register that cannot be read", () => {
  const gone = new Error("the table is gone");
  const minutes = 60_000;
  let later = 0;
  beforeEach(() => {
    later = 0;
    const real = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => real() + later);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const inForce = async ({ policies }: ReturnType<typeof reader>) => (await policies.at("2027-01-01T12:00:00.000Z")).version;

  test("the last one that was read goes on for an hour; each call tries again, and each failure is told", async () => {
    await adopt(rules("2027-01-01"));
    const process = reader();
    expect(await inForce(process)).toBe("2027-01-01");
    process.failWith(gone);
    for (later = 2 * minutes; later < 60 * minutes; later += 19 * minutes) expect(await inForce(process)).toBe("2027-01-01");
    expect(process.unread).toEqual([gone, gone, gone, gone]);
    expect(process.asked.filter((command) => command === "BatchGetItemCommand")).toHaveLength(5);
  });

  test("is read as soon as it can be again, and is good for an hour from then", async () => {
    await adopt(rules("2027-01-01"));
    const process = reader();
    await inForce(process);
    await adopt(rules("2027-01-02"));
    process.failWith(gone);
    later = 50 * minutes;
    expect(await inForce(process)).toBe("2027-01-01");
    process.failWith(undefined);
    expect(await inForce(process)).toBe("2027-01-02");
    process.failWith(gone);
    later = 100 * minutes;
    expect(await inForce(process)).toBe("2027-01-02");
    expect(process.unread).toHaveLength(2);
  });

  test("is missed after an hour, and by a process that never read one", async () => {
    const process = reader();
    process.failWith(gone);
    await expect(inForce(process)).rejects.toThrow(gone);
    process.failWith(undefined);
    await inForce(process);
    process.failWith(gone);
    later = 61 * minutes;
    await expect(inForce(process)).rejects.toThrow(gone);
    expect(process.unread).toEqual([]);
  });
});

/** Left out of what is proposed. */
function withoutItsFirst(version: string): string {
  const { rules, ...rest } = JSON.parse(builtIn.text);
  return JSON.stringify({ ...rest, version, effectiveFrom: today, rules: rules.slice(1) });
}

function refusal(reason: AdoptionRefusal, place: string): Adoption {
  return { outcome: "refused", reason, places: [place] };
}

/** A text that does not become shorter by being compressed. */
function noise(length: number): string {
  const { below } = chance(11);
  return Array.from({ length }, () => String.fromCharCode(0x30 + below(64))).join("");
}
