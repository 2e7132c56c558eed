import { setTimeout as pause } from "node:timers/promises";
import { apiClient } from "../api-client.ts";
import { type Ageing, type Board, drawBoard, type Waiting } from "../board/draw-board.ts";
import { paintFor } from "../paint.ts";
import { signToken } from "../tokens.ts";
import { dataDirectory, readArguments, WrongUse } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { listenForInterruption } from "./interruption.ts";
import { findRunningCloud, type RunningCloud } from "./running.ts";

const queues = ["intake", "nurse", "medical-director", "vendor-exceptions"];
const usage = `npm run board -- [--queue nurse] [--once]\nQueues: ${queues.join(", ")}`;

/** How often it is drawn anew on a terminal, in milliseconds. */
const every = 2_000;
/** So many of each queue at a time: more than a terminal has lines. */
const page = 100;
/** Drawn once, it has everything; again and again on a terminal, what fits there. */
type Extent = "all" | "page";

/** The days of the shorter of the overview's two looks back. */
const shortest = 7;

type Page = { items: Waiting[]; nextCursor: string | null };
type Overview = { queues: Ageing[]; turnaround: { days: number; inTime: Board["inTime"] }[] };

const { stdout } = process;
const paint = paintFor(stdout, process.env);

const chosen = (queue: string | undefined): readonly string[] => {
  if (queue === undefined) return queues;
  if (!queues.includes(queue)) throw new WrongUse(`There is no queue "${queue}".\nUsage: ${usage}`);
  return [queue];
};

/** As a reviewer sees it now. Each time with a new token: a board stays on the wall for longer than one is good. */
const readBoard = async (
  { api, ask }: RunningCloud,
  directory: string,
  wanted: readonly string[],
  extent: Extent,
  signal: AbortSignal,
): Promise<Board> => {
  const token = await signToken(directory, { role: "nurse" });
  const client = apiClient(api, () => token, signal);
  const itemsOf = async (queue: string): Promise<[string, Waiting[]]> => {
    const items: Waiting[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body }: { body: Page } = await client.get(`/v1/worklist?queue=${queue}&limit=${page}${cursor}`);
      items.push(...body.items);
      cursor = extent === "all" && body.nextCursor !== null ? `&cursor=${encodeURIComponent(body.nextCursor)}` : null;
    }
    return [queue, items];
  };
  const [{ now }, { body: overview }, found] = await Promise.all([
    ask<{ now: string }>("status"),
    client.get<Overview>("/v1/worklist/overview"),
    Promise.all(wanted.map(itemsOf)),
  ]);
  const items = new Map(found);
  const lately = overview.turnaround.filter(({ days }) => days === shortest).map(({ inTime }) => inTime);
  return {
    now: Date.parse(now),
    queues: overview.queues.flatMap((queue) => {
      const waiting = items.get(queue.queue);
      return waiting ? [{ ...queue, items: waiting }] : [];
    }),
    inTime: {
      numerator: lately.reduce((sum, { numerator }) => sum + numerator, 0),
      denominator: lately.reduce((sum, { denominator }) => sum + denominator, 0),
    },
  };
};

/** A second screen without a cursor, as long as it is watched: closed, or left in any other way, the terminal is as before. */
const openScreen = () => {
  stdout.write("\u001b[?1049h\u001b[?25l");
  const close = () => {
    process.off("exit", close);
    stdout.write("\u001b[?25h\u001b[?1049l");
  };
  process.on("exit", close);
  return {
    close,
    // From the top, the rest of each line and all below the last one cleared: it does not flicker.
    draw: (lines: readonly string[]) => stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join("\n")}\u001b[J`),
  };
};

const watch = async (read: () => Promise<Board>, signal: AbortSignal): Promise<void> => {
  const screen = openScreen();
  try {
    for (;;) {
      const { columns, rows } = stdout;
      screen.draw(drawBoard(await read(), { paint, columns, lines: rows }).slice(0, rows));
      await pause(every, undefined, { signal });
    }
  } finally {
    screen.close();
  }
};

await runCommand(async () => {
  const options = { queue: { type: "string" }, once: { type: "boolean" } } as const;
  const { values, positionals } = readArguments(process.argv.slice(2), options, usage);
  if (positionals.length > 0) throw new WrongUse(`"${positionals.join(" ")}" is not known here.\nUsage: ${usage}`);
  const wanted = chosen(values.queue);
  const directory = dataDirectory(process.env);
  const cloud = await findRunningCloud(directory);
  if (!cloud) throw new Error(`Nothing runs on ${directory}: start it with npm start, then look at its board.`);
  const signal = listenForInterruption();
  const read = (extent: Extent) => readBoard(cloud, directory, wanted, extent, signal);
  if (values.once || !stdout.isTTY) for (const line of drawBoard(await read("all"), { paint })) stdout.write(`${line}\n`);
  else
    await watch(() => read("page"), signal).catch((error: Error) => {
      // Ctrl-C is how one leaves it.
      if (!signal.aborted) throw error;
    });
});
process.exit();
