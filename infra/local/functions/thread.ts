import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { Worker } from "node:worker_threads";
import type { FunctionError, Invocation, MemorySample, WorkerMessage, WorkerSettings } from "./worker.ts";

export type Outcome = { ok: true; payload: unknown } | { ok: false; error: FunctionError };

/** One execution environment: a worker thread with the function's code loaded, good for one invocation at a time. */
export type Thread = {
  /** Settles when the code is loaded, with the milliseconds that took, or rejects with a `StartError`. */
  readonly ready: Promise<number>;
  /** Whether it can take another invocation. */
  readonly alive: () => boolean;
  readonly exited: Promise<void>;
  run(invocation: Invocation): Promise<{ outcome: Outcome; memory?: MemorySample }>;
  stop(): Promise<void>;
};

export type StartError = { startError: FunctionError };

export type ThreadSettings = {
  name: string;
  environment: Record<string, string>;
  memory: number;
  log: Writable;
  worker: WorkerSettings;
};

/** Generous against Lambda's 10 s: a busy laptop starts several functions at once. */
const initLimitMilliseconds = 30_000;

let bootstrap: URL | undefined;
/** The worker module with its types stripped once, so that no thread pays for a compiler of its own (a quarter of a cold start). */
const bootstrapUrl = (): URL => {
  const source = () => stripQuietly(readFileSync(new URL("./worker.ts", import.meta.url), "utf8"));
  bootstrap ??= new URL(`data:text/javascript;base64,${Buffer.from(source()).toString("base64")}`);
  return bootstrap;
};

/** Node says on every run that this function of its own is experimental; nobody who starts the cloud can do anything about that. */
const stripQuietly = (source: string): string => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
};

export const openThread = ({ name, environment, memory, log, worker: workerData }: ThreadSettings): Thread => {
  const worker = new Worker(bootstrapUrl(), {
    name,
    workerData,
    env: environment,
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(memory, 64) },
  });
  worker.stdout.pipe(log, { end: false });
  worker.stderr.pipe(log, { end: false });

  let alive = true;
  let crash: FunctionError | undefined;
  const started = Promise.withResolvers<number>();
  const exited = Promise.withResolvers<void>();
  // Nobody may be waiting when an idle thread dies.
  started.promise.catch(() => {});
  let pending: ((result: { outcome: Outcome; memory?: MemorySample }) => void) | undefined;

  const fail = (error: FunctionError) => {
    alive = false;
    started.reject({ startError: error } satisfies StartError);
    pending?.({ outcome: { ok: false, error } });
  };

  worker.on("message", (message: WorkerMessage) => {
    if (message.kind === "ready") started.resolve(message.initMilliseconds);
    else if (message.kind === "failed") {
      fail(message.error);
      void worker.terminate();
    } else if ("error" in message) pending?.({ outcome: { ok: false, error: message.error }, memory: message.memory });
    else pending?.({ outcome: { ok: true, payload: JSON.parse(message.payload) }, memory: message.memory });
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    log.write(
      `${JSON.stringify({ level: "ERROR", message: "Uncaught", errorType: error.name, errorMessage: error.message, stack: error.stack })}\n`,
    );
    const errorType = error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "Runtime.OutOfMemory" : (error.name ?? "Error");
    crash = { errorType, errorMessage: error.message };
  });
  worker.on("exit", (code) => {
    fail(crash ?? { errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: exit status ${code}` });
    exited.resolve();
  });

  const initTimer = setTimeout(() => {
    crash = { errorType: "Sandbox.Timedout", errorMessage: `Init timed out after ${initLimitMilliseconds / 1000} seconds` };
    void worker.terminate();
  }, initLimitMilliseconds);
  const stopTimer = () => clearTimeout(initTimer);
  started.promise.then(stopTimer, stopTimer);

  const run: Thread["run"] = (invocation) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (invocation.timeoutMilliseconds / 1000).toFixed(2);
        const errorMessage = `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`;
        log.write(`${invocation.requestId} Task timed out after ${seconds} seconds\n`);
        fail({ errorType: "Sandbox.Timedout", errorMessage });
        void worker.terminate();
      }, invocation.timeoutMilliseconds);
      pending = (result) => {
        clearTimeout(timer);
        pending = undefined;
        resolve(result);
      };
      if (alive) worker.postMessage(invocation);
      else pending({ outcome: { ok: false, error: crash ?? { errorType: "Runtime.ExitError", errorMessage: "Runtime exited" } } });
    });

  return {
    ready: started.promise,
    alive: () => alive,
    exited: exited.promise,
    run,
    stop: async () => {
      alive = false;
      await worker.terminate();
      // What it wrote is read to its end, unless the log takes nothing any more.
      const written = (stream: Readable) => finished(stream, { signal: AbortSignal.timeout(1_000) }).catch(() => {});
      await Promise.all([written(worker.stdout), written(worker.stderr)]);
    },
  };
};
