import type { MemorySample } from "../../infra/local/functions/start-functions.ts";
import type { Desk } from "./desk.ts";
import type { Row } from "./row.ts";
import type { Workspace } from "./workspace.ts";

const small = 1_000_000;
const large = 104_857_600;

/**
 * The most that a function holds at any time while 100 MiB go up, over the most while three documents of 1 MB do, after two that
 * warm it up. Of all functions that took part the one that grew most.
 */
export async function memoryGrowth(desk: Desk, { assembly }: Workspace): Promise<Row[]> {
  const functions = assembly.resources("AWS::Lambda::Function").map(({ ref }) => ref);
  const most = async (sizes: readonly number[]): Promise<Map<string, number>> => {
    const before = new Map(functions.map((name) => [name, desk.cloud.functions.memory(name).length]));
    for (const size of sizes) await desk.upload(await desk.submit(), size);
    const held = functions.map((name) => [name, mostOf(desk.cloud.functions.memory(name).slice(before.get(name)))] as const);
    return new Map(held.filter(([, bytes]) => bytes > 0));
  };
  await most([small, small]);
  const usual = await most([small, small, small]);
  const grown = [...(await most([large]))].flatMap(([name, bytes]) => {
    const before = usual.get(name);
    return before === undefined ? [] : [{ name, growth: bytes / before }];
  });
  for (const name of ["register-document", "check-document", "record-scan", "relay-outbox", "refer-to-vendor"])
    if (!grown.some((each) => each.name.endsWith(name))) throw new Error(`${name} took no part in the upload`);
  const worst = grown.toSorted((a, b) => b.growth - a.growth)[0];
  if (process.env.BENCH_DETAIL) for (const { name, growth } of grown) console.error(`memory of ${name}: ${growth.toFixed(3)}`);
  return [
    { name: "memory growth of any function while 100 MiB go up", value: worst?.growth ?? Number.NaN, goal: 1.05, unit: "ratio" },
  ];
}

const mostOf = (samples: readonly MemorySample[]): number =>
  Math.max(0, ...samples.map(({ heapUsed, external, peak }) => Math.max(heapUsed + external, peak)));
