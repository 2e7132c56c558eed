import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundle } from "../../infra/bundle.ts";
import { type Outcome, restoreMoment } from "./moment.ts";
import { forget, playWorld } from "./world.ts";

/** `npm run drill:restore -- --moments 50 --seed 1` */
const { values } = parseArgs({ options: { moments: { type: "string", default: "50" }, seed: { type: "string", default: "1" } } });
const [moments, seed] = [Number(values.moments), Number(values.seed)];

const columns = [
  "moment",
  "requests",
  "lost",
  "repeated",
  "published",
  "reattached",
  "available",
  "awaiting",
  "rejected",
  "expired",
  "orphans",
];
const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, at) => String(cell).padStart(columns[at]?.length ?? 0)).join("  ");

const cells = ({ moment, first, last, lost, repeated, contents }: Outcome) => [
  moment.number,
  contents.requests.size,
  lost,
  repeated,
  first.published,
  first.reattached + last.reattached,
  last.documents.available,
  last.documents["awaiting-upload"] + last.documents.verifying,
  last.documents.rejected,
  last.documents.expired,
  last.findings.filter(({ kind }) => kind === "record-without-document").length,
];

await bundle();
const began = performance.now();
const world = await playWorld({ moments, seed, record: join(import.meta.dirname, "../../.build/drill-grants.jsonl") });
try {
  console.log(
    `${world.told.length} requests, ${world.contents.documents.length} documents, ${world.moments.length} moments (seed ${seed})\n`,
  );
  console.log(`${row(columns)}  verdict`);
  let failed = 0;
  for (const moment of world.moments) {
    const outcome = await restoreMoment(world, moment, {
      seed,
      record: join(import.meta.dirname, "../../.build/drill-grants.jsonl"),
    });
    console.log(`${row(cells(outcome))}  ${outcome.faults.length === 0 ? "PASS" : "FAIL"}`);
    for (const fault of outcome.faults) console.log(`        ${fault}`);
    if (outcome.faults.length > 0) failed += 1;
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `\n${failed === 0 ? "PASS" : "FAIL"}: ${world.moments.length - failed} of ${world.moments.length} moments, in ${seconds} s`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  forget(world);
}
