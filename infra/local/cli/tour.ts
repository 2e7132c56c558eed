import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiClient } from "../api-client.ts";
import { openClock } from "../clock.ts";
import { paintFor } from "../paint.ts";
import { deskTime, mondayAfternoon } from "../tour/desk-time.ts";
import { playStories } from "../tour/player.ts";
import { endingTable, storyBlock } from "../tour/printing.ts";
import { type Stage, stageAt, stageOf } from "../tour/stage.ts";
import { stories } from "../tour/stories.ts";
import type { Seen, Story } from "../tour/story.ts";
import { basePort, dataDirectory, readArguments, WrongUse } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { aborted, interruptedCode, listenForInterruption } from "./interruption.ts";
import { findRunningCloud, takenPort } from "./running.ts";
import { startCloud } from "./start-cloud.ts";

const usage =
  "npm run tour -- [--only approved,denied] [--keep | --here]\n" +
  "       --keep leaves its cloud up until Ctrl-C; --here plays at the cloud of npm start, and moves its clock";

const chosen = (only: string | undefined): readonly Story[] => {
  if (only === undefined) return stories;
  return only.split(",").map((name) => {
    const story = stories.find((one) => one.name === name);
    if (story) return story;
    throw new WrongUse(`There is no story "${name}": ${stories.map((one) => one.name).join(", ")}.\nUsage: ${usage}`);
  });
};

/** The first base port above where `npm start` is with as many free ones behind it as a cloud takes. */
const freePort = async (): Promise<number> => {
  for (let port = basePort(process.env) + 100; ; port += 10) if (!(await takenPort(port))) return port;
};

const write = (line: string) => process.stdout.write(`${line}\n`);
const began = performance.now();
const paint = paintFor(process.stdout, process.env);

/** @returns their requests as they stand in the end */
const tour = async (wanted: readonly Story[], stage: Stage, signal: AbortSignal): Promise<readonly Seen[]> => {
  write(`${wanted.length} stories begin at ${deskTime(await stage.now())}, desk time.`);
  const endings = await playStories(
    wanted,
    stage,
    {
      ended: (story) => storyBlock(story, paint).forEach(write),
      clockGoes: (to) => write(`\n${paint("dim", `The clock goes to ${deskTime(to)}.`)}`),
    },
    { signal },
  );
  write("");
  endingTable(endings, paint).forEach(write);
  const failed = endings.filter(({ fault }) => fault !== undefined);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  write("");
  write(
    failed.length === 0
      ? `All ${endings.length} ended as they should, after ${seconds} s.`
      : `${failed.length} of ${endings.length} did not end as they should: ${failed.map(({ story }) => story.name).join(", ")}.`,
  );
  // Letters are written beside the decisions, after some of them.
  await stage.idle();
  const nurse = await stage.token({ role: "nurse" });
  const client = apiClient(stage.api, () => nurse, signal);
  const ids = endings.flatMap(({ request }) => request?.id ?? []);
  const requests = await Promise.all(ids.map(async (id) => (await client.get<Seen>(`/v1/requests/${id}`)).body));
  const letters = requests.flatMap(({ notices }) => notices);
  const { emails } = (await (await fetch(`${stage.mailbox}/store`, { signal })).json()) as { emails: unknown[] };
  write(`${letters.length} letters lie in the records, ${emails.length} e-mails in the mailbox.`);
  if (failed.length > 0) process.exitCode = 1;
  return requests;
};

const whereToRead = (requests: readonly Seen[], { api, mailbox }: Stage, directory: string): string[] => {
  const [example] = requests.flatMap(({ id, notices }) => notices.slice(0, 1).map((notice) => ({ id, notice: notice.id })));
  const token = `LOCAL_DIR=${directory} npm run --silent token -- nurse`;
  return [
    `  e-mails     ${mailbox}`,
    ...(example
      ? [
          "  a letter    (the link in the answer gives the PDF)",
          `  curl -s ${api}/v1/requests/${example.id}/notices/${example.notice} -H "Authorization: Bearer $(${token})"`,
        ]
      : []),
    `  the board   LOCAL_DIR=${directory} npm run board`,
  ];
};

const playHere = async (wanted: readonly Story[], signal: AbortSignal): Promise<void> => {
  const directory = dataDirectory(process.env);
  const cloud = await findRunningCloud(directory);
  if (!cloud) throw new Error(`Nothing runs on ${directory}: start it with npm start, or play without --here.`);
  const stage = stageAt(cloud, directory);
  write(`At the running cloud of ${directory}: its clock moves on.`);
  const requests = await tour(wanted, stage, signal);
  for (const line of whereToRead(requests, stage, directory)) write(line);
};

/** On a cloud of its own that begins on a Monday afternoon and leaves nothing behind. */
const playElsewhere = async (wanted: readonly Story[], keep: boolean, signal: AbortSignal): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), "desk-tour-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  openClock(directory).advanceTo(new Date(mondayAfternoon(Date.now())));
  write("A pocket cloud of its own, in a temporary directory: the data and the clock of npm start stay as they are.");
  const step = (what: string) => write(`  ${what}`);
  const cloud = await startCloud({ port: await freePort(), directory }, { step }, signal);
  try {
    const stage = stageOf(cloud);
    const requests = await tour(wanted, stage, signal);
    if (keep) {
      for (const line of whereToRead(requests, stage, directory)) write(line);
      write("Ctrl-C ends it, and its data are gone.");
      await aborted(signal);
    } else write("Both are gone with it: npm run tour -- --keep leaves them up to be read.");
  } finally {
    await cloud.close();
  }
};

await runCommand(async () => {
  const options = { only: { type: "string" }, keep: { type: "boolean" }, here: { type: "boolean" } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  if (positionals.length > 0) throw new WrongUse(`"${positionals.join(" ")}" is not known here.\nUsage: ${usage}`);
  if (values.keep && values.here) throw new WrongUse(`--here stays up anyway.\nUsage: ${usage}`);
  const wanted = chosen(values.only);
  // A reader that went away must not keep the cloud from closing.
  process.stdout.on("error", () => {});
  const signal = listenForInterruption();
  try {
    await (values.here ? playHere(wanted, signal) : playElsewhere(wanted, values.keep === true, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
    write("Interrupted.");
    process.exitCode = interruptedCode;
  }
});
process.exit();
