import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openIdentities } from "../identities.ts";
import { portsTaken } from "./arguments.ts";
import { findRunningCloud, takenPort } from "./running.ts";

type Place = { readonly directory: string; readonly port: number; readonly fresh: boolean };

/**
 * Takes directory and ports for a new run, before anything in either is changed. Refuses a directory that another pocket cloud works
 * on, one that holds something else (`fresh` empties it!), and taken ports.
 */
export const takePlace = async ({ directory, port, fresh }: Place): Promise<void> => {
  const running = await findRunningCloud(directory);
  if (running) throw new Error(`The pocket cloud already runs on ${directory}, at ${running.api}: stop that one first.`);
  if (existsSync(directory) && readdirSync(directory).length > 0 && !existsSync(join(directory, "identities.json"))) {
    throw new Error(`${directory} holds something else than a pocket cloud: set LOCAL_DIR to a directory of its own.`);
  }
  const taken = await takenPort(port);
  if (taken) {
    const why = taken.code === "EADDRINUSE" ? "is taken by another program" : `cannot be listened on (${taken.code})`;
    throw new Error(
      `Port ${taken.port} ${why}: set PORT to the first of ${portsTaken} free ones, such as PORT=${elsewhere(port)} npm start.`,
    );
  }
  if (fresh) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  // Whoever waits for this file must not take what a killed run has left for the sign that this one is ready.
  rmSync(join(directory, "endpoints.json"), { force: true });
  // The first thing to be there, so that the directory is known as a pocket cloud's from now on.
  openIdentities(directory);
};

const elsewhere = (port: number): number => (port < 60_000 ? port + 1_000 : port - 1_000);
