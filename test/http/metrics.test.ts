import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DeleteItemCommand, PutItemCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoDecisionLedger } from "../../shared/aws/dynamo-decision-ledger.ts";
import { policy } from "../../shared/policy/policy.ts";
import { aSubmission, therapyLine } from "../builders.ts";
import { controlOf, type Json } from "../caller.ts";
import { eventually } from "../eventually.ts";
import { callerAt, type OwnCloud, ownCloud } from "../own-cloud.ts";
import { tableName, tableOf } from "../table-of.ts";
import { memberEndingIn, taken } from "./imaging-desk.ts";
import { expectProblem } from "./problems.ts";

type Person = Awaited<ReturnType<typeof callerAt>>;

/** A cloud of its own: what is decided elsewhere would be in the same year's sums. */
let cloud: OwnCloud;
let analyst: Person;
let provider: Person;
let nurse: Person;
let director: Person;
let another: Person;
let year: number;

const met = { medicalNecessity: "met", medicalAppropriateness: "met", benefitLimits: "met" };
const because = { reason: { code: "0F", text: "Six visits have restored full function." }, criterion: "Plan guideline PT-4." };
const approved = { lineNumber: 1, outcome: "approved", grounds: met };
const denied = { lineNumber: 1, outcome: "denied", grounds: { ...met, medicalNecessity: "not-met" }, ...because };
const less = { ...denied, outcome: "approved-less", quantity: 4 };

const ask = async (changes: object = {}, line: object = {}): Promise<Json> => {
  const soon = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  const lines = [therapyLine({ serviceDate: soon, endDate: soon, ...line })];
  return taken(await provider.submit(aSubmission({ lines, member: memberEndingIn("1"), ...changes })), 201);
};
/** Letters that are being written change the request's version meanwhile. */
const step = async (who: Person, { id }: Json, name: string, body: object): Promise<Json> => {
  const attempt = async () => {
    const { version } = taken(await nurse.get(`/v1/requests/${id}`), 200);
    return who.post(`/v1/requests/${id}/${name}`, body, { "if-match": `"${version}"` });
  };
  return taken(await eventually(attempt, ({ status }) => status !== 412, 30), 200);
};
const decided = async (request: Promise<Json>, line: object): Promise<Json> =>
  step(director, await request, "determination", { lines: [line] });
const extended = async (): Promise<Json> => step(nurse, await ask(), "extension", { reason: "Records are awaited." });
const overturned = async (): Promise<void> => {
  const { id, appeals } = await step(provider, await decided(ask(), denied), "appeals", { reason: "See the letter." });
  await step(another, { id }, `appeals/${appeals[0].id}/decision`, { outcome: "overturned" });
};

const metrics = async (query = ""): Promise<Json> => taken(await analyst.get(`/v1/metrics/${year}${query}`), 200);
const programOf = async (lineOfBusiness: string): Promise<Json> =>
  (await metrics()).programs.find((one: Json) => one.lineOfBusiness === lineOfBusiness);

/** The command as an operator runs it, on this pocket cloud. */
async function rebuild(...args: string[]): Promise<{ code: number; said: string }> {
  const script = join(import.meta.dirname, "../../infra/cli/metrics-rebuild.ts");
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, LOCAL_DIR: cloud.directory } });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, "close")) as [number];
  return { code, said: (await said).join("") };
}

beforeAll(async () => {
  cloud = await ownCloud();
  [provider, nurse, director, another, analyst] = await Promise.all([
    callerAt(cloud, { role: "provider" }),
    callerAt(cloud, { role: "nurse" }),
    callerAt(cloud, { role: "director", subject: "director-1" }),
    callerAt(cloud, { role: "director", subject: "director-2" }),
    callerAt(cloud, { role: "analyst" }),
  ]);
  const [first] = await Promise.all([
    decided(ask(), approved),
    decided(ask(), less),
    decided(ask({ priority: "expedited", expedite: { reason: "Pain.", requestedBy: "physician" } }), approved),
    decided(ask({}, { code: "J1745", description: "An infusion", unit: "unit" }), denied),
    decided(ask({ lineOfBusiness: "marketplace", state: "TX" }), denied),
    decided(extended(), approved),
    overturned(),
  ]);
  year = Number(first.lines[0].decision.decidedAt.slice(0, 4));
  await controlOf(cloud, "idle");
}, 120_000);
afterAll(() => cloud?.close());

describe("a year's metrics", () => {
  test("are by program what was decided, drugs apart", async () => {
    const shown = await eventually(
      () => programOf("medicaid"),
      ({ shares, excluded }) => shares.standardApprovedAfterAppeal.numerator === 1 && excluded.drugs === 1,
      30,
    );
    expect(shown).toMatchObject({
      program: "Medicaid plan",
      shares: {
        standardApproved: { numerator: 2, denominator: 4, percent: 50 },
        standardDenied: { numerator: 2, denominator: 4, percent: 50 },
        standardApprovedAfterAppeal: { numerator: 1, denominator: 4, percent: 25 },
        extendedAndApproved: { numerator: 1, denominator: 5, percent: 20 },
        expeditedApproved: { numerator: 1, denominator: 1, percent: 100 },
        expeditedDenied: { numerator: 0, denominator: 1, percent: 0 },
      },
      timeToDecision: { standard: { unit: "days", count: 4, mean: 0, median: 0 }, expedited: { unit: "hours", count: 1 } },
      excluded: { drugs: 1, retrospective: 0 },
    });
    expect((await programOf("marketplace")).shares.standardDenied).toEqual({ numerator: 1, denominator: 1, percent: 100 });
    expect((await programOf("medicare-advantage")).shares.standardDenied).toEqual({ numerator: 0, denominator: 0, percent: null });
  });

  test("come with when to post them, what each figure is, and the list of services without drugs", async () => {
    const { postBy, definitions, services } = await metrics();
    expect(postBy).toBe(`${year + 1}-03-31`);
    expect(definitions.length).toBe(9);
    expect(services.items).toEqual(policy.rules.filter(({ id }) => id !== "drug").map(({ id, name }) => ({ id, name })));
  });

  test("of one line of business are those alone", async () => {
    const { programs } = await metrics("?lineOfBusiness=marketplace&format=json");
    expect(programs).toHaveLength(1);
    expect(programs[0]).toEqual(await programOf("marketplace"));
  });

  test("as CSV have a row for each program and measure", async () => {
    const answer = await analyst.get(`/v1/metrics/${year}?format=csv&lineOfBusiness=medicaid`);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="prior-authorization-metrics-${year}.csv"`);
    expect(answer.text.split("\r\n").slice(0, 3)).toEqual([
      "year,lineOfBusiness,program,measure,numerator,denominator,value,unit",
      `${year},medicaid,Medicaid plan,standardApproved,2,4,50.00,percent`,
      `${year},medicaid,Medicaid plan,standardDenied,2,4,50.00,percent`,
    ]);
    const all: Json[] = parse((await analyst.get(`/v1/metrics/${year}?format=csv`)).text, { columns: true });
    expect(all).toHaveLength(3 * 12);
    const nothing = all.find((row) => row.program === "Medicare Advantage contract" && row.measure === "standardApproved");
    expect(nothing).toMatchObject({ numerator: "0", denominator: "0", value: "", unit: "percent" });
  });

  test("of a year that has not come are empty", async () => {
    const { programs } = taken(await analyst.get("/v1/metrics/2099"), 200);
    expect(programs.map(({ shares }: Json) => shares.standardApproved.denominator)).toEqual([0, 0, 0]);
  });

  test.each(["26", "1999", "2101", "20266", "year"])("are of no year %s", async (wrong) => {
    expectProblem(await analyst.get(`/v1/metrics/${wrong}`), "validation-failed", ["/year"]);
  });

  test("are asked for in words that are known", async () => {
    expectProblem(await analyst.get(`/v1/metrics/${year}?format=xml`), "validation-failed", ["/format"]);
    expectProblem(await analyst.get(`/v1/metrics/${year}?lineOfBusiness=dental`), "validation-failed", ["/lineOfBusiness"]);
  });

  test("are for analysts", async () => {
    for (const who of [provider, nurse, director]) expect((await who.get(`/v1/metrics/${year}`)).status).toBe(403);
  });
});

test("the ledger tells what was decided from one moment on and before another", async () => {
  const dynamo = tableOf(cloud);
  const ledger = dynamoDecisionLedger(dynamo, tableName);
  const times = (await ledger.year(year)).map(({ decidedAt }) => decidedAt).toSorted();
  expect(times).toHaveLength(7);
  const [from = "", to = ""] = [times[2], times[5]];
  const found = await ledger.decided(from, to);
  expect(found.map(({ decidedAt }) => decidedAt).toSorted()).toEqual(times.filter((time) => time >= from && time < to));
  expect(await ledger.decided("2025-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z")).toEqual([]);
  dynamo.destroy();
});

describe("a rebuild by command", () => {
  test("finds nothing to put right where the events were heard", async () => {
    const { code, said } = await rebuild("--check");
    expect(said).toContain("7 requests, 7 decided asks: 0 missing, 0 different, 0 unknown in the ledger");
    expect(said).toMatch(new RegExp(`^ {2}${year}: 7 decided, digest [0-9a-f]{64}$`, "m"));
    expect(said).toMatch(/^ {6}standardApproved +50\.00 % {2}2 of 4$/m);
    expect(code).toBe(0);
  });

  test("finds what somebody has disturbed, says so, and puts it right to the last digit", async () => {
    const before = await metrics();
    const dynamo = tableOf(cloud);
    const entries: Json[] = [];
    for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: tableName }))
      entries.push(...Items.filter(({ pk }) => pk?.S?.startsWith("METRICS#")));
    const [lost, copied] = entries;
    await dynamo.send(new DeleteItemCommand({ TableName: tableName, Key: { pk: lost.pk, sk: lost.sk } }));
    const content = JSON.stringify({ ...JSON.parse(copied.content.S), decidedAt: `${year}-01-02T03:04:05.678Z` });
    const sk = { S: copied.sk.S.replace(/^[^#]*/, `${year}-01-02T03:04:05.678Z`) };
    await dynamo.send(new PutItemCommand({ TableName: tableName, Item: { ...copied, sk, content: { S: content } } }));

    const counts = "7 requests, 7 decided asks: 1 missing, 0 different, 1 unknown in the ledger";
    const checked = await rebuild("--check", "--year", String(year));
    expect(checked.said).toContain(counts);
    expect(checked.code).toBe(1);
    const built = await rebuild();
    expect(built.said).toContain(counts);
    expect(built.said).toContain("The sums have changed. Before:");
    expect(built.code).toBe(0);
    expect(await metrics()).toEqual(before);
    expect((await rebuild()).said).toContain("The sums are what they were, to the last digit.");
    dynamo.destroy();
  });

  test("says how it is used", async () => {
    const { code, said } = await rebuild("--year", "26");
    expect(said).toContain('"26" is no year from 2000 to 2100.');
    expect(code).toBe(2);
  });
});
