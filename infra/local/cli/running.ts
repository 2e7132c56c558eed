import { once } from "node:events";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { readIfPresent } from "../durable-file.ts";
import type { Endpoints } from "../pocket-cloud.ts";
import { portsTaken } from "./arguments.ts";

/** How far these ports are from the base port. */
const tableOffset = 5;
const controlOffset = 6;

export type RunningCloud = {
  readonly api: string;
  /** The page with its mails. */
  readonly mailbox: string;
  /** Where its table answers. */
  readonly table: string;
  /** Asks the control plane. Throws a sentence when it refuses or does not answer. */
  ask<Answer>(name: string, body?: object): Promise<Answer>;
};

/** The pocket cloud that works on this directory; undefined when none does, whatever a killed one has left behind. */
export const findRunningCloud = async (directory: string): Promise<RunningCloud | undefined> => {
  const text = readIfPresent(join(directory, "endpoints.json"));
  if (text === undefined) return undefined;
  const { api, mailbox } = JSON.parse(text) as Endpoints;
  const at = (offset: number) => `http://127.0.0.1:${Number(new URL(api).port) + offset}`;
  const control = `${at(controlOffset)}/_control`;
  const ask = async <Answer>(name: string, body: object = {}): Promise<Answer> => {
    const answer = await fetch(`${control}/${name}`, { method: "POST", body: JSON.stringify(body) });
    const content = (await answer.json()) as Answer & { message?: string };
    if (!answer.ok) throw new Error(`The pocket cloud could not do it: ${content.message ?? answer.status}`);
    return content;
  };
  try {
    // Another cloud, with another directory, may have taken the ports of one that was killed.
    const status = await ask<{ directory: string }>("status");
    return resolve(status.directory) === resolve(directory) ? { api, mailbox, table: at(tableOffset), ask } : undefined;
  } catch {
    return undefined;
  }
};

/** The first of the pocket cloud's ports that somebody else has. */
export const takenPort = async (base: number): Promise<{ port: number; code: string } | undefined> => {
  for (let port = base; port < base + portsTaken; port += 1) {
    const server = createServer();
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      server.close();
      await once(server, "close");
    } catch (error) {
      return { port, code: (error as NodeJS.ErrnoException).code ?? "" };
    }
  }
  return undefined;
};
