import { App, Stack } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { describe, expect, it } from "vitest";
import { acknowledgements, explains, findings, guard } from "../../infra/nag.ts";
import { assemble, type SynthesisOptions } from "../../infra/synthesize.ts";
import { ownPool, stubBundles, temporaryDirectory } from "./assembly.ts";

const assetsDirectory = stubBundles();
const appOf = (options: Omit<SynthesisOptions, "outdir" | "assetsDirectory">): App =>
  assemble({ ...options, outdir: temporaryDirectory(), assetsDirectory }).app;

const stages = [{ stage: "dev" }, { stage: "production" }, { stage: "production", overrides: ownPool }];
const found = stages.flatMap((options) => findings(appOf(options)));

describe("rule packs", () => {
  it("find nothing that is not explained", () => {
    expect(found.filter((finding) => !acknowledgements.some((each) => explains(each, finding)))).toEqual([]);
  });

  it("every acknowledgement is still needed: each rule of it, and each place", () => {
    const unneeded = acknowledgements.flatMap(({ rules, at, reason }) => [
      ...rules
        .filter((rule) => !found.some((finding) => explains({ rules: [rule], at, reason }, finding)))
        .map((rule) => `${rule}: ${reason}`),
      ...at
        .filter((place) => !found.some((finding) => explains({ rules, at: [place], reason }, finding)))
        .map((place) => `${place}: ${reason}`),
    ]);
    expect(unneeded).toEqual([]);
  });

  it("no finding is explained twice", () => {
    const twice = found.filter((finding) => acknowledgements.filter((each) => explains(each, finding)).length > 1);
    expect(twice).toEqual([]);
  });

  it.each(stages)("let stage $stage be synthesized", (options) => {
    const app = appOf(options);
    guard(app);
    expect(() => app.synth()).not.toThrow();
  });

  it("stop what is not explained", () => {
    const app = new App({ analyticsReporting: false, outdir: temporaryDirectory() });
    new Bucket(new Stack(app, "prior-auth-dev-data"), "careless");
    guard(app);
    expect(() => app.synth()).toThrow();
  });
});
