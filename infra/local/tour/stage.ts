import type { RunningCloud } from "../cli/running.ts";
import type { PocketCloud } from "../pocket-cloud.ts";
import { signToken, type TokenRequest } from "../tokens.ts";

/** A pocket cloud as the tour needs it: its API, tokens, and its clock. */
export type Stage = {
  readonly api: string;
  /** The page with the mails that were sent. */
  readonly mailbox: string;
  token(request: TokenRequest): Promise<string>;
  /** Local time, in milliseconds. */
  now(): Promise<number>;
  /** Moves the clock to a moment, doing on the way what becomes due. */
  advanceTo(time: number): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

/** One that this process runs. */
export const stageOf = (cloud: Pick<PocketCloud, "endpoints" | "token" | "now" | "advance" | "idle">): Stage => {
  const now = async () => cloud.now().getTime();
  return {
    ...cloud.endpoints,
    token: cloud.token,
    idle: cloud.idle,
    now,
    advanceTo: async (time) => void (await cloud.advance(Math.max(0, time - (await now())))),
  };
};

/** One that another process runs on this directory. */
export const stageAt = ({ api, mailbox, ask }: RunningCloud, directory: string): Stage => {
  const now = async () => Date.parse((await ask<{ now: string }>("status")).now);
  return {
    api,
    mailbox,
    token: (request) => signToken(directory, request),
    idle: async () => void (await ask("idle")),
    now,
    advanceTo: async (time) => void (await ask("clock", { milliseconds: Math.max(0, time - (await now())) })),
  };
};
