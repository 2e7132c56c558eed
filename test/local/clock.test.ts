import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openClock } from "../../infra/local/clock.ts";
import { openIdentities } from "../../infra/local/identities.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const hours = 3_600_000;
const near = (time: Date, milliseconds: number) => Math.abs(time.getTime() - milliseconds) < 5_000;

test("the local clock starts at real time and runs on from where it was advanced to, restarts included", () => {
  const clock = openClock(directory);
  expect(near(clock.now(), Date.now())).toBe(true);
  clock.advanceTo(new Date(Date.now() + 73 * hours));
  expect(near(clock.now(), Date.now() + 73 * hours)).toBe(true);
  expect(near(openClock(directory).now(), Date.now() + 73 * hours)).toBe(true);
});

test("the local clock never goes backwards", () => {
  const clock = openClock(directory);
  clock.advanceTo(new Date(Date.now() + 2 * hours));
  clock.advanceTo(new Date(Date.now() + hours));
  expect(near(clock.now(), Date.now() + 2 * hours)).toBe(true);
  expect(() => clock.advanceTo(new Date("never"))).toThrow(RangeError);
});

test("other threads read the same offset", () => {
  const clock = openClock(directory);
  const elsewhere = new BigInt64Array(clock.shared);
  clock.advanceTo(new Date(Date.now() + hours));
  expect(Math.abs(Number(elsewhere[0]) - hours)).toBeLessThan(1_000);
});

test("each role has an identity of its own, the same after a restart", () => {
  const identities = openIdentities(directory);
  const submit = identities.of("prior-auth-local-submit-request");
  const read = identities.of("prior-auth-local-get-request");
  expect(submit.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(submit.sessionToken).toBeTruthy();
  expect(submit).not.toEqual(read);
  expect(submit.secretAccessKey).not.toBe(read.secretAccessKey);
  expect(identities.find(submit.accessKeyId)).toBe(submit);
  expect(identities.find("ASIAAAAAAAAAAAAAAAAA")).toBeUndefined();
  expect(openIdentities(directory).of("prior-auth-local-submit-request")).toEqual(submit);
});

test("another directory has other identities", () => {
  const other = mkdtempSync(join(tmpdir(), "clock-"));
  expect(openIdentities(other).of("role")).not.toEqual(openIdentities(directory).of("role"));
  rmSync(other, { recursive: true });
});
