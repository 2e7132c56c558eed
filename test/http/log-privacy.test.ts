import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../eventually.ts";
import { aSubmission } from "./bodies.ts";
import { caller, cloud } from "./client.ts";
import { forget, leaksIn, remember, rememberedIn } from "./private-words.ts";

/** When the whole run is over, its logs are searched for all that was said of people. Here it is shown that the search can find it. */

const logs = join(cloud.directory, "logs");

test("what tests say of people is kept for the search", async () => {
  const provider = await caller({ role: "provider" });
  await provider.submit(
    aSubmission({ member: { id: "80000000021", givenName: "Zenobia", familyName: "Oakhollow", birthDate: "1971-07-09" } }),
  );
  const words = rememberedIn(cloud.directory);
  for (const word of [
    "80000000021",
    "Zenobia",
    "Oakhollow",
    "1971-07-09",
    "desk@example.org",
    "Radiculopathy, lumbar region",
    "MRI lumbar spine",
  ])
    expect(words).toContain(word);
});

test("the logs of functions are there to be searched", async () => {
  const provider = await caller({ role: "provider" });
  const { headers } = await provider.submit(aSubmission());
  const call = headers.get("apigw-requestid") ?? "";
  const log = () => Promise.resolve(readFileSync(join(logs, "prior-auth-local-submit-request.log"), "utf8"));
  await eventually(log, (text) => text.includes(call) && text.includes("request answered"));
  expect(readdirSync(logs).length).toBeGreaterThan(3);
});

test("a word that came into a log is found, in whatever case and escapes, and nothing else is", () => {
  const directory = mkdtempSync(join(tmpdir(), "desk-logs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const words = ["Ada", "10487654321", "1986-04-02", 'the "old" note.pdf', "Radiculopathy, lumbar region"];
  const quiet = ['{"message":"request answered","traceId":"xAdaY-Ada_z","status":201}', "410487654321", "at 1986-04-021"];
  writeFileSync(join(directory, "quiet.log"), quiet.join("\n"));
  expect(leaksIn(directory, words)).toEqual([]);

  const loud = [
    '{"member":"ADA"}',
    "no member 10487654321",
    "born:1986-04-02",
    JSON.stringify({ file: 'the "old" note.pdf' }),
    "radiculopathy, lumbar region",
  ];
  writeFileSync(join(directory, "loud.log"), loud.join("\n"));
  expect(leaksIn(directory, words).map(({ file, line }) => `${file}:${line}`)).toEqual(
    [1, 2, 3, 4, 5].map((line) => `loud.log:${line}`),
  );
  expect(leaksIn(directory, [])).toEqual([]);
});

test("a cloud is not forgotten quietly when its logs have told of somebody", () => {
  const placeWith = (line: string) => {
    const directory = mkdtempSync(join(tmpdir(), "desk-logs-"));
    mkdirSync(join(directory, "logs"));
    writeFileSync(join(directory, "logs", "some.log"), line);
    remember(directory, ["Xanthippe"]);
    return directory;
  };
  const loud = placeWith("no member Xanthippe");
  expect(() => forget(loud)).toThrow("personal data came into the logs");
  const quiet = placeWith("request answered");
  expect(() => forget(quiet)).not.toThrow();
  expect([loud, quiet].filter(existsSync)).toEqual([]);
});
