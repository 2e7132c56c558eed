import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Grant } from "../../infra/local/iam/grants.ts";
import type { RecordLine } from "../../infra/local/iam/record.ts";
import { proofOf } from "../grants/proofs.ts";
import { everyGrant } from "../grants/template.ts";

/**
 * Takes actions out of the synthesized template one by one and runs the one test that the record names for each: it must fail.
 *
 *     node test/prove/remove-grants.ts [--count 20] [--seed 1] [--all] [--only <part of holder, action or test>]
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    all: { type: "boolean", default: false },
    only: { type: "string", default: "" },
  },
});

type Outcome = { caught: boolean; how: string };

const root = join(import.meta.dirname, "../..");

const run = async (grant: Grant, proof: string): Promise<Outcome> => {
  const directory = mkdtempSync(join(tmpdir(), "removed-"));
  try {
    const [file = "", ...titles] = proof.split(" > ");
    const project = file.split("/")[1] ?? "";
    const name = titles.join(" > ");
    const report = join(directory, "report.json");
    const vitest = spawn(
      process.execPath,
      [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", project, file, "-t", `^${escaped(name)}$`],
      {
        cwd: root,
        stdio: "ignore",
        env: {
          ...process.env,
          REMOVED_GRANT: JSON.stringify({ statement: grant.statement, action: grant.action }),
          GRANTS_RECORD: directory,
          VITEST_JSON: report,
        },
      },
    );
    await once(vitest, "exit");
    const status = statusOf(report, name);
    if (status !== "failed") return { caught: false, how: `the test ${status === undefined ? "did not run" : status}` };
    const refused = refusedIn(directory);
    return {
      caught: true,
      how: refused ? `AccessDenied: ${refused.action} for ${refused.by}` : "the test misses it in the policy",
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

type Report = { testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[] };

const statusOf = (path: string, name: string): string | undefined => {
  if (!existsSync(path)) return undefined;
  const { testResults } = JSON.parse(readFileSync(path, "utf8")) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return results.find(({ ancestorTitles, title }) => [...ancestorTitles, title].join(" > ") === name)?.status;
};

/** The first refusal that the template as it is would not have led to. */
const refusedIn = (directory: string): RecordLine | undefined =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => join(directory, name))
    .flatMap((path) => readFileSync(path, "utf8").split("\n").filter(Boolean))
    .map((line) => JSON.parse(line) as RecordLine)
    .find((line) => "refused" in line && line.action !== "s3:ListBucket");

/** Mulberry32: the same seed draws the same grants anywhere. */
const chance = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const drawn = <Item>(items: readonly Item[], count: number, random: () => number): Item[] => {
  const left = [...items];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
};

// One removal takes an action from a statement, however many resources that names.
const removable = [...new Map(everyGrant().map((grant) => [`${grant.statement} ${grant.action}`, grant])).values()];

const short = ({ holder, action }: Grant) => `${holder.replace(/^.*prior-auth-(?:local|dev)-?/, "")} ${action}`;
const wanted = removable.filter((grant) => `${short(grant)} ${proofOf(grant)}`.includes(values.only));
const chosen = values.all ? wanted : drawn(wanted, Number(values.count), chance(Number(values.seed)));
let missed = 0;
for (const grant of chosen) {
  const proof = proofOf(grant);
  const { caught, how } = proof === undefined ? { caught: false, how: "no test is named" } : await run(grant, proof);
  if (!caught) missed += 1;
  console.log(`${caught ? "caught" : "MISSED"}  ${short(grant)}\n        ${proof ?? ""}\n        ${how}`);
}
console.log(missed === 0 ? `each of ${chosen.length} removals was caught` : `${missed} of ${chosen.length} removals were missed`);
process.exitCode = missed === 0 ? 0 : 1;
