import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { deskTime, mondayAfternoon } from "../../infra/local/tour/desk-time.ts";

const tour = async (args: string[], temporary: string) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../infra/local/cli/tour.ts"), ...args], {
    env: { ...process.env, TMPDIR: temporary, LOCAL_DIR: join(temporary, "nowhere"), npm_lifecycle_event: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code, out, err };
};

it("begins on a Monday at four in the afternoon, whatever day it is and whatever the season", () => {
  const now = Date.parse("2026-11-22T12:00:00.000Z");
  expect(new Date(mondayAfternoon(now)).toISOString()).toBe("2026-11-23T21:00:00.000Z");
  expect(new Date(mondayAfternoon(Date.parse("2026-11-23T21:00:01.000Z"))).toISOString()).toBe("2026-11-30T21:00:00.000Z");
  expect(new Date(mondayAfternoon(Date.parse("2027-07-01T00:00:00.000Z"))).toISOString()).toBe("2027-07-05T20:00:00.000Z");
  expect(deskTime("2026-11-23T21:00:00.000Z")).toBe("Mon Nov 23, 16:00");
  expect(deskTime("2026-12-01T05:07:00.000Z")).toBe("Tue Dec  1, 00:07");
});

it("refuses what it does not know, and needs a cloud to play there", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "desk-tour-test-"));
  const [unknown, nowhere] = await Promise.all([tour(["--only", "approved,lost"], temporary), tour(["--here"], temporary)]);
  expect(unknown).toMatchObject({ code: 2, out: "" });
  expect(unknown.err).toContain('There is no story "lost": approved, partly-approved, ');
  expect(nowhere).toMatchObject({ code: 1, out: "" });
  expect(nowhere.err).toMatch(/^Nothing runs on /);
  expect(readdirSync(temporary)).toEqual([]);
  rmSync(temporary, { recursive: true });
});

/** `npm test` plays some of those of one day, beside its other calls over HTTP. */
it.runIf(process.env.PROVE === "full")(
  "plays all stories, through days, and leaves nothing behind",
  async () => {
    const temporary = mkdtempSync(join(tmpdir(), "desk-tour-test-"));
    const { code, out, err } = await tour([], temporary);
    expect({ code, err }, out).toEqual({ code: 0, err: "" });
    expect(out).toContain("All 13 ended as they should");
    expect(out).not.toContain("✗");
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  },
  400_000,
);
