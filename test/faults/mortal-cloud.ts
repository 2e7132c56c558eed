import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { CloudAddress } from "../caller.ts";
import { forget } from "../http/private-words.ts";
import { addressOf, synthesized } from "../own-cloud.ts";

export type MortalCloud = CloudAddress & {
  /** Starts the process anew on what the one before has left behind; resolves when it serves. */
  start(): Promise<void>;
  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): Promise<void>;
  /** Resolves as soon as a process serves. */
  alive(): Promise<void>;
  remove(): Promise<void>;
};

/** A pocket cloud that can be killed at any moment, and started again on the same data. */
export async function mortalCloud(): Promise<MortalCloud> {
  const { directory, port, assembly } = await synthesized();
  let running: ChildProcess | undefined;
  let serving = Promise.withResolvers<void>();

  const kill = async () => {
    const dying = running;
    running = undefined;
    serving = Promise.withResolvers<void>();
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    const exited = once(dying, "exit");
    dying.kill("SIGKILL");
    await exited;
  };

  return {
    ...addressOf(directory, port),
    start: async () => {
      const main = join(import.meta.dirname, "cloud-process.ts");
      const child = spawn(process.execPath, [main, assembly, directory, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
      running = child;
      let said = "";
      for await (const part of child.stdout ?? []) {
        said += part;
        if (said.includes("up\n")) break;
      }
      if (!said.includes("up\n")) throw new Error("the pocket cloud did not start");
      serving.resolve();
    },
    kill,
    alive: () => serving.promise,
    remove: async () => {
      await kill();
      forget(directory);
    },
  };
}
