import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { basePort, dataDirectory, parseDuration, readArguments, WrongUse } from "../../infra/local/cli/arguments.ts";
import { openTimeline } from "../../infra/local/cli/timeline.ts";
import { faultInChain } from "../../infra/local/event-chain.ts";
import { imagingRequest } from "../../infra/local/main-job.ts";
import { samplePdf, sha256Of } from "../../infra/local/sample-pdf.ts";
import { canonicalJson } from "../../shared/domain/canonical-json.ts";
import { chained, genesisHash } from "../../shared/domain/events.ts";
import type { RequestId } from "../../shared/domain/identifiers.ts";
import { eventually } from "../eventually.ts";
import { freePorts } from "../free-ports.ts";
import { forget, remember, rememberPersonal } from "../http/private-words.ts";

const commands = join(import.meta.dirname, "../../infra/local/cli");
const roomy = 180_000;

type Place = { LOCAL_DIR: string; PORT: string };
type Ended = { code: number | null; out: string; err: string };

const newPlace = async (): Promise<Place> => ({
  LOCAL_DIR: mkdtempSync(join(tmpdir(), "desk-cli-")),
  PORT: String(await freePorts()),
});

const running: ChildProcess[] = [];

/** A command in a process group of its own, so that whatever it leaves behind is found. */
const begin = (command: string, args: string[], place: Place) => {
  const child = spawn(process.execPath, [join(commands, `${command}.ts`), ...args], {
    env: { ...process.env, ...place, npm_lifecycle_event: undefined },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  const ended: Promise<Ended> = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]).then(
    ([out, err, [code]]) => ({ code, out, err }),
  );
  return { child, ended };
};
const run = (command: string, args: string[], place: Place) => begin(command, args, place).ended;

const groupIsThere = ({ pid = 0 }: ChildProcess): boolean => {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
};

afterEach(() => {
  for (const child of running.splice(0)) if (groupIsThere(child)) process.kill(-(child.pid ?? 0), "SIGKILL");
});

describe("arguments", () => {
  it.each([
    ["+73h", 73 * 3_600_000],
    ["15m", 900_000],
    ["+2d", 172_800_000],
    ["90s", 90_000],
    ["1.5h", 5_400_000],
    ["0h", 0],
    ["-0h", 0],
    ["-1h", -3_600_000],
  ])("%s is a duration", (given, milliseconds) => {
    expect(parseDuration(given)).toBe(milliseconds);
  });

  it.each(["", "h", "73", "73 h", "+-3h", "1h30m", "3w", "1e3h", "0x10h", "٣h", "9999999999h"])("%j is none", (given) => {
    expect(parseDuration(given)).toBeUndefined();
  });

  it("names an option that is not known, and how the command is used", () => {
    const read = () => readArguments(["--frsh"], { fresh: { type: "boolean" } }, "npm start -- [--fresh]");
    expect(read).toThrow(WrongUse);
    expect(read).toThrow("Unknown option '--frsh'.\nUsage: npm start -- [--fresh]");
  });

  it("takes the base port from PORT, with room for all of them above it", () => {
    expect(basePort({})).toBe(4010);
    expect(basePort({ PORT: "" })).toBe(4010);
    expect(basePort({ PORT: "65529" })).toBe(65_529);
    for (const PORT of ["0", "-1", "65530", "4010.5", "http", "0x10"]) expect(() => basePort({ PORT })).toThrow(WrongUse);
  });

  it("keeps data in .local of the repository unless LOCAL_DIR says otherwise", () => {
    expect(dataDirectory({})).toBe(resolve(import.meta.dirname, "../../.local"));
    expect(dataDirectory({ LOCAL_DIR: "/elsewhere" })).toBe("/elsewhere");
  });

  it("ends with 2 and a sentence for wrong use of any command", async () => {
    const place = await newPlace();
    const wrong = await Promise.all([
      run("start", ["--frsh"], place),
      run("start", ["now"], place),
      run("start", [], { ...place, PORT: "http" }),
      run("token", [], place),
      run("token", ["boss"], place),
      run("token", ["nurse", "--expires", "soon"], place),
      run("token", ["director", "--sub="], place),
      run("clock", ["later"], place),
      run("clock", ["-3h"], place),
    ]);
    for (const { code, out, err } of wrong) {
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toMatch(/\.\n/);
      expect(err).not.toMatch(/^ +at /m);
    }
    rmSync(place.LOCAL_DIR, { recursive: true });
  });
});

it("the bench says how it is used, and measures nothing for what it does not know", async () => {
  const bench = "../../../test/bench/bench";
  const place = await newPlace();
  const [help, unknown] = await Promise.all([run(bench, ["--help"], place), run(bench, ["--jsn"], place)]);
  expect(help).toEqual({ code: 0, out: "Usage: npm run bench [-- --json]\n", err: "" });
  expect(unknown).toMatchObject({ code: 2, out: "", err: expect.stringContaining("Unknown option '--jsn'.\nUsage: ") });
  rmSync(place.LOCAL_DIR, { recursive: true });
});

describe("the sample document", () => {
  const bytesOf = (size: number) => Buffer.concat([...samplePdf(size)]);

  it("has exactly the size that is asked for, and the same bytes each time", () => {
    for (const size of [2_000, 5_000_001]) expect(bytesOf(size)).toHaveLength(size);
    expect(sha256Of(samplePdf(3_000_000))).toBe(sha256Of([bytesOf(3_000_000)]));
    expect(() => bytesOf(500)).toThrow(RangeError);
  });

  it("is a PDF whose table of objects tells the truth", () => {
    const pdf = bytesOf(300_000).toString("latin1");
    expect(pdf.startsWith("%PDF-1.7\n")).toBe(true);
    expect(pdf.endsWith("%%EOF\n")).toBe(true);
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
    expect(pdf.slice(table, table + 5)).toBe("xref\n");
    const offsets = [...pdf.slice(table).matchAll(/^(\d{10}) 00000 n /gm)].map(([, offset]) => Number(offset));
    expect(offsets).toHaveLength(6);
    for (const [index, offset] of offsets.entries()) expect(pdf.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
    const scan = offsets[5] ?? 0;
    const end = pdf.indexOf("stream\n", scan) + "stream\n".length + Number(/\/Length (\d{10})/.exec(pdf.slice(scan))?.[1]);
    expect(pdf.slice(end)).toMatch(/^\nendstream\nendobj\n/);
  });
});

describe("the chain of a history", () => {
  const events = chained(
    { id: "PA-1" as RequestId, epoch: 0, lastSequence: 0, lastHash: genesisHash },
    [{ type: "request.submitted", lines: [1] }, { type: "document.registered", documentId: "D" }, { type: "referral.released" }],
    "2026-12-01T00:00:00.000Z",
    { type: "provider", id: "provider@org-demo" },
  );

  it("is unbroken as the desk writes it, in whatever order members arrive", () => {
    expect(faultInChain(events)).toBeUndefined();
    expect(faultInChain(JSON.parse(canonicalJson(events)))).toBeUndefined();
  });

  it("shows an event that is left out, changed, or put in another's place", () => {
    const [first, second, third] = events as [Changed, Changed, Changed];
    expect(faultInChain([first, third])).toContain("has number 3");
    expect(faultInChain([first, { ...second, documentId: "E" }, third])).toContain("not what its hash was made of");
    expect(faultInChain([first, { ...second, previousHash: genesisHash }, third])).toContain("does not continue");
  });
  type Changed = (typeof events)[number];
});

describe("the timeline", () => {
  const page = (isTTY: boolean) => {
    let written = "";
    return { isTTY, write: (more: string) => (written += more), read: () => written };
  };
  const told = (isTTY: boolean, environment: NodeJS.ProcessEnv) => {
    const paper = page(isTTY);
    let time = 0;
    const timeline = openTimeline(paper, environment, () => time);
    time = 1_250;
    for (let sent = 0; sent <= 100; sent += 1) timeline.progress(sent, 100);
    timeline.step("Uploaded", "a detail");
    return paper.read();
  };

  it("is plain text with a few percentages where no terminal is", () => {
    expect(told(false, {})).toBe(
      [25, 50, 75, 100].map((percent) => `            uploading: ${percent} %\n`).join("") +
        "    1.3 s - Uploaded\n            a detail\n",
    );
  });

  it("has a bar and colours on a terminal, and no colours with NO_COLOR", () => {
    expect(told(true, {})).toContain("\u001b[32m");
    const plain = told(true, { NO_COLOR: "1" });
    expect(plain).not.toContain("\u001b[3");
    expect(plain).toContain(`\r            ${"█".repeat(16)}${"░".repeat(16)}  50 %`);
    expect(plain.endsWith("\r\u001b[K    1.3 s ✓ Uploaded\n            a detail\n")).toBe(true);
  });
});

describe("a pocket cloud from start to end", () => {
  let place: Place;
  beforeAll(async () => {
    place = await newPlace();
  });
  afterAll(() => {
    // What the main job says of people: its functions have logged, as in every other run.
    rememberPersonal(place.LOCAL_DIR, imagingRequest("2026-12-20", "1234567893"));
    remember(place.LOCAL_DIR, ["lumbar-spine.pdf"]);
    forget(place.LOCAL_DIR);
  });
  const endpoints = () => join(place.LOCAL_DIR, "endpoints.json");

  it("has no token and no clock before its first start", async () => {
    const [token, clock] = await Promise.all([run("token", ["provider"], place), run("clock", [], place)]);
    expect(token).toMatchObject({ code: 1, out: "" });
    expect(token.err).toContain("start the local cloud once");
    expect(clock).toMatchObject({ code: 1, out: "" });
    expect(clock.err).toContain("Nothing runs");
  });

  it(
    "plays the main job once and leaves with 0",
    async () => {
      const { child, ended } = begin("start", ["--once"], place);
      const { code, out, err } = await ended;
      expect(err).toBe("");
      expect(code).toBe(0);
      for (const said of [
        "Submitted: PA-",
        "uploading: 50 %",
        "available",
        "approved",
        "bit for bit",
        "hash chain unbroken",
        "Done",
      ])
        expect(out).toContain(said);
      expect(out).not.toContain("\u001b");
      expect(groupIsThere(child)).toBe(false);
      expect(existsSync(endpoints())).toBe(false);
    },
    roomy,
  );

  it(
    "keeps everything over a restart, and closes on SIGTERM without leaving a process or a sign of being ready",
    async () => {
      // What a killed run leaves behind.
      const stale = `http://127.0.0.1:${await freePorts()}`;
      writeFileSync(endpoints(), JSON.stringify({ api: stale }));
      const { child, ended } = begin("start", [], place);
      await eventually(
        async () => existsSync(endpoints()) && (JSON.parse(readFileSync(endpoints(), "utf8")) as { api: string }).api,
        (api) => api === `http://127.0.0.1:${place.PORT}`,
        60,
      );

      const token = await run("token", ["provider", "--expires", "12h"], place);
      expect(token.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      const listed = await fetch(`http://127.0.0.1:${place.PORT}/v1/requests?status=approved`, {
        headers: { authorization: `Bearer ${token.out.trim()}` },
      });
      expect(await listed.json()).toMatchObject({ items: [{ status: "approved" }] });

      const second = await run("start", ["--fresh"], { ...place, PORT: String(await freePorts()) });
      expect(second).toMatchObject({ code: 1, out: "" });
      expect(second.err).toMatch(/^The pocket cloud already runs on .*: stop that one first\.\n$/);

      const before = Date.now();
      const moved = await run("clock", ["+15m"], place);
      expect(moved).toMatchObject({ code: 0, err: "" });
      const told = await run("clock", [], place);
      expect(Date.parse(told.out.trim())).toBeGreaterThanOrEqual(before + 900_000);

      process.kill(child.pid ?? 0, "SIGTERM");
      const { code, err } = await ended;
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(groupIsThere(child)).toBe(false);
      expect(existsSync(endpoints())).toBe(false);
    },
    roomy,
  );

  it("makes tokens while nothing runs, for any role and organization", async () => {
    const { code, out } = await run("token", ["provider", "--org", "org-a", "--expires=30m"], place);
    expect(code).toBe(0);
    const claims = JSON.parse(Buffer.from(out.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ org: "org-a", aud: "prior-authorization", iss: `http://127.0.0.1:${Number(place.PORT) + 1}` });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(1_800);
  });

  it("makes tokens for another person of the same role", async () => {
    const { out } = await run("token", ["director", "--sub", "director-2"], place);
    const claims = JSON.parse(Buffer.from(out.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ sub: "director-2", scope: expect.stringContaining("reviews:deny") });
  });

  it("says in one sentence which port is taken, and touches nothing", async () => {
    const taker = createServer().listen(Number(place.PORT) + 3, "127.0.0.1");
    await once(taker, "listening");
    const refused = await run("start", ["--fresh"], place);
    taker.close();
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/^Port \d+ is taken by another program: set PORT to .*\n$/);
    expect(existsSync(join(place.LOCAL_DIR, "issuer.json"))).toBe(true);
  });

  it("takes no directory that holds something else", async () => {
    const foreign = mkdtempSync(join(tmpdir(), "desk-foreign-"));
    writeFileSync(join(foreign, "thesis.txt"), "years of work");
    const refused = await run("start", ["--fresh"], { ...place, LOCAL_DIR: foreign });
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("holds something else");
    expect(readFileSync(join(foreign, "thesis.txt"), "utf8")).toBe("years of work");
    rmSync(foreign, { recursive: true });
  });
});
