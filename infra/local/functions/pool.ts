import { randomUUID } from "node:crypto";
import type { Writable } from "node:stream";
import type { FunctionDefinition } from "./definitions.ts";
import { type Outcome, openThread, type StartError, type Thread } from "./thread.ts";
import type { Invocation, MemorySample } from "./worker.ts";

export type InvokeOptions = { requestId?: string; traceId?: string };

export type Pool = {
  invoke(event: string, options: InvokeOptions): Promise<Outcome>;
  busy(): boolean;
  memory(): MemorySample[];
  coldStarts(): number[];
  close(graceMilliseconds: number): Promise<void>;
};

export type PoolSettings = {
  definition: FunctionDefinition;
  environment: Record<string, string>;
  functionArn: string;
  clock: SharedArrayBuffer;
  log: Writable;
  maxWorkers: number;
  responseLimit: number;
  exactMemory: boolean;
};

type Job = { invocation: Invocation; resolve(outcome: Outcome): void };

/** A warm thread beyond the first is let go after this long without work, as Lambda does after minutes. */
const idleMilliseconds = 60_000;
const keptSamples = 1_000;

/** The execution environments of one function: started when work waits, reused while warm, replaced when broken. */
export const openPool = (settings: PoolSettings): Pool => {
  const { definition, environment, clock, log, maxWorkers, responseLimit, exactMemory } = settings;
  const { name, logGroup, codeDirectory, handler, memory, timeoutSeconds } = definition;
  const queue: Job[] = [];
  const threads = new Set<Thread>();
  const idle: { thread: Thread; since: number }[] = [];
  const samples: MemorySample[] = [];
  const coldStarts: number[] = [];
  let starting = 0;
  let running = 0;
  let closed = false;
  let onDrained = () => {};

  const context: Invocation["context"] = {
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(memory),
    logGroupName: logGroup,
    logStreamName: "local",
  };

  const pump = () => {
    while (queue.length > 0) {
      const warm = idle.pop();
      if (!warm) break;
      const job = warm.thread.alive() ? queue.shift() : undefined;
      if (job) void run(warm.thread, job);
    }
    while (!closed && queue.length > starting && threads.size < maxWorkers) start();
    if (queue.length === 0 && running === 0 && starting === 0) onDrained();
  };

  const start = () => {
    starting += 1;
    const worker = { clock, codeDirectory, handler, responseLimit, exactMemory };
    const thread = openThread({ name, environment, memory, log, worker });
    threads.add(thread);
    void thread.exited.then(() => {
      threads.delete(thread);
      const index = idle.findIndex((each) => each.thread === thread);
      if (index >= 0) idle.splice(index, 1);
      pump();
    });
    thread.ready.then(
      (milliseconds) => {
        starting -= 1;
        coldStarts.push(milliseconds);
        if (coldStarts.length > keptSamples) coldStarts.shift();
        log.write(`INIT_REPORT Init Duration: ${milliseconds.toFixed(2)} ms\n`);
        idle.push({ thread, since: performance.now() });
        pump();
      },
      ({ startError }: StartError) => {
        starting -= 1;
        queue.shift()?.resolve({ ok: false, error: startError });
        pump();
      },
    );
  };

  const run = async (thread: Thread, { invocation, resolve }: Job) => {
    running += 1;
    const began = performance.now();
    const { outcome, memory: sample } = await thread.run(invocation);
    running -= 1;
    if (sample) {
      samples.push(sample);
      if (samples.length > keptSamples) samples.shift();
    }
    const used = sample ? ` Max Memory Used: ${Math.ceil(sample.peak / 1_048_576)} MB` : "";
    const duration = (performance.now() - began).toFixed(2);
    log.write(`REPORT RequestId: ${invocation.requestId} Duration: ${duration} ms Memory Size: ${memory} MB${used}\n`);
    if (thread.alive()) idle.push({ thread, since: performance.now() });
    resolve(outcome);
    pump();
  };

  const retire = setInterval(() => {
    const limit = performance.now() - idleMilliseconds;
    while (idle.length > 1 && idle[0] && idle[0].since < limit) void idle.shift()?.thread.stop();
  }, idleMilliseconds / 2).unref();

  return {
    invoke: (event, { requestId = randomUUID(), traceId }) =>
      new Promise((resolve) => {
        if (closed) {
          resolve({ ok: false, error: { errorType: "ServiceException", errorMessage: "The functions are stopping" } });
          return;
        }
        const timeoutMilliseconds = timeoutSeconds * 1_000;
        queue.push({ invocation: { requestId, event, timeoutMilliseconds, ...(traceId ? { traceId } : {}), context }, resolve });
        pump();
      }),
    busy: () => queue.length > 0 || running > 0,
    memory: () => [...samples],
    coldStarts: () => [...coldStarts],
    close: async (graceMilliseconds) => {
      closed = true;
      clearInterval(retire);
      if (queue.length > 0 || running > 0 || starting > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, graceMilliseconds);
        onDrained = resolve;
        await promise;
        clearTimeout(timer);
      }
      for (const { resolve } of queue.splice(0)) {
        resolve({ ok: false, error: { errorType: "ServiceException", errorMessage: "The functions are stopping" } });
      }
      await Promise.all([...threads].map((thread) => thread.stop()));
    },
  };
};
