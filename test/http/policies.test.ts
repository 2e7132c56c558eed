import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openIdentities } from "../../infra/local/identities.ts";
import { rulesRegisterKey } from "../../shared/aws/keys.ts";
import { addDays, dayOf } from "../../shared/domain/calendar.ts";
import { policy } from "../../shared/policy/policy.ts";
import { builtInRules } from "../../shared/policy/rules-bundle.ts";
import { type Caller, callerOf, controlOf, type Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { callerAt, type OwnCloud, ownCloud } from "../own-cloud.ts";
import { tableName, tableOf } from "../table-of.ts";
import { aSubmission } from "./bodies.ts";
import { taken } from "./imaging-desk.ts";
import { event, vendorAt } from "./vendor-messages.ts";

/**
 * One story in one pocket cloud, so that nobody else is judged by its rules. A warm function reads the register anew after a minute;
 * here it is started anew.
 */
let cloud: OwnCloud;
let provider: Caller;
let early: Json;
let override: Promise<void> | undefined;

const builtIn = builtInRules();
const dropped = "urine-drug-testing";
const code = "G0480";
const today = () => dayOf(new Date().toISOString(), policy.plan.timeZone);
/** The plan's rules in which the service has ended that the code belongs to: what it was is now reviewed by a person. */
const without = (version: string): Json => {
  const rules = JSON.parse(builtIn.text);
  const ended = rules.rules.map((rule: Json) => (rule.id === dropped ? { ...rule, effectiveTo: addDays(today(), -1) } : rule));
  return { ...rules, version, effectiveFrom: today(), rules: ended };
};

const propose = async (name: string, text: string): Promise<void> => {
  const s3 = new S3Client({
    endpoint: cloud.objectStore,
    region: "us-east-1",
    credentials: openIdentities(cloud.directory).of("developer"),
    forcePathStyle: true,
  });
  const Bucket = "prior-auth-local-policy-000000000000-us-east-1";
  await s3.send(new PutObjectCommand({ Bucket, Key: `proposed/${name}.json`, Body: text }));
  s3.destroy();
};

const linesOf = (name: string): Json[] => {
  const log = join(cloud.directory, "logs", `prior-auth-local-${name}.log`);
  const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
  return lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
};
/** What became of proposals, once there are so many: a log is written a moment after the deed. */
const outcomes = (count: number): Promise<string[]> =>
  eventually(
    async () => linesOf("adopt-policy").flatMap(({ message, outcome }) => (message === "event consumed" ? [outcome] : [])),
    ({ length }) => length >= count,
  );
const register = async (): Promise<Json> => {
  const table = tableOf(cloud);
  const { Item } = await table.send(new GetItemCommand({ TableName: tableName, Key: rulesRegisterKey, ConsistentRead: true }));
  table.destroy();
  return Item;
};

/** The override stands; whichever test comes first puts it there. */
const overridden = async (): Promise<void> => {
  override ??= propose("2026-12-31", JSON.stringify(without("2026-12-31"), null, 2)).then(async () => {
    await outcomes(1);
    await cloud.restart();
  });
  await override;
};

const lookUp = async (): Promise<Json> =>
  (await provider.get(`/v1/procedure-codes/${code}?setting=outpatient&network=participating&emergency=false`)).body;
const drugTest = () => aSubmission({ lines: [{ ...aSubmission().lines[0], code, description: "Drug test" }] });
const inquiry = () => {
  const { member: _m, clinicalSummary: _s, emergency: _e, postStabilization: _p, ...rest } = drugTest();
  return { ...rest, programs: [] };
};
const byRules = { policyVersion: builtIn.version, lines: [{ category: dropped, requirement: "required" }] };
const byOverride = { policyVersion: "2026-12-31", lines: [{ rule: "unlisted", requirement: "review" }] };

beforeAll(async () => {
  cloud = await ownCloud();
  provider = await callerAt(cloud, { role: "provider" });
  early = taken(await provider.submit(drugTest()), 201);
});
afterAll(() => cloud?.close());

test("before anything is proposed, the rules judge that are built in", async () => {
  expect(early).toMatchObject(byRules);
  const answer = await lookUp();
  expect(answer.policyVersion).toBe(builtIn.version);
  expect(answer.answers.map(({ category }: Json) => category)).toContain(dropped);
  expect(await register()).toBeUndefined();
});

describe("an override that is good", () => {
  test("is adopted, behind the rules that are built in", async () => {
    await overridden();
    expect(await outcomes(1)).toEqual(["adopted"]);
    const { adopted } = await register();
    expect(adopted.L.map(({ M }: Json) => M.version.S)).toEqual([builtIn.version, "2026-12-31"]);
  });

  test("answers who looks a code up, asks for the list, or asks beforehand", async () => {
    await overridden();
    const answer = await lookUp();
    expect(answer.policyVersion).toBe("2026-12-31");
    expect(answer.answers.map(({ rule }: Json) => rule)).toContain("unlisted");
    expect(answer.answers.map(({ category }: Json) => category)).not.toContain(dropped);
    const { body: list } = await provider.get("/v1/services");
    expect(list).toMatchObject({ policyVersion: "2026-12-31", effectiveFrom: today() });
    expect(list.services.find(({ id }: Json) => id === dropped)).toMatchObject({ effectiveTo: addDays(today(), -1) });
    const checked = taken(await provider.post("/v1/requirement-checks", inquiry()), 200);
    expect(checked).toMatchObject(byOverride);
  });

  test("is the list of services in the metrics of the years in which each was in force", async () => {
    await overridden();
    const analyst = await callerAt(cloud, { role: "analyst" });
    const year = Number(today().slice(0, 4));
    const listed = async (of: number): Promise<Json> => taken(await analyst.get(`/v1/metrics/${of}`), 200).services;
    const now = await listed(Number(addDays(today(), -1).slice(0, 4)));
    expect(now.policyVersion).toBe("2026-12-31");
    expect(now.items.map(({ id }: Json) => id)).toContain(dropped);
    const next = (await listed(year + 1)).items.map(({ id }: Json) => id);
    expect(next).not.toContain(dropped);
    expect(next).toHaveLength(now.items.length - 1);
  });

  test("judges a new request, from its submission to its withdrawal", async () => {
    const request = taken(await provider.submit(drugTest()), 201);
    expect(request).toMatchObject(byOverride);
    const path = `/v1/requests/${request.id}`;
    expect(taken(await provider.post(`${path}/information`, { clinicalSummary: "More of it." }), 200)).toMatchObject(byOverride);
    expect(taken(await provider.post(`${path}/withdrawal`, { reason: "Not needed." }), 200)).toMatchObject(byOverride);
  });

  test("judges a case that was opened at the vendor's own site", async () => {
    const { channel: _, ...submission } = drugTest();
    const hear = vendorAt(cloud, await callerOf(cloud, undefined));
    const occurredAt = new Date().toISOString();
    const { requestId } = taken(await hear(event("opened", 1, { caseId: "NIA-1", submission, occurredAt })), 202);
    expect(taken(await provider.get(`/v1/requests/${requestId}`), 200)).toMatchObject(byOverride);
  });

  test("leaves a request that came before it to the rules that judged it", async () => {
    const path = `/v1/requests/${early.id}`;
    const information = { clinicalSummary: "More of it.", lines: [{ lineNumber: 1, quantity: 2 }] };
    const informed = taken(await provider.post(`${path}/information`, information), 200);
    expect(informed).toMatchObject({ ...byRules, version: early.version + 1 });
  });

  test("proposed again changes nothing", async () => {
    const before = await register();
    await propose("again", JSON.stringify(without("2026-12-31")));
    expect(await outcomes(2)).toEqual(["adopted", "adopted-before"]);
    expect(await register()).toEqual(before);
  });
});

describe("an override that is broken", () => {
  test("is refused with its places, counted, and changes nothing", async () => {
    const before = await register();
    const broken = without("2027-01-01");
    broken.rules[0].route = "Ada Reyes";
    broken.rules[1].match.codes = "none";
    await propose("2027-01-01", JSON.stringify(broken));
    expect(await outcomes(3)).toEqual(["adopted", "adopted-before", "refused"]);
    expect(linesOf("adopt-policy").filter(({ message }) => message === "policy refused")).toEqual([
      expect.objectContaining({
        level: "ERROR",
        reason: "broken",
        places: ["rules.0.route", "rules.1.match.codes"],
        findings: 2,
        objectVersion: expect.any(String),
      }),
    ]);
    const counted = linesOf("adopt-policy").filter((line) => line._aws);
    expect(counted).toMatchObject([{ PoliciesRefused: 1 }]);
    expect(await register()).toEqual(before);
  });

  test.each<[string, () => string, string]>([
    ["is no JSON", () => '{"version":', "broken"],
    ["is larger than any rules", () => " ".repeat(2_000_001), "too-large"],
    ["has a version that has other rules", () => JSON.stringify({ ...without("2026-12-31"), note: "Other." }), "version-taken"],
    [
      "is to hold since yesterday",
      () => JSON.stringify({ ...without("2027-01-02"), effectiveFrom: "2020-01-01" }),
      "effective-in-the-past",
    ],
  ])("because it %s", async (_what, text, reason) => {
    const before = await register();
    const count = (await outcomes(0)).length;
    await propose("other", text());
    expect((await outcomes(count + 1)).at(-1)).toBe("refused");
    expect(linesOf("adopt-policy").findLast(({ message }) => message === "policy refused")).toMatchObject({ reason });
    expect(await register()).toEqual(before);
  });

  test("leaves the one before it in force, whoever asks", async () => {
    await controlOf(cloud, "idle");
    await cloud.restart();
    expect((await lookUp()).policyVersion).toBe("2026-12-31");
    expect(taken(await provider.submit(drugTest()), 201)).toMatchObject(byOverride);
  });

  test("is done with: nothing waits, and nothing is among the dead letters", async () => {
    await controlOf(cloud, "idle");
    expect(linesOf("adopt-policy").filter(({ message }) => message === "event failed")).toEqual([]);
  });
});
