import { dataDirectory, parseDuration, readArguments, WrongUse } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { findRunningCloud, type RunningCloud } from "./running.ts";

const usage = "npm run clock -- +73h     (s, m, h or d; without a duration it tells the local time)";
const day = 86_400_000;
/** Each quarter of an hour is a step; a longer journey than this is a slip of the finger. */
const longest = 400 * day;

type Status = { now: string };
type Travelled = { now: string; steps: number; timers: string[] };

/** In milliseconds; undefined when only the time is asked for. */
const journeyIn = (args: string[]): number | undefined => {
  if (args.some((arg) => /^-\d/.test(arg))) throw new WrongUse(`The clock does not run backwards.\nUsage: ${usage}`);
  const { positionals } = readArguments(args, {}, usage);
  const [text, ...more] = positionals;
  if (text === undefined) return undefined;
  const journey = more.length === 0 ? parseDuration(text) : undefined;
  if (journey === undefined) throw new WrongUse(`"${positionals.join(" ")}" is no duration.\nUsage: ${usage}`);
  if (journey > longest) throw new WrongUse(`The clock moves at most 400 days at a time.\nUsage: ${usage}`);
  return journey;
};

/** Day by day, so that a long journey shows how far it is. */
const travel = async (cloud: RunningCloud, milliseconds: number): Promise<void> => {
  const { now: start } = await cloud.ask<Status>("status");
  const end = Date.parse(start) + milliseconds;
  process.stdout.write(`${start}  local time before\n`);
  for (let now = Date.parse(start); now < end; ) {
    const travelled = await cloud.ask<Travelled>("clock", { milliseconds: Math.min(day, end - now) });
    for (const timer of travelled.timers) process.stdout.write(`${timer}  a timer was due and has fired\n`);
    now = Date.parse(travelled.now);
    const steps = `${travelled.steps} ${travelled.steps === 1 ? "step" : "steps"}`;
    process.stdout.write(
      `${travelled.now}  ${now < end ? "on the way" : "local time now"} (${steps}, every schedule fired at each)\n`,
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
