import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const count = process.env.PROVE === "full" ? 20 : 1;

test(`rights drawn by chance (${count}): without each, the test that is named for it fails`, {
  timeout: count * 60_000,
}, async () => {
  const script = join(import.meta.dirname, "../prove/remove-grants.ts");
  const said = await promisify(execFile)(process.execPath, [script, "--count", String(count), "--seed", "3"]).then(
    ({ stdout }) => stdout,
    // Fails with the script's own words.
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout || stderr,
  );
  expect(said).toContain(`each of ${count} removals was caught`);
});
