import { once } from "node:events";
import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import type { LocalClock } from "../clock.ts";
import type { Identities } from "../identities.ts";
import type { FunctionDefinition } from "./definitions.ts";
import { type InvokeOptions, openPool, type Pool } from "./pool.ts";
import type { Outcome } from "./thread.ts";
import type { MemorySample } from "./worker.ts";

export type { FunctionDefinition } from "./definitions.ts";
export type { InvokeOptions } from "./pool.ts";
export type { Outcome } from "./thread.ts";
export type { FunctionError, MemorySample } from "./worker.ts";

export type Functions = {
  /** Calls a function and waits for its answer. `event` must be JSON; a function that fails is a value, not an exception. */
  invoke(name: string, event: unknown, options?: InvokeOptions): Promise<Outcome>;
  /** Whether an invocation runs or waits. */
  busy(): boolean;
  /** Memory after each of the latest invocations, oldest first. */
  memory(name: string): MemorySample[];
  /** Milliseconds each of the latest cold starts took to load the code, oldest first. */
  coldStarts(name: string): number[];
  /** Lets running invocations end, for five seconds at most, then stops every thread. */
  close(): Promise<void>;
};

export type FunctionsOptions = {
  definitions: FunctionDefinition[];
  clock: LocalClock;
  identities: Identities;
  logsDirectory: string;
  /** Added to every function's environment: `AWS_ENDPOINT_URL_DYNAMODB` and the like. */
  endpoints: Record<string, string>;
  /** Most threads of one function. */
  maxWorkers?: number;
  account?: string;
  region?: string;
  /** See `MemorySample`: collect garbage before each reading. For memory tests. */
  exactMemory?: boolean;
  /** Whether the function's role may write its log; what it writes is lost otherwise, as with Lambda. */
  mayLog?: (definition: FunctionDefinition) => boolean;
};

/** Lambda's limit for a synchronous invocation, event and answer alike: 6 MiB and 100 bytes. */
export const payloadLimit = 6_291_556;

export const startFunctions = ({
  definitions,
  clock,
  identities,
  logsDirectory,
  endpoints,
  maxWorkers = 4,
  account = "000000000000",
  region = "us-east-1",
  exactMemory = false,
  mayLog = () => true,
}: FunctionsOptions): Functions => {
  mkdirSync(logsDirectory, { recursive: true });
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const pools = new Map<string, { pool: Pool; log: WriteStream }>();

  const open = (definition: FunctionDefinition) => {
    const log = openLog(mayLog(definition) ? join(logsDirectory, `${definition.name}.log`) : devNull);
    const identity = identities.of(definition.role);
    const environment = {
      ...definition.environment,
      ...endpoints,
      AWS_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: definition.name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memory),
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_ACCESS_KEY_ID: identity.accessKeyId,
      AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
      ...(identity.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: identity.sessionToken }),
    };
    const functionArn = `arn:aws:lambda:${region}:${account}:function:${definition.name}`;
    const limits = { maxWorkers, responseLimit: payloadLimit, exactMemory };
    return { log, pool: openPool({ definition, environment, functionArn, clock: clock.shared, log, ...limits }) };
  };

  return {
    invoke: async (name, event, options = {}) => {
      const definition = byName.get(name);
      if (!definition) return refused("ResourceNotFoundException", `Function not found: ${name}`);
      const text = JSON.stringify(event) ?? "null";
      const size = Buffer.byteLength(text);
      if (size > payloadLimit) {
        const message = `${size} byte payload is too large for the RequestResponse invocation type (limit ${payloadLimit} bytes)`;
        return refused("RequestEntityTooLargeException", message);
      }
      const opened = pools.get(name) ?? open(definition);
      pools.set(name, opened);
      return opened.pool.invoke(text, options);
    },
    busy: () => [...pools.values()].some(({ pool }) => pool.busy()),
    memory: (name) => pools.get(name)?.pool.memory() ?? [],
    coldStarts: (name) => pools.get(name)?.pool.coldStarts() ?? [],
    close: async () => {
      await Promise.all(
        [...pools.values()].map(async ({ pool, log }) => {
          await pool.close(5_000);
          if (log.destroyed) return;
          log.end();
          await once(log, "close");
        }),
      );
    },
  };
};

const refused = (errorType: string, errorMessage: string): Outcome => ({ ok: false, error: { errorType, errorMessage } });

const openLog = (path: string): WriteStream => {
  const log = createWriteStream(path, { flags: "a" });
  // Two streams of each thread share it.
  log.setMaxListeners(0);
  log.on("error", (error) => console.error(`${path} cannot be written: ${error.message}`));
  return log;
};
