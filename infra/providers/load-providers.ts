import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Checkpoint } from "./checkpoint.ts";
import type { LoadProgress } from "./load-progress.ts";
import { providersIn } from "./providers-in.ts";
import { inWords, openRejectedReport } from "./rejected-report.ts";
import { type ProviderSink, providerWriter } from "./write-providers.ts";

export type Loaded = {
  readonly rows: number;
  readonly written: number;
  /** Left out: an interrupted load had written them. */
  readonly before: number;
  readonly rejected: number;
  readonly seconds: number;
  readonly interrupted: boolean;
};

/** In milliseconds: more often would cost more than what a killed load writes twice. */
const saveEvery = 250;
/** More are in the report. */
const printed = 20;

/** The file by its content, whatever it is called and wherever it lies. */
export async function fingerprintOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/**
 * Loads a file of providers into a sink. Memory stays as it is however long the file; an interrupted load is gone on with from its
 * checkpoint: what was acknowledged is read again, since the file explains itself only from its beginning, but not written again.
 */
export async function loadProviders(
  path: string,
  deps: {
    readonly sink: ProviderSink;
    readonly checkpoint: Checkpoint;
    readonly progress: LoadProgress;
    readonly interruption: AbortSignal;
    readonly now?: () => number;
  },
): Promise<Loaded> {
  const { sink, checkpoint, progress, interruption, now = () => performance.now() } = deps;
  const began = now();
  const { size } = await stat(path);
  const report = openRejectedReport(`${path}.rejected`);
  const writer = providerWriter(sink);
  const { done } = checkpoint;
  let saved = now();
  let rows = 0;
  let providers = 0;
  let rejected = 0;
  let interrupted = false;
  const save = () => {
    checkpoint.save(done + writer.acknowledged());
    saved = now();
  };

  try {
    for await (const found of providersIn(createReadStream(path))) {
      if (interruption.aborted) {
        interrupted = true;
        break;
      }
      if ("rejected" in found) {
        const { line, faults } = found.rejected;
        rejected += 1;
        rows += 1;
        report.add(line, faults);
        if (rejected <= printed) progress.line(inWords(line, faults));
        if (rejected === printed + 1) progress.line(`… more of them in ${path}.rejected`);
      } else {
        rows += found.rows;
        providers += 1;
        if (providers > done) await writer.add(found.provider);
      }
      if (now() - saved >= saveEvery) save();
      progress.at(found.at / size, rows);
    }
    await writer.end();
  } finally {
    report.close();
    // What came back before something failed need not go out again.
    if (writer.acknowledged() > 0) save();
  }
  // An interruption that comes behind the last row has interrupted nothing.
  if (!interrupted) checkpoint.forget();
  return {
    rows,
    written: writer.acknowledged(),
    before: Math.min(done, providers),
    rejected,
    seconds: (now() - began) / 1_000,
    interrupted,
  };
}

const number = (value: number) => value.toLocaleString("en-US");
const counted = (value: number, one: string) => `${number(value)} ${one}${value === 1 ? "" : "s"}`;

/** What came of it, in a sentence. */
export function summaryOf({ rows, written, before, rejected, seconds }: Loaded): string {
  const kept = before > 0 ? `, ${number(before)} had been written before the interruption` : "";
  const speed = number(Math.round(rows / Math.max(seconds, 0.001)));
  const outcome = `${counted(written, "provider")} written${kept}, ${counted(rejected, "row")} rejected`;
  return `${counted(rows, "row")} read: ${outcome}, in ${seconds.toFixed(1)} s (${speed} rows/s)`;
}
