import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { openCheckpoint } from "../../../infra/providers/checkpoint.ts";
import { openLoadProgress } from "../../../infra/providers/load-progress.ts";
import { fingerprintOfFile, loadProviders, summaryOf } from "../../../infra/providers/load-providers.ts";
import { providerItem, providerTable } from "../../../infra/providers/provider-table.ts";
import type { Provider } from "../../../infra/providers/providers-in.ts";
import { type ProviderSink, providerWriter } from "../../../infra/providers/write-providers.ts";
import { dynamoDirectory } from "../../../shared/aws/dynamo-directory.ts";
import type { Period } from "../../../shared/domain/period.ts";
import { header, npiOf, rowOf, writeProviders } from "../../providers-file.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "desk-load-"));
  file = join(directory, "providers.csv");
});
afterEach(() => rmSync(directory, { recursive: true }));

const provider = (n: number): Provider => ({ npi: npiOf(n), organizations: [], home: null, participation: [] });

/** A table that is a map. */
function mapSink() {
  const kept = new Map<string, Provider>();
  let writes = 0;
  const sink: ProviderSink = async (providers) => {
    for (const each of providers) kept.set(each.npi, each);
    writes += providers.length;
  };
  return { kept, sink, writes: () => writes };
}

const checkpoint = async (table = "table-1") =>
  openCheckpoint(join(directory, "checkpoint.json"), await fingerprintOfFile(file), table);
const quiet = { at: () => {}, line: () => {} };
const load = async (sink: ProviderSink, more: Partial<Parameters<typeof loadProviders>[1]> = {}) =>
  loadProviders(file, {
    sink,
    checkpoint: await checkpoint(),
    progress: quiet,
    interruption: new AbortController().signal,
    ...more,
  });

describe("writing", () => {
  test("sends twenty-five at once, and never more than eight times side by side", async () => {
    const waiting: (() => void)[] = [];
    const sizes: number[] = [];
    const writer = providerWriter(async (providers) => {
      sizes.push(providers.length);
      await new Promise<void>((resolve) => waiting.push(resolve));
    });
    let added = 0;
    const adding = (async () => {
      for (; added < 1_010; added += 1) await writer.add(provider(added));
      await writer.end();
    })();
    let most = 0;
    while (sizes.length < 41 || waiting.length > 0) {
      await setImmediate();
      most = Math.max(most, waiting.length);
      if (waiting.length >= 8 || added === 1_010) waiting.shift()?.();
    }
    await adding;
    expect(most).toBe(8);
    expect(sizes).toEqual([...Array.from({ length: 40 }, () => 25), 10]);
    expect(writer.acknowledged()).toBe(1_010);
  });

  test("counts as acknowledged only what has no gap before it", async () => {
    const back: (() => void)[] = [];
    const writer = providerWriter(() => new Promise((resolve) => back.push(resolve)));
    for (let n = 0; n < 75; n += 1) await writer.add(provider(n));
    back[2]?.();
    back[1]?.();
    await setImmediate();
    expect(writer.acknowledged()).toBe(0);
    back[0]?.();
    await setImmediate();
    expect(writer.acknowledged()).toBe(75);
  });

  test("ends with what went wrong", async () => {
    const writer = providerWriter(async () => {
      throw new Error("the table is gone");
    });
    const adding = async () => {
      for (let n = 0; n < 1_000; n += 1) await writer.add(provider(n));
      await writer.end();
    };
    await expect(adding()).rejects.toThrow("the table is gone");
    expect(writer.acknowledged()).toBe(0);
  });

  test("sends again what the table put off, after waits that grow, until everything is there", async () => {
    const sent: number[] = [];
    const waits: number[] = [];
    const dynamo = {
      send: async ({ input }: { input: { RequestItems: Record<string, unknown[]> } }) => {
        const items = input.RequestItems.desk ?? [];
        sent.push(items.length);
        return { UnprocessedItems: sent.length < 4 ? { desk: items.slice(0, items.length - 1) } : {} };
      },
    };
    await providerTable(dynamo as never, "desk", async (milliseconds) => waits.push(milliseconds))([0, 1, 2, 3, 4].map(provider));
    expect(sent).toEqual([5, 4, 3, 2]);
    expect(waits).toHaveLength(3);
    expect(waits.every((wait, attempt) => wait >= 0 && wait <= 100 * 2 ** attempt)).toBe(true);
  });

  test("gives up on a table that takes nothing", async () => {
    const dynamo = { send: async ({ input }: { input: { RequestItems: object } }) => ({ UnprocessedItems: input.RequestItems }) };
    await expect(providerTable(dynamo as never, "desk", async () => {})([provider(1)])).rejects.toThrow(
      "run the same command again",
    );
  });

  test("leaves what the directory reads", async () => {
    const written: Provider = {
      npi: npiOf(3),
      organizations: ["org-a", "org-b"],
      home: "org-a",
      participation: [{ from: "2020-01-01", to: "2021-12-31" }, { from: "2024-01-01" }],
    };
    const { npi, ...entry } = written;
    const found = await dynamoDirectory(async () => providerItem(written)).lookUp([npi]);
    expect(found.get(npi)).toEqual(entry);
    const blank = await dynamoDirectory(async () => providerItem(provider(4))).lookUp([npiOf(4)]);
    expect(blank.get(npiOf(4))).toEqual({ participation: [], organizations: [], home: null });
  });
});

test("a period in a file is a period of the domain", () => {
  expectTypeOf<Provider["participation"]>().toEqualTypeOf<readonly Period[]>();
});

describe("a load", () => {
  test("of fifty thousand rows writes each provider, and ends the same when it is done again", async () => {
    await writeProviders(file, 50_000);
    const { kept, sink, writes } = mapSink();
    expect(await load(sink)).toMatchObject({ rows: 50_000, written: 50_000, before: 0, rejected: 0, interrupted: false });
    const first = new Map(kept);
    expect(first.size).toBe(50_000);
    expect(await load(sink)).toMatchObject({ written: 50_000 });
    expect(writes()).toBe(100_000);
    expect(kept).toEqual(first);
    expect(existsSync(`${file}.rejected`)).toBe(false);
  });

  test("reports every bad row by its line, prints the first twenty, and writes the others", async () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => (n % 10 === 9 ? `${npiOf(n)},,org-x,,2020-01-01` : rowOf(n)));
    writeFileSync(file, `${[header, ...lines].join("\n")}\n`);
    const printed: string[] = [];
    const { kept, sink } = mapSink();
    const loaded = await load(sink, { progress: { at: () => {}, line: (text) => printed.push(text) } });
    expect(loaded).toMatchObject({ rows: 1_000, written: 900, rejected: 100 });
    expect(kept.size).toBe(900);
    const report = readFileSync(`${file}.rejected`, "utf8").trimEnd().split("\n");
    expect(report).toHaveLength(100);
    expect(report[0]).toBe(
      "line 11: home: Must be one of the organizations. participating-from: Must be given where participating-to is.",
    );
    expect(report.at(-1)).toMatch(/^line 1001: /);
    expect(printed).toEqual([...report.slice(0, 20), `… more of them in ${file}.rejected`]);
    expect(summaryOf({ ...loaded, seconds: 2 })).toBe(
      "1,000 rows read: 900 providers written, 100 rows rejected, in 2.0 s (500 rows/s)",
    );
  });

  test("that failed goes on behind what was acknowledged, and ends as an unbroken one", async () => {
    await writeProviders(file, 2_000);
    const unbroken = mapSink();
    await load(unbroken.sink);

    const { kept, sink, writes } = mapSink();
    let left = 40;
    const failing: ProviderSink = async (providers) => {
      left -= 1;
      if (left < 0) throw new Error("no network");
      await sink(providers);
    };
    await expect(load(failing)).rejects.toThrow("no network");
    expect(kept.size).toBe(1_000);
    expect(await load(sink)).toMatchObject({ rows: 2_000, written: 1_000, before: 1_000 });
    expect(writes()).toBe(2_000);
    expect(kept).toEqual(unbroken.kept);
    // The next one is a new load.
    expect(await load(sink)).toMatchObject({ written: 2_000, before: 0 });
  });

  test("that somebody interrupts stops, and goes on at the next call", async () => {
    await writeProviders(file, 2_000);
    const { kept, sink } = mapSink();
    const interruption = new AbortController();
    const until: ProviderSink = async (providers) => {
      await sink(providers);
      if (kept.size >= 500) interruption.abort();
    };
    const first = await load(until, { interruption: interruption.signal });
    expect(first.interrupted).toBe(true);
    expect(first.written).toBe(kept.size);
    expect(first.written).toBeLessThan(1_000);
    expect(await load(sink)).toMatchObject({ before: first.written, written: 2_000 - first.written, interrupted: false });
    expect(kept.size).toBe(2_000);
  });

  test("that somebody interrupts behind its last row has come to its end", async () => {
    await writeProviders(file, 60);
    const { kept, sink } = mapSink();
    const interruption = new AbortController();
    const until: ProviderSink = async (providers) => {
      await sink(providers);
      if (kept.size === 60) interruption.abort();
    };
    expect(await load(until, { interruption: interruption.signal })).toMatchObject({ written: 60, interrupted: false });
    expect(interruption.signal.aborted).toBe(true);
    expect(existsSync(join(directory, "checkpoint.json"))).toBe(false);
  });

  test.each([
    ["another file was loaded since", async () => writeFileSync(file, `${header}\n${rowOf(1)}\n`), "table-1"],
    ["the table is another one", async () => {}, "table-2"],
    ["the checkpoint is no longer whole", async () => writeFileSync(join(directory, "checkpoint.json"), '{"file":'), "table-1"],
  ])("begins anew when %s", async (_what, meanwhile, table) => {
    await writeProviders(file, 100);
    (await checkpoint()).save(50);
    expect((await checkpoint()).done).toBe(50);
    const before = readFileSync(file);
    await meanwhile();
    expect((await checkpoint(table)).done).toBe(0);
    writeFileSync(file, before);
    // Whoever comes later has taken it over: what the older load had written may be overwritten.
    expect((await checkpoint()).done).toBe(0);
  });
});

describe("progress", () => {
  const shown = (isTTY: boolean, environment: NodeJS.ProcessEnv = {}) => {
    let text = "";
    let time = 0;
    const progress = openLoadProgress({ isTTY, write: (piece) => (text += piece) }, environment, () => (time += 60));
    for (let rows = 0; rows <= 1_000; rows += 1) progress.at(rows / 1_000, rows * 1_000);
    progress.line("done");
    return text;
  };

  test("is a line every few percent where nobody watches", () => {
    const lines = shown(false).trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe("  5 %  50,000 rows");
    expect(lines.at(-2)).toBe("100 %  1,000,000 rows");
  });

  test("is a bar on a terminal, drawn now and then, and gone before the last line", () => {
    const text = shown(true);
    expect(text).toContain("\u001b[32m████████████████░░░░░░░░░░░░░░░░\u001b[0m  50 %  500,000 rows");
    expect(text.split("\r").length).toBeLessThan(700);
    expect(text.endsWith("\r\u001b[Kdone\n")).toBe(true);
    expect(shown(true, { NO_COLOR: "1" })).not.toContain("\u001b[32m");
  });
});
