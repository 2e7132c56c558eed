import { dataDirectory, parseDuration, readArguments, WrongUse } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { findRunningCloud, type RunningCloud } from "./running.ts";

const usage =
  "npm run clock -- +73h     (s, m, h or d; without a duration it tells the local time)\n" +
  "       npm run clock -- +24h --firings 0     (the scheduler is out; 2: each schedule fires twice at once)";
const day = 86_400_000;
/** Each quarter of an hour is a step; a longer journey than this is a slip of the finger. */
const longest = 400 * day;

const fired = ["no schedule fired", "every schedule fired", "every schedule fired twice at once"];

type Status = { now: string };
type Travelled = { now: string; steps: number; timers: string[] };

type Journey = { milliseconds: number; firings: number };

/** Undefined when only the time is asked for. */
const journeyIn = (args: string[]): Journey | undefined => {
  if (args.some((arg) => /^-\d/.test(arg))) throw new WrongUse(`The clock does not run backwards.\nUsage: ${usage}`);
  const { positionals, values } = readArguments(args, { firings: { type: "string", default: "1" } }, usage);
  const firings = ["0", "1", "2"].indexOf(values.firings);
  if (firings < 0) throw new WrongUse(`A schedule fires 0, 1 or 2 times at each step.\nUsage: ${usage}`);
  const [text, ...more] = positionals;
  if (text === undefined) return undefined;
  const journey = more.length === 0 ? parseDuration(text) : undefined;
  if (journey === undefined) throw new WrongUse(`"${positionals.join(" ")}" is no duration.\nUsage: ${usage}`);
  if (journey > longest) throw new WrongUse(`The clock moves at most 400 days at a time.\nUsage: ${usage}`);
  return { milliseconds: journey, firings };
};

/** Day by day, so that a long journey shows how far it is. */
const travel = async (cloud: RunningCloud, { milliseconds, firings }: Journey): Promise<void> => {
  const { now: start } = await cloud.ask<Status>("status");
  const end = Date.parse(start) + milliseconds;
  process.stdout.write(`${start}  local time before\n`);
  for (let now = Date.parse(start); now < end; ) {
    const travelled = await cloud.ask<Travelled>("clock", { milliseconds: Math.min(day, end - now), firings });
    for (const timer of travelled.timers) process.stdout.write(`${timer}  a timer was due and has fired\n`);
    now = Date.parse(travelled.now);
    const steps = `${travelled.steps} ${travelled.steps === 1 ? "step" : "steps"}`;
    process.stdout.write(
      `${travelled.now}  ${now < end ? "on the way" : "local time now"} (${steps}, ${fired[firings]} at each)\n`,
    );
  }
};

await runCommand(async () => {
  const journey = journeyIn(process.argv.slice(2));
  const directory = dataDirectory(process.env);
  const cloud = await findRunningCloud(directory);
  if (!cloud) throw new Error(`Nothing runs on ${directory}: start it with npm start, then move its clock.`);
  if (journey === undefined) process.stdout.write(`${(await cloud.ask<Status>("status")).now}\n`);
  else await travel(cloud, journey);
});
