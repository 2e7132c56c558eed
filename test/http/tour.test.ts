import { expect, test } from "vitest";
import { findRunningCloud } from "../../infra/local/cli/running.ts";
import { paintFor } from "../../infra/local/paint.ts";
import { type Ended, playStories } from "../../infra/local/tour/player.ts";
import { storyBlock } from "../../infra/local/tour/printing.ts";
import { stageAt } from "../../infra/local/tour/stage.ts";
import { stories } from "../../infra/local/tour/stories.ts";
import type { Story } from "../../infra/local/tour/story.ts";
import { cloud } from "./client.ts";

/** The stories of `npm run tour` that need no other time than the present one: this cloud's clock is everybody's. */
const ofOneDay = stories.filter(({ steps }) => steps.every(({ at }) => at === undefined));
const sample = ["denied", "not-required", "claimed"];
const played = process.env.PROVE === "full" ? ofOneDay : ofOneDay.filter(({ name }) => sample.includes(name));
const signal = new AbortController().signal;
const plain = paintFor({ isTTY: false }, {});

async function play(wanted: readonly Story[], patience?: number) {
  const running = await findRunningCloud(cloud.directory);
  if (!running) throw new Error("the cloud of the tests does not run");
  const clockGoes = () => {
    throw new Error("the clock is not to be moved here");
  };
  const manner = patience === undefined ? { signal } : { signal, patience };
  return playStories(wanted, stageAt(running, cloud.directory), { ended: () => {}, clockGoes }, manner);
}

test("there is a story of each kind", () => {
  expect(stories.map(({ name }) => name)).toEqual([
    "approved",
    "partly-approved",
    "denied",
    "information",
    "overdue",
    "deemed-approved",
    "extended",
    "withdrawn",
    "not-required",
    "vendor-approved",
    "vendor-silent",
    "appealed",
    "claimed",
  ]);
});

test("those of one day end as they should", async () => {
  expect(ofOneDay).toHaveLength(7);
  const endings = await play(played);
  for (const { story, fault, request, told } of endings) {
    expect({ story: story.name, fault, status: request?.status }).toEqual({
      story: story.name,
      fault: undefined,
      status: story.ends.status,
    });
    expect(told).toHaveLength(story.steps.length);
  }
  const [denied] = endings.filter(({ story }) => story.name === "denied") as [Ended];
  const block = storyBlock(denied, plain).join("\n");
  expect(block).toContain("nurse            tries to deny it\n");
  expect(block).toContain("refused, 403: A clinician who may deny is required");
  expect(block).toContain(
    "✓ denied: 0F Six visits have restored full function · Plan guideline PT-4, section 2 · Dana Director, MD",
  );
});

test("one that ends otherwise says what was expected, and what came; the others go on", async () => {
  const [free] = ofOneDay.filter(({ name }) => name === "not-required") as [Story];
  const misjudged = { ...free, ends: { status: "approved", claims: [{ that: "it is extended", holds: () => false }] } };
  const [step] = free.steps as [Story["steps"][number]];
  const broken = { ...free, steps: [{ ...step, play: () => Promise.reject(new Error("Expected rain, but the sun shines.")) }] };
  const [first, second, third] = (await play([misjudged, broken, free], 0.1)) as [Ended, Ended, Ended];
  expect(first.fault).toMatch(
    /^Expected in the end that it is approved \(it is not-required\); that it is extended\. PA-\w+ is not-required, due null/,
  );
  expect(second.fault).toBe(`when the provider ${step.does}: Expected rain, but the sun shines.`);
  expect(third.fault).toBeUndefined();
  expect(storyBlock(first, plain).at(-1)).toMatch(/^ {2}✗ Expected/);
});
