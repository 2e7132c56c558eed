import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openClock } from "../../infra/local/clock.ts";
import {
  type FunctionDefinition,
  type Functions,
  payloadLimit,
  startFunctions,
} from "../../infra/local/functions/start-functions.ts";
import { openIdentities } from "../../infra/local/identities.ts";
import { temporaryDirectory, writeFiles } from "./fixture-assembly.ts";

const directory = temporaryDirectory();
// Bundles lie below a package of modules, as they do in this repository, and are CommonJS all the same.
writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
const clock = openClock(directory);
const identities = openIdentities(directory);
const logsDirectory = join(directory, "logs");

const bundle = (name: string, code: string, more: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
  name,
  role: name,
  logGroup: `/aws/lambda/${name}`,
  codeDirectory: writeFiles(join(directory, "bundles", name), { "index.js": code }),
  handler: "index.handler",
  environment: {},
  memory: 128,
  timeoutSeconds: 20,
  ...more,
});

const running: Functions[] = [];
const start = (definitions: FunctionDefinition[], options: { maxWorkers?: number; exactMemory?: boolean } = {}) => {
  const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9" };
  const functions = startFunctions({ definitions, clock, identities, logsDirectory, endpoints, ...options });
  running.push(functions);
  return functions;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((functions) => functions.close()));
});

const payloadOf = async (functions: Functions, name: string, event: unknown = {}) => {
  const outcome = await functions.invoke(name, event);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
  return outcome.payload as Record<string, unknown>;
};

describe("a function in the pocket cloud", () => {
  it("gets the event, Lambda's context, and exactly its environment", async () => {
    const functions = start([
      bundle(
        "echo",
        `exports.handler = async (event, context) =>
           ({ event, context, left: context.getRemainingTimeInMillis(), environment: { ...process.env } });`,
        { environment: { TABLE_NAME: "prior-auth-local" }, memory: 256 },
      ),
    ]);
    const { event, context, left, environment } = await payloadOf(functions, "echo", { hello: ["Zoë"] });
    const identity = identities.of("echo");
    expect(event).toEqual({ hello: ["Zoë"] });
    expect(left).toBeGreaterThan(10_000);
    expect(left).toBeLessThanOrEqual(20_000);
    expect(context).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: "echo",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:echo",
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/echo",
    });
    expect(environment).toEqual({
      TABLE_NAME: "prior-auth-local",
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9",
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: "echo",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_ACCESS_KEY_ID: identity.accessKeyId,
      AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
      AWS_SESSION_TOKEN: identity.sessionToken,
    });
  });

  it("lives by the local clock, from the bundle's first line on", async () => {
    const functions = start([
      bundle(
        "dated",
        `const loaded = Date.now();
         class Stamp extends Date {}
         exports.handler = async () => ({
           loaded, now: Date.now(), iso: new Date().toISOString(), text: Date(), given: new Date(0).getTime(),
           parts: new Date(2026, 0, 2).getDate(), utc: Date.UTC(1970, 0, 2), sub: new Stamp().getTime(), isStamp: new Stamp() instanceof Stamp,
           native: require("node:fs").statSync(__filename).mtime instanceof Date, is: new Date() instanceof Date,
           made: new Date().constructor === Date, name: Date.name,
         });`,
      ),
    ]);
    clock.advanceTo(new Date(Date.now() + 73 * 3_600_000));
    const before = clock.now().getTime();
    const answer = await payloadOf(functions, "dated");
    expect(answer.loaded).toBeGreaterThanOrEqual(before);
    expect(answer.now).toBeLessThanOrEqual(clock.now().getTime());
    expect(Date.parse(String(answer.iso))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(String(answer.text))).toBeGreaterThan(before - 1_000);
    expect(answer.sub).toBeGreaterThanOrEqual(before);
    expect(answer).toMatchObject({
      given: 0,
      parts: 2,
      utc: 86_400_000,
      isStamp: true,
      native: true,
      is: true,
      made: true,
      name: "Date",
    });

    clock.advanceTo(new Date(clock.now().getTime() + 3_600_000));
    expect((await payloadOf(functions, "dated")).now).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  it("starts cold once and stays warm", async () => {
    const functions = start([bundle("warm", "let calls = 0; exports.handler = async () => ({ calls: ++calls });")]);
    expect(functions.coldStarts("warm")).toEqual([]);
    const began = performance.now();
    expect(await payloadOf(functions, "warm")).toEqual({ calls: 1 });
    const cold = performance.now() - began;
    expect(await payloadOf(functions, "warm")).toEqual({ calls: 2 });
    expect(functions.coldStarts("warm")).toHaveLength(1);
    console.log(`cold start of a trivial function, first answer included: ${cold.toFixed(1)} ms`);
  });

  it("loads a bundle that is a module by its own package.json or name", async () => {
    const code = "export const handler = async () => ({ url: import.meta.url });";
    const own = bundle("own-package", code);
    writeFiles(own.codeDirectory, { "package.json": '{"type":"module"}' });
    const named = bundle("by-name", "");
    writeFiles(named.codeDirectory, { "main.mjs": code });
    const functions = start([own, { ...named, handler: "main.handler" }]);
    expect(await payloadOf(functions, "own-package")).toMatchObject({ url: expect.stringContaining("own-package/index.js") });
    expect(await payloadOf(functions, "by-name")).toMatchObject({ url: expect.stringContaining("by-name/main.mjs") });
  });
});

describe("concurrent invocations", () => {
  const waiting: { who: string; release: () => void }[] = [];
  const arrived = new Set<() => void>();
  const gate = createServer((request, response) => {
    waiting.push({ who: request.url ?? "", release: () => response.end("go") });
    for (const look of arrived) look();
  });
  beforeAll(() => new Promise<void>((resolve) => void gate.listen(0, "127.0.0.1", resolve)));
  afterAll(() => void gate.close());
  const waitFor = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (waiting.length < count) return;
        arrived.delete(look);
        resolve();
      };
      arrived.add(look);
      look();
    });
  const gated = (name: string) =>
    bundle(
      name,
      `let busy = 0; let most = 0;
       exports.handler = async ({ who }) => {
         most = Math.max(most, ++busy);
         await (await fetch(process.env.GATE + who)).text();
         busy--;
         return { who, most };
       };`,
      { environment: { GATE: `http://127.0.0.1:${(gate.address() as AddressInfo).port}/` } },
    );

  it("take up to four threads of their own, one at a time each, and queue in order", async () => {
    const functions = start([gated("gated")]);
    const order: string[] = [];
    const all = ["a", "b", "c", "d", "e", "f"].map(async (who) => {
      const answer = await payloadOf(functions, "gated", { who });
      order.push(who);
      return answer;
    });
    await waitFor(4);
    expect(functions.busy()).toBe(true);
    expect(waiting.map(({ who }) => who).toSorted()).toEqual(["/a", "/b", "/c", "/d"]);
    waiting.shift()?.release();
    await waitFor(4);
    expect(waiting[3]?.who).toBe("/e");
    waiting.shift()?.release();
    await waitFor(4);
    expect(waiting[3]?.who).toBe("/f");
    for (const { release } of waiting.splice(0)) release();
    expect((await Promise.all(all)).every(({ most }) => most === 1)).toBe(true);
    expect(functions.coldStarts("gated")).toHaveLength(4);
    expect(functions.busy()).toBe(false);
  });

  it("that run when the functions close are answered first", async () => {
    const functions = start([gated("closing")], { maxWorkers: 1 });
    const last = functions.invoke("closing", { who: "z" });
    await waitFor(1);
    const closed = functions.close();
    expect(await functions.invoke("closing", {})).toMatchObject({ ok: false });
    waiting.shift()?.release();
    expect(await last).toMatchObject({ ok: true });
    await closed;
  });
});

describe("a failing function", () => {
  const moods = (name: string, more: Partial<FunctionDefinition> = {}) =>
    bundle(
      name,
      `class Refused extends Error { name = "Refused" }
       exports.handler = async ({ mood }) => {
         if (mood === "throws") throw new Refused("not today");
         if (mood === "spins") for (;;);
         if (mood === "hangs") await new Promise(() => {});
         if (mood === "exits") process.exit(3);
         if (mood === "breaks") { setImmediate(() => { throw new TypeError("out of line") }); await new Promise(() => {}); }
         if (mood === "rejects") { Promise.reject(new RangeError("nobody listens")); await new Promise(() => {}); }
         if (mood === "circular") { const it = {}; it.it = it; return it; }
         if (mood === "nothing") return undefined;
         if (mood === "hoards") { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)); }
         return "fine";
       };`,
      more,
    );

  it.each([
    ["throws", { errorType: "Refused", errorMessage: "not today" }],
    ["exits", { errorType: "Runtime.ExitError", errorMessage: expect.stringContaining("exit status 3") }],
    ["breaks", { errorType: "TypeError", errorMessage: "out of line" }],
    ["rejects", { errorType: "RangeError", errorMessage: "nobody listens" }],
    ["circular", { errorType: "Runtime.MarshalError", errorMessage: expect.stringContaining("circular") }],
    ["hoards", { errorType: "Runtime.OutOfMemory", errorMessage: expect.any(String) }],
  ])("that %s answers an error, and the next invocation works", async (mood, error) => {
    const functions = start([moods(`moody-${mood}`, { memory: 64 })], { maxWorkers: 1 });
    expect(await functions.invoke(`moody-${mood}`, { mood })).toEqual({ ok: false, error });
    expect(await functions.invoke(`moody-${mood}`, {})).toEqual({ ok: true, payload: "fine" });
  });

  it.each(["spins", "hangs"])("that %s is stopped at its timeout, and the next invocation gets a new thread", async (mood) => {
    const functions = start([moods(`late-${mood}`, { timeoutSeconds: 0.3 })], { maxWorkers: 1 });
    expect(await functions.invoke(`late-${mood}`, { mood })).toEqual({
      ok: false,
      error: {
        errorType: "Sandbox.Timedout",
        errorMessage: expect.stringMatching(/^RequestId: .* Error: Task timed out after 0\.30 seconds$/),
      },
    });
    expect(await functions.invoke(`late-${mood}`, {})).toEqual({ ok: true, payload: "fine" });
    expect(functions.coldStarts(`late-${mood}`)).toHaveLength(2);
  });

  it("answers null for nothing", async () => {
    expect(await start([moods("silent")]).invoke("silent", { mood: "nothing" })).toEqual({ ok: true, payload: null });
  });

  it.each([
    [
      "that cannot be loaded",
      bundle("broken", "throw new SyntaxError('bad bundle');"),
      { errorType: "SyntaxError", errorMessage: "bad bundle" },
    ],
    ["without its handler", bundle("headless", "exports.other = 1;"), { errorType: "Runtime.HandlerNotFound" }],
    ["without its file", bundle("fileless", "", { handler: "main.handler" }), { errorType: "Runtime.ImportModuleError" }],
  ])("%s answers every invocation with what is wrong", async (_, definition, error) => {
    const functions = start([definition]);
    for (const outcome of await Promise.all([functions.invoke(definition.name, {}), functions.invoke(definition.name, {})])) {
      expect(outcome).toMatchObject({ ok: false, error });
    }
  });

  it("that does not exist is an error too", async () => {
    expect(await start([]).invoke("nobody", {})).toMatchObject({ ok: false, error: { errorType: "ResourceNotFoundException" } });
  });
});

describe("what passes in and out of a function", () => {
  it("is limited to Lambda's 6 MB both ways", async () => {
    const functions = start([
      bundle("sized", "exports.handler = async (event) => event.size ? 'x'.repeat(event.size - 2) : event.length;"),
    ]);
    const text = (bytes: number) => "x".repeat(bytes - 2);
    expect(await functions.invoke("sized", text(payloadLimit))).toEqual({ ok: true, payload: payloadLimit - 2 });
    expect(await functions.invoke("sized", text(payloadLimit + 1))).toMatchObject({
      ok: false,
      error: { errorType: "RequestEntityTooLargeException" },
    });
    expect(await functions.invoke("sized", { size: payloadLimit })).toMatchObject({ ok: true });
    expect(await functions.invoke("sized", { size: payloadLimit + 1 })).toMatchObject({
      ok: false,
      error: { errorType: "Function.ResponseSizeTooLarge" },
    });
  });

  it("is logged as far as the function logs it, and the event is not", async () => {
    const functions = start([
      bundle(
        "talking",
        "exports.handler = async ({ big }) => { console.log('said aloud'); console.error('and in anger'); if (big) console.log('z'.repeat(3_000_000)); };",
      ),
    ]);
    await functions.invoke("talking", { secret: "Ada Reyes" });
    await functions.invoke("talking", { big: true }, { requestId: "the-second" });
    await functions.close();
    const log = readFileSync(join(logsDirectory, "talking.log"), "utf8");
    expect(log).toContain("said aloud\n");
    expect(log).toContain("and in anger\n");
    expect(log.includes("z".repeat(3_000_000))).toBe(true);
    expect(log).toMatch(/REPORT RequestId: the-second Duration: [\d.]+ ms/);
    expect(log).not.toContain("Ada Reyes");
  });

  it("does not stay in memory", async () => {
    const functions = start(
      [bundle("lean", "exports.handler = async ({ size }) => { Buffer.alloc(size); return size; };", { memory: 256 })],
      {
        exactMemory: true,
      },
    );
    for (const size of [1_000, 1_000, 50_000_000, 1_000]) await functions.invoke("lean", { size });
    const held = functions.memory("lean").map(({ heapUsed, external }) => heapUsed + external);
    expect(held).toHaveLength(4);
    expect((held[3] ?? 0) / (held[1] ?? 1)).toBeLessThan(1.05);
  });
});

it("no log is opened for a function that never ran", () => {
  start([bundle("unused", "")]);
  expect(existsSync(join(logsDirectory, "unused.log"))).toBe(false);
});
