import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stateMachineMarkdown, transitions } from "../../shared/api/state-machine.ts";
import { eventTypes } from "../../shared/domain/events.ts";
import { consequences } from "../../shared/domain/transition.ts";
import { beginning } from "../../shared/domain/transitions/submit.ts";
import { openStatuses, requestStatuses } from "../../shared/domain/vocabulary.ts";
import { sourceFiles } from "../source-files.ts";

describe("the states of a request, as told to people", () => {
  test("are those of the transitions: docs/state-machine.md is current (npm run docs)", async () => {
    expect(await readFile("docs/state-machine.md", "utf8")).toBe(stateMachineMarkdown());
  });

  test("tell of every transition in the source, each by a name of its own", async () => {
    const files = await Promise.all(sourceFiles("shared/domain/transitions").map((file) => readFile(file, "utf8")));
    const written = files.flatMap((file) => [...file.matchAll(/^export const \w+ = transition</gm)]);
    expect(transitions).toHaveLength(written.length);
    expect(new Set(transitions.map(({ name }) => name)).size).toBe(transitions.length);
    for (const { name } of transitions) expect(stateMachineMarkdown()).toContain(`| ${name} |`);
  });

  test("tell of every kind of event, and of who records it", () => {
    const told = new Set([...beginning.emits, ...consequences, ...transitions.flatMap(({ emits }) => [...emits])]);
    expect([...told].sort()).toEqual([...eventTypes].sort());
  });

  test("lead only from where a transition may begin, never back to where they are, and out of an end only on appeal or for more days", () => {
    const afterTheEnd = ["continue a stay", "decide an appeal"];
    for (const { name, from, to } of transitions)
      for (const [start, ends] of Object.entries(to)) {
        expect(from, name).toContain(start);
        if (!afterTheEnd.includes(name)) expect(openStatuses, name).toContain(start);
        expect(ends, name).not.toContain(start);
      }
  });

  test("can all be reached", () => {
    const reached = new Set<string>([...beginning.to, ...transitions.flatMap(({ to }) => Object.values(to).flat())]);
    expect(requestStatuses.filter((status) => !reached.has(status))).toEqual([]);
  });
});

describe("node infra/state-machine.ts", () => {
  const run = (...options: string[]) => promisify(execFile)(process.execPath, ["infra/state-machine.ts", ...options]);
  let file = "";
  beforeEach(async () => {
    file = join(await mkdtemp(join(tmpdir(), "state-machine-")), "state-machine.md");
  });
  afterEach(() => rm(join(file, ".."), { recursive: true }));

  test("writes the file, and says with --check that it is current", async () => {
    await run("--file", file);
    expect(await readFile(file, "utf8")).toBe(stateMachineMarkdown());
    await expect(run("--check", "--file", file)).resolves.toBeDefined();
  });

  test("fails with --check when the file is stale, and leaves it as it is", async () => {
    await writeFile(file, "old");
    await expect(run("--check", "--file", file)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("npm run docs"),
    });
    expect(await readFile(file, "utf8")).toBe("old");
  });
});
