import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findBrowser, howToGetOne } from "./find-browser.ts";

// A lane of its own: `npm test` must not need a browser.
const browser = findBrowser(process.env);
if (browser) {
  const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const lane = spawn(process.execPath, [vitest, "run", "--project", "browser", ...process.argv.slice(2)], {
    stdio: "inherit",
    env: {
      ...process.env,
      LANE: "browser",
      CHROMIUM: browser,
      // What this lane is granted proves nothing that the other tests do not.
      GRANTS_RECORD: mkdtempSync(join(tmpdir(), "desk-browser-grants-")),
    },
  });
  lane.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  console.log(`\n${howToGetOne(process.env)}\n`);
}
