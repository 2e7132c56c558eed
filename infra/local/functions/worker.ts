// Runs inside a worker thread, alone with one function's bundle. It must import nothing but Node's own modules: the pool hands it
// to the thread as text, so that a cold start compiles the bundle and little else.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { compileFunction, constants, runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";

export type WorkerSettings = {
  clock: SharedArrayBuffer;
  codeDirectory: string;
  handler: string;
  responseLimit: number;
  /** Collects garbage before memory is read, so that what is seen is what is held. Costs milliseconds per invocation. */
  exactMemory: boolean;
};

export type Invocation = {
  requestId: string;
  event: string;
  timeoutMilliseconds: number;
  traceId?: string;
  context: {
    functionName: string;
    functionVersion: string;
    invokedFunctionArn: string;
    memoryLimitInMB: string;
    logGroupName: string;
    logStreamName: string;
  };
};

export type FunctionError = { errorType: string; errorMessage: string };

/** Bytes of this thread's heap and of what it holds outside (buffers): at the end of an invocation, and the most seen during it. */
export type MemorySample = { heapUsed: number; external: number; peak: number };

export type WorkerMessage =
  | { kind: "ready"; initMilliseconds: number }
  | { kind: "failed"; error: FunctionError }
  | { kind: "result"; requestId: string; memory: MemorySample; payload: string }
  | { kind: "result"; requestId: string; memory: MemorySample; error: FunctionError };

type Handler = (event: unknown, context: unknown) => unknown;

const started = performance.now();
const settings = workerData as WorkerSettings;
const port = parentPort;
if (!port) throw new Error("This module runs in a worker thread only");
const send = (message: WorkerMessage) => port.postMessage(message);

/** The local clock as the thread's `Date`. The prototype is shared, so that dates made before or by Node itself stay instances. */
const installClock = (shared: SharedArrayBuffer) => {
  const RealDate = Date;
  const offset = new BigInt64Array(shared);
  const now = () => RealDate.now() + Number(Atomics.load(offset, 0));
  const LocalDate = function (this: unknown, ...fields: unknown[]) {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, fields.length === 0 ? [now()] : fields, new.target);
  };
  Object.setPrototypeOf(LocalDate, RealDate);
  Object.defineProperties(LocalDate, {
    name: { value: "Date", configurable: true },
    length: { value: RealDate.length, configurable: true },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: now, writable: true, configurable: true },
  });
  Object.defineProperty(RealDate.prototype, "constructor", { value: LocalDate, writable: true, configurable: true });
  globalThis.Date = LocalDate as unknown as DateConstructor;
};

const describe = (error: unknown, fallback = "Error"): FunctionError =>
  error instanceof Error || (typeof error === "object" && error !== null && "message" in error)
    ? { errorType: String((error as Error).name ?? fallback), errorMessage: String((error as Error).message) }
    : { errorType: fallback, errorMessage: String(error) };

/**
 * Loads a bundle as Lambda does: a file is CommonJS unless its own directory says otherwise. A `package.json` further up belongs to
 * whoever built the bundle, not to the bundle, and is not asked.
 */
const load = async (codeDirectory: string, file: string): Promise<Record<string, unknown>> => {
  const packageFile = join(codeDirectory, "package.json");
  const isModule =
    existsSync(packageFile) && (JSON.parse(readFileSync(packageFile, "utf8")) as { type?: string }).type === "module";
  const candidates = [".js", ".mjs", ".cjs"].map((extension) => join(codeDirectory, file + extension));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (!path) throw Object.assign(new Error(`Cannot find module '${file}'`), { name: "Runtime.ImportModuleError" });
  if (path.endsWith(".mjs") || (isModule && path.endsWith(".js"))) return import(pathToFileURL(path).href);

  const module = { exports: {} as Record<string, unknown>, filename: path, id: path, loaded: false, paths: [] };
  const wrapper = compileFunction(readFileSync(path, "utf8"), ["exports", "require", "module", "__filename", "__dirname"], {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  wrapper.call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
  module.loaded = true;
  return module.exports;
};

const findHandler = async ({ codeDirectory, handler }: WorkerSettings): Promise<Handler> => {
  const dot = handler.lastIndexOf(".");
  const exported = (await load(codeDirectory, handler.slice(0, dot)))[handler.slice(dot + 1)];
  if (typeof exported !== "function") {
    throw Object.assign(new Error(`${handler} is undefined or not exported`), { name: "Runtime.HandlerNotFound" });
  }
  return exported as Handler;
};

const openGarbageCollector = (): (() => void) => {
  if (!settings.exactMemory) return () => {};
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
};

const collectGarbage = openGarbageCollector();

const readMemory = () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return { heapUsed, external };
};

const watchMemory = () => {
  let peak = 0;
  const look = () => {
    const seen = readMemory();
    peak = Math.max(peak, seen.heapUsed + seen.external);
    return seen;
  };
  const timer = setInterval(look, settings.exactMemory ? 100 : 20).unref();
  return {
    end: (): MemorySample => {
      clearInterval(timer);
      return { ...look(), peak };
    },
  };
};

const contextOf = ({ requestId, timeoutMilliseconds, context }: Invocation) => {
  const began = performance.now();
  return {
    ...context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(timeoutMilliseconds - (performance.now() - began))),
  };
};

const invoke = async (handler: Handler, invocation: Invocation): Promise<{ payload: string } | { error: FunctionError }> => {
  let answer: unknown;
  try {
    answer = await handler(JSON.parse(invocation.event), contextOf(invocation));
  } catch (error) {
    const described = describe(error);
    console.error(
      JSON.stringify({
        level: "ERROR",
        requestId: invocation.requestId,
        message: "Invoke Error",
        ...described,
        stack: stackOf(error),
      }),
    );
    return { error: described };
  }
  let payload: string;
  try {
    payload = JSON.stringify(answer) ?? "null";
  } catch (error) {
    const { errorMessage } = describe(error);
    return { error: { errorType: "Runtime.MarshalError", errorMessage: `Unable to stringify response body: ${errorMessage}` } };
  }
  if (Buffer.byteLength(payload) > settings.responseLimit) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${settings.responseLimit} bytes).`;
    return { error: { errorType: "Function.ResponseSizeTooLarge", errorMessage } };
  }
  return { payload };
};

/** What an invocation writes is with the log before its answer is given: the thread may be stopped right after. */
const flushed = async (stream: NodeJS.WriteStream): Promise<void> => {
  if (stream.writableLength === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.write("", () => resolve());
  await promise;
};

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : undefined);

installClock(settings.clock);
try {
  const handler = await findHandler(settings);
  port.on("message", async (invocation: Invocation) => {
    if (invocation.traceId === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = invocation.traceId;
    const memory = watchMemory();
    const outcome = await invoke(handler, invocation);
    await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
    send({ kind: "result", requestId: invocation.requestId, memory: memory.end(), ...outcome });
  });
  send({ kind: "ready", initMilliseconds: performance.now() - started });
} catch (error) {
  console.error(JSON.stringify({ level: "ERROR", message: "Init Error", ...describe(error), stack: stackOf(error) }));
  send({ kind: "failed", error: describe(error) });
}
