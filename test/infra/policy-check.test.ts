import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const builtIn = join(root, "shared/policy/service-categories.json");
const directory = mkdtempSync(join(tmpdir(), "policy-check-"));
afterAll(() => rmSync(directory, { recursive: true }));

const check = (...files: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "infra/cli/policy-check.ts"), ...files], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
};
const written = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
};

describe("npm run policy:check", () => {
  test("finds the rules that are built in good, and says what it looked at", () => {
    const { status, stdout } = check();
    expect(stdout).toMatch(/^Version 2026-11-22, for what is received from 2026-11-22 on: \d+ rules, 3 exceptions/m);
    expect(stdout).toMatch(/^ {2}note {5}ces-waiver, dme-prosthetics-orthotics: both hold codes K0108/m);
    expect(stdout).toMatch(/0 errors, 0 warnings, \d+ notes\.\n$/);
    expect(status).toBe(0);
  });

  test("names what is wrong with a file, and fails", () => {
    const text = readFileSync(builtIn, "utf8").replace('"97151-97158"', '"97158-97151"');
    const { status, stdout } = check(written("broken.json", text));
    expect(stdout).toContain("  error    applied-behavior-analysis: 97158-97151 is no code and no range of codes\n");
    expect(stdout).toContain("1 error, 0 warnings");
    expect(status).toBe(1);
  });

  test("says which rule's which member is wrong, and how", () => {
    const text = readFileSync(builtIn, "utf8").replace('"countsVisits": true', '"countsVisit": true');
    const { status, stdout } = check(written("misspelt.json", text));
    expect(stdout).toContain('  error    rules.2: Unrecognized key: "countsVisit" (in applied-behavior-analysis)\n');
    expect(status).toBe(1);
  });

  test("does not fail over a warning", () => {
    const text = readFileSync(builtIn, "utf8").replace('"99202-99215"', '"72148", "99202-99215"');
    const { status, stdout } = check(written("strange.json", text));
    expect(stdout).toContain("  warning  office-and-hospital-visits: 72148 is listed");
    expect(status).toBe(0);
  });

  test("fails over what is no file of rules, or no file", () => {
    expect(check(written("no.json", "no"))).toMatchObject({ status: 1, stdout: expect.stringContaining("is no JSON") });
    expect(check(join(directory, "nowhere.json"))).toMatchObject({ status: 1, stderr: expect.stringContaining("cannot be read") });
    expect(check(builtIn, builtIn)).toMatchObject({ status: 1, stderr: expect.stringContaining("Usage") });
  });
});
