import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { byMail, memberOfItsOwn } from "./bodies.ts";
import { caller, cloud } from "./client.ts";
import { taken } from "./imaging-desk.ts";

/** The command beside the pocket cloud, as somebody at a terminal of it would run it. */
async function board(queue: string): Promise<string> {
  const command = join(import.meta.dirname, "../../infra/local/cli/board.ts");
  const child = spawn(process.execPath, [command, "--queue", queue], {
    env: { ...process.env, LOCAL_DIR: cloud.directory, npm_lifecycle_event: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  expect({ err, code }).toEqual({ err: "", code: 0 });
  return out;
}

test("the board shows what was submitted, and nothing of the member", async () => {
  const clerk = await caller({ role: "clerk" });
  // Nothing in the queue has been due for longer: it stands at its top.
  const body = byMail({ receivedAt: "2019-01-02", member: memberOfItsOwn({ givenName: "Bellatrix", familyName: "Quintero" }) });
  const { id, dueRule } = taken(await clerk.submit(body), 201);
  const shown = await eventually(
    () => board("intake"),
    (out) => out.includes(id),
  );
  const row = shown.split("\n").findIndex((line) => line.includes(id));
  expect(shown.split("\n")[row]).toMatch(/^ {2}PA-\w{26} {2}overdue \d+ d \d+ h +awaiting-information$/);
  expect(shown.split("\n")[row + 1]).toBe(`    medicaid standard · ${dueRule} · free · missing clinical-documents`);
  for (const word of [body.member.id, "Bellatrix", "Quintero", "\u001b"]) expect(shown).not.toContain(word);
  expect(shown).not.toContain("nurse ·");
});
