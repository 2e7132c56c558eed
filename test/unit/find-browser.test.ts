import { describe, expect, test } from "vitest";
import { findBrowser, howToGetOne } from "../browser/find-browser.ts";

const onMachine =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

describe("the browser for the look-up page's tests", () => {
  test("is the one that CHROMIUM names, before any other", () => {
    const exists = onMachine("/opt/chromium", "/usr/bin/chromium");
    expect(findBrowser({ CHROMIUM: "/opt/chromium" }, exists)).toBe("/opt/chromium");
    expect(findBrowser({}, exists)).toBe("/usr/bin/chromium");
  });

  test("is found on the PATH", () => {
    expect(findBrowser({ PATH: "/bin:/opt/bin" }, onMachine("/opt/bin/chrome"))).toBe("/opt/bin/chrome");
  });

  test("is not replaced by another when the named one does not exist, and what to do is said", () => {
    const env = { CHROMIUM: "/nowhere" };
    expect(findBrowser(env, onMachine("/usr/bin/chromium"))).toBeUndefined();
    expect(howToGetOne(env)).toMatch(/^SKIPPED: .*CHROMIUM names \/nowhere.*npm run test:browser again\.$/);
  });

  test("is missing on a machine without one, and how to get it is said", () => {
    expect(findBrowser({ PATH: "/bin" }, onMachine())).toBeUndefined();
    expect(howToGetOne({})).toMatch(/^SKIPPED: .*no Chromium was found.*apt-get install chromium/);
  });
});
