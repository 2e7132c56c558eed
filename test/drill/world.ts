import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startPocketCloud } from "../../infra/local/pocket-cloud.ts";
import { synthesize } from "../../infra/synthesize.ts";
import { chance } from "../faults/chance.ts";
import { freePorts } from "../free-ports.ts";
import { withoutRemovedGrant } from "../grants/removal.ts";
import { forget as forgetCloud } from "../http/private-words.ts";
import { type Contents, contentsOf } from "./contents.ts";
import { deskAt } from "./desk.ts";
import { planned, type Story } from "./plan.ts";

/** The table as it stood at one moment. */
export type Moment = { readonly number: number; readonly at: string; readonly directory: string };

/** What one story came to: its request, and when the last thing was done in it. */
export type Told = { readonly story: Story; readonly id: string; readonly ended: string };

export type World = {
  readonly home: string;
  /** Everything but tables of moments: what has gone on since. */
  readonly directory: string;
  readonly assembly: string;
  readonly port: number;
  readonly moments: readonly Moment[];
  readonly told: readonly Told[];
  readonly contents: Contents;
};

type WorldOptions = { readonly moments: number; readonly seed: number /** Of grants. */; readonly record: string };

/** Offices that work at the same time. */
const lanes = 3;

/** Plays a seeded mix of requests, takes the table at random moments on the way, goes on, and comes to rest. */
export async function playWorld(options: WorldOptions): Promise<World> {
  const home = mkdtempSync(join(tmpdir(), "desk-drill-"));
  try {
    return await played(home, options);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

async function played(home: string, { moments: count, seed, record }: WorldOptions): Promise<World> {
  const directory = join(home, "world");
  const assembly = join(home, "cdk.out");
  mkdirSync(directory);
  const port = await freePorts();
  synthesize({ stage: "local", outdir: assembly, port });
  withoutRemovedGrant(assembly);

  const luck = chance(seed);
  const stories = planned(luck, Math.max(8, count));
  const steps = stories.reduce((sum, story) => sum + story.steps.length, 0);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(1 + luck.below(steps));
  const delays = Array.from({ length: steps + 1 }, () => luck.below(600));

  const cloud = await startPocketCloud({ assembly, port, directory, record });
  try {
    const desk = await deskAt(cloud);
    const moments: Moment[] = [];
    const told: Told[] = [];
    const taking: Promise<void>[] = [];
    let step = 0;
    const take = async (number: number, delay: number) => {
      // Anywhere in what follows from the step: checks, scans, relays, the vendor's answers.
      await pause(delay);
      const moment = { number, at: cloud.now().toISOString(), directory: join(home, `moment-${number}`) };
      await cloud.table.snapshot(moment.directory);
      moments.push(moment);
    };
    const waiting = [...stories];
    const office = async () => {
      for (let story = waiting.shift(); story; story = waiting.shift()) {
        let id: string | undefined;
        for (const one of story.steps) {
          step += 1;
          if (chosen.has(step)) taking.push(take(step, delays[step] ?? 0));
          id = await desk.take(story, one, id);
        }
        told.push({ story, id: id ?? "", ended: cloud.now().toISOString() });
      }
    };
    await Promise.all(Array.from({ length: lanes }, office));
    await Promise.all(taking);
    await cloud.idle();
    await cloud.schedules.fireAll();
    await cloud.idle();
    const contents = await contentsOf(cloud);
    return { home, directory, assembly, port, moments: moments.toSorted((a, b) => a.number - b.number), told, contents };
  } finally {
    await cloud.close();
  }
}

/** @throws when personal data came into its logs */
export function forget(world: World): void {
  try {
    forgetCloud(world.directory);
  } finally {
    rmSync(world.home, { recursive: true, force: true });
  }
}
