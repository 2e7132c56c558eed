import { cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type PocketCloud, startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import type { Reconciled } from "../../shared/use-cases/reconcile.ts";
import { chance } from "../faults/chance.ts";
import { forget } from "../http/private-words.ts";
import { type Contents, contentsOf } from "./contents.ts";
import { deskAt } from "./desk.ts";
import { faultsOf } from "./faults.ts";
import type { Moment, World } from "./world.ts";

export type Outcome = {
  readonly moment: Moment;
  /** The first reconciliation, right after the restore, and the last. */
  readonly first: Reconciled;
  readonly last: Reconciled;
  readonly lost: number;
  readonly repeated: number;
  readonly contents: Contents;
  readonly faults: readonly string[];
};

/** Restores one moment in a world that has gone on since, does what the runbook says, and looks at what has come of it. */
export async function restoreMoment(
  world: World,
  moment: Moment,
  { seed, record }: { seed: number; record: string },
): Promise<Outcome> {
  const directory = join(world.home, `restored-${moment.number}`);
  for (const name of readdirSync(world.directory))
    if (name !== "table" && name !== "logs") cpSync(join(world.directory, name), join(directory, name), { recursive: true });
  renameSync(join(moment.directory, "table"), join(directory, "table"));
  // The runbook's first step: no job runs until the table is reconciled. Without this memory each waits for a minute, and for no less.
  rmSync(join(directory, "messages", "schedules.jsonl"), { force: true });
  const cloud = await startPocketCloud({ assembly: world.assembly, port: world.port, directory, record });
  try {
    const desk = await deskAt(cloud);
    const first = await reconciled(cloud, moment);
    await cloud.idle();

    // Who still has what they submitted sends it again, with the same key; others never do.
    const luck = chance(seed + moment.number);
    const restored = await contentsOf(cloud);
    const lost = world.told.filter(({ id }) => !restored.requests.has(id));
    let repeated = 0;
    for (const { story, id } of lost) {
      if (story.steps[0]?.does !== "submit" || luck.strikes(0.5)) continue;
      repeated += 1;
      const again = await desk.take(story, { does: "submit" }, undefined);
      if (again !== id) throw new Error("the same key made another request");
      for (const step of story.steps)
        if (step.does === "register" || step.does === "upload") await desk.take(story, { ...step, does: "register" }, id);
    }
    await cloud.idle();

    // The vendor tells again what it has told since an hour before that moment: more than was lost, which must do no harm.
    await desk.vendor("/resend", { since: new Date(Date.parse(moment.at) - 3_600_000).toISOString() });
    await cloud.idle();
    // What is still in verification an hour later has lost its verdict.
    await reconciled(cloud, moment);
    await cloud.advance(61 * 60_000);
    await cloud.idle();
    // A case that the request met again only now has been told before: once more.
    await desk.vendor("/resend", { since: new Date(Date.parse(moment.at) - 3_600_000).toISOString() });
    await cloud.idle();
    const last = await reconciled(cloud, moment);
    await cloud.idle();

    const contents = await contentsOf(cloud);
    const { cases } = await desk.vendor("/cases");
    const faults = faultsOf({ world, moment, restored, contents, first, last, cases });
    return { moment, first, last, lost: lost.length, repeated, contents, faults };
  } finally {
    await cloud.close();
    if (existsSync(moment.directory)) rmSync(moment.directory, { recursive: true, force: true });
    forget(directory);
  }
}

/** As an operator calls it: until it does not say where to go on. Sums are of the last call's kind. */
async function reconciled(cloud: PocketCloud, { at }: Moment): Promise<Reconciled> {
  const parts: Reconciled[] = [];
  do {
    const cursor = parts.at(-1)?.next;
    const outcome = await cloud.functions.invoke("prior-auth-local-reconcile-restore", {
      restoredTo: at,
      ...(cursor ? { cursor } : {}),
    });
    if (!outcome.ok) throw new Error(`reconcile-restore: ${outcome.error.errorType} ${outcome.error.errorMessage}`);
    parts.push(outcome.payload as Reconciled);
  } while (parts.at(-1)?.next);
  const [only] = parts;
  if (!only || parts.length > 1) throw new Error("a drill's desk is small enough for one call");
  return only;
}
