import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { playMainJob } from "../main-job.ts";
import type { PocketCloud } from "../pocket-cloud.ts";
import { basePort, dataDirectory, readArguments, WrongUse } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { aborted, interruptedCode, listenForInterruption } from "./interruption.ts";
import { takePlace } from "./place.ts";
import { startCloud } from "./start-cloud.ts";
import { openTimeline, type Timeline } from "./timeline.ts";
import { whatToDoNow } from "./welcome.ts";

const usage = "npm start -- [--fresh] [--once]     (PORT moves the ports, LOCAL_DIR the data)";

/** Plays the main job. @returns the id of its request; undefined when it was interrupted */
const play = async (cloud: PocketCloud, timeline: Timeline, signal: AbortSignal): Promise<string | undefined> => {
  const { endpoints, token } = cloud;
  try {
    return await playMainJob({ endpoints, token, signal }, timeline);
  } catch (error) {
    if (signal.aborted) return undefined;
    const log = join(cloud.directory, "logs");
    appendFileSync(join(log, "pocket-cloud.log"), `${cloud.now().toISOString()} main job: ${(error as Error).stack ?? error}\n`);
    throw new Error(`The main job failed. ${(error as Error).message}\nThe functions' logs lie in ${log}.`);
  }
};

await runCommand(async () => {
  const options = { fresh: { type: "boolean" }, once: { type: "boolean" } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  if (positionals.length > 0) throw new WrongUse(`"${positionals.join(" ")}" is not known here.\nUsage: ${usage}`);
  const place = { port: basePort(process.env), directory: dataDirectory(process.env) };

  const timeline = openTimeline(process.stdout, process.env);
  // A reader that went away, such as a closed terminal, must not keep the cloud from closing.
  process.stdout.on("error", () => {});
  const interruption = listenForInterruption();
  await takePlace({ ...place, fresh: values.fresh === true });

  const cloud = await startCloud(place, timeline, interruption);
  try {
    const requestId = await play(cloud, timeline, interruption);
    if (requestId !== undefined && !values.once) {
      for (const line of whatToDoNow(cloud, requestId)) timeline.line(line);
      await aborted(interruption);
    }
    if (interruption.aborted) timeline.line("Stopping; what is under way may end. Ctrl-C again ends it at once.");
    if (interruption.aborted && values.once) process.exitCode = interruptedCode;
  } finally {
    await cloud.close();
  }
  if (!values.once) timeline.line(`Stopped. All data is kept in ${place.directory}.`);
});
process.exit();
