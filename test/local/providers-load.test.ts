import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type AttributeValue, DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openIdentities } from "../../infra/local/identities.ts";
import { startTable, type Table } from "../../infra/local/table/start-table.ts";
import { peakOfLoading } from "../bench/providers-load.ts";
import { eventually } from "../eventually.ts";
import { freePorts } from "../free-ports.ts";
import { header, npiOf, writeProviders } from "../providers-file.ts";
import { announceCloud } from "../providers-sink.ts";

const name = "prior-auth-local";
const properties = {
  TableName: name,
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  AttributeDefinitions: ["pk", "sk"].map((key) => ({ AttributeName: key, AttributeType: "S" })),
  BillingMode: "PAY_PER_REQUEST",
  Replicas: [{ Region: "us-east-1" }],
};
const script = join(import.meta.dirname, "../../infra/cli/providers-load.ts");

let directory: string;
let file: string;
let closing: (() => Promise<void>)[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "desk-load-"));
  file = join(directory, "providers.csv");
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(directory, { recursive: true });
});

/** A table that the command takes for the pocket cloud's. */
async function aCloud(called: string) {
  const home = join(directory, called);
  const port = await freePorts();
  const identities = openIdentities(home);
  const table: Table = await startTable({
    port: port + 5,
    directory: home,
    tables: [{ name, properties }],
    identities,
    judge: () => ({ allowed: true }),
    now: () => new Date(),
  });
  const announced = await announceCloud(home, port);
  const dynamo = new DynamoDBClient({ endpoint: table.url, region: "us-east-1", credentials: identities.of("developer") });
  closing.push(async () => {
    dynamo.destroy();
    await announced.close();
    await table.close();
  });
  return {
    home,
    contents: async () => {
      const items = new Map<string | undefined, Record<string, AttributeValue>>();
      for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: name }))
        for (const item of Items) items.set(item.pk?.S, item);
      return items;
    },
  };
}

const begin = (home: string, ...args: string[]) => {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH, LOCAL_DIR: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]).then(([out, err, [code]]) => ({
    code,
    out,
    err,
  }));
  return { child, ended };
};
const load = (home: string, ...args: string[]) => begin(home, ...args).ended;

describe("npm run providers:load", () => {
  it("goes on after it was killed, and ends with the table of an unbroken load", { timeout: 120_000 }, async () => {
    const count = 6_000;
    await writeProviders(file, count);
    const whole = await aCloud("whole");
    expect(await load(whole.home, file)).toMatchObject({ code: 0, err: "" });

    const broken = await aCloud("broken");
    const checkpoint = join(broken.home, "providers-load.json");
    const acknowledged = () => (JSON.parse(readFileSync(checkpoint, "utf8")) as { acknowledged: number }).acknowledged;
    const { child, ended } = begin(broken.home, file);
    await eventually(
      async () => existsSync(checkpoint) && acknowledged(),
      (done) => done !== false && done > 0,
      60,
    );
    child.kill("SIGKILL");
    await ended;
    const done = acknowledged();
    const standing = (await broken.contents()).size;
    expect(standing).toBeGreaterThanOrEqual(done);
    expect(standing).toBeLessThan(count);

    const resumed = await load(broken.home, file);
    expect(resumed).toMatchObject({ code: 0, err: "" });
    expect(resumed.out).toContain("going on where the load before was interrupted");
    expect(resumed.out).toContain(
      `${(count - done).toLocaleString("en-US")} providers written, ${done.toLocaleString("en-US")} had been written before`,
    );
    expect(existsSync(checkpoint)).toBe(false);
    const contents = await broken.contents();
    expect(contents.size).toBe(count);
    expect(contents).toEqual(await whole.contents());
  });

  it("ends with 1 when rows were rejected, names them by line, and writes the others", async () => {
    const { home, contents } = await aCloud("cloud");
    await writeProviders(file, 40);
    appendFileSync(file, "1234567890,,,,\n");
    const { code, out } = await load(home, file);
    expect(code).toBe(1);
    expect(out).toContain("line 42: npi: Must be a valid NPI: ten digits with a matching check digit.\n");
    expect(out).toContain("41 rows read: 40 providers written, 1 row rejected");
    expect(out).not.toContain("1234567890");
    expect(readFileSync(`${file}.rejected`, "utf8")).toMatch(/^line 42: npi: .*\n$/);
    expect((await contents()).size).toBe(40);
  });

  it("replaces what a provider was, whatever an older load had said", async () => {
    const { home, contents } = await aCloud("cloud");
    writeFileSync(file, `${header}\n${npiOf(1)},org-a|org-b,org-a,2020-01-01,\n`);
    await load(home, file);
    writeFileSync(file, `${header}\n${npiOf(1)},,,2020-01-01,2026-06-30\n`);
    expect(await load(home, file)).toMatchObject({ code: 0 });
    expect([...(await contents()).values()]).toEqual([
      {
        pk: { S: `PROVIDER#${npiOf(1)}` },
        sk: { S: "PROVIDER" },
        participation: { L: [{ M: { from: { S: "2020-01-01" }, to: { S: "2026-06-30" } } }] },
      },
    ]);
  });

  it("says in a sentence what it cannot do", async () => {
    const nowhere = join(directory, "nowhere");
    await writeProviders(file, 1);
    const [none, absent, noCloud, noStage] = await Promise.all([
      load(nowhere),
      load(nowhere, join(directory, "absent.csv")),
      load(nowhere, file),
      load(nowhere, file, "--stage", "moon"),
    ]);
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain("Which file? Name one.");
    expect(absent).toMatchObject({ code: 2, out: "" });
    expect(noCloud).toMatchObject({ code: 1, out: "" });
    expect(noCloud.err).toContain("No pocket cloud runs here");
    expect(noStage).toMatchObject({ code: 1, out: "" });
    expect(noStage.err).toContain('There is no stage "moon"');
    for (const { err } of [none, absent, noCloud, noStage]) expect(err).not.toMatch(/^ +at /m);
  });

  const many = process.env.PROVE === "full" ? 1_000_000 : 50_000;
  it(`holds no more memory for ${many} rows than for 10,000`, { timeout: 900_000 }, async () => {
    const few = await peakOfLoading(10_000);
    const more = await peakOfLoading(many);
    expect(more / few).toBeLessThanOrEqual(1.2);
  });
});
