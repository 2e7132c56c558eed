import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { writeProviders } from "../providers-file.ts";
import { startSink } from "../providers-sink.ts";
import type { Row } from "./row.ts";

const root = join(import.meta.dirname, "../..");
/** As `npm run providers:load` calls it: `node`, and what follows. */
const [, ...command] = packageJson.scripts["providers:load"].split(" ");

const few = 10_000;
const many = 200_000;

/** The most memory, in kilobytes, that `npm run providers:load` holds while a file of so many providers goes into a sink. */
export async function peakOfLoading(count: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "desk-load-"));
  const cloud = join(directory, "cloud");
  const sink = await startSink(cloud);
  try {
    const file = join(directory, "providers.csv");
    await writeProviders(file, count);
    const peak = join(directory, "peak");
    const child = spawn(process.execPath, ["--import", join(import.meta.dirname, "peak-memory.ts"), ...command, file], {
      cwd: root,
      env: { PATH: process.env.PATH, LOCAL_DIR: cloud, PEAK_MEMORY: peak },
      stdio: ["ignore", process.env.BENCH_DETAIL ? 2 : "ignore", "inherit"],
    });
    const [code] = await once(child, "exit");
    if (code !== 0 || sink.items() !== count) throw new Error(`the load ended with ${code}, ${sink.items()} of ${count} written`);
    return Number(readFileSync(peak, "utf8"));
  } finally {
    await sink.close();
    rmSync(directory, { recursive: true });
  }
}

/** A file that is twenty times as long takes the loader no more memory. */
export async function providersLoad(): Promise<Row[]> {
  const less = await peakOfLoading(few);
  const more = await peakOfLoading(many);
  if (process.env.BENCH_DETAIL) console.error(`memory of the loader: ${less} kB for ${few} providers, ${more} kB for ${many}`);
  return [{ name: `memory of loading ${many} providers over that of ${few}`, value: more / less, goal: 1.2, unit: "ratio" }];
}
