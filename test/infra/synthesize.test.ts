import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { synthesize } from "../../infra/synthesize.ts";
import { foreign, listOf, resourcesOf, type Statement, stubBundles, templates, temporaryDirectory } from "./assembly.ts";

const stages = ["dev", "production", "local"];

/** Every statement of every policy in a stage's templates, wherever it stands. */
const statementsOf = (value: unknown): Statement[] => {
  if (Array.isArray(value)) return value.flatMap(statementsOf);
  if (typeof value !== "object" || value === null) return [];
  const own = "Effect" in value && "Action" in value ? [value as Statement] : [];
  return [...own, ...Object.values(value).flatMap(statementsOf)];
};

describe.each(stages)("stage %s", (stage) => {
  const stacks = templates({ stage });
  const everything = Object.values(stacks).flatMap((template) => resourcesOf(template));

  it("shares four values between stacks at most: the key, the stream, the API and its address", () => {
    const exports = Object.values(stacks).flatMap((template) =>
      Object.values<{ Value: { "Fn::GetAtt"?: [string, string]; Ref?: string }; Export?: unknown }>(template.toJSON().Outputs ?? {})
        .filter((output) => output.Export)
        .map(({ Value }) => Value["Fn::GetAtt"]?.[1] ?? Value.Ref?.replace(/[A-F0-9]{8}$/, "")),
    );
    expect(exports.toSorted()).toEqual(
      stage === "local" ? ["Arn", "StreamArn", "api"] : ["ApiEndpoint", "Arn", "StreamArn", "api"],
    );
  });

  it("grants no wildcard of actions, but for the account's own administration of its key", () => {
    const wild = statementsOf(everything).filter(
      ({ Effect, Action }) => Effect === "Allow" && listOf(Action).some((action) => action.includes("*")),
    );
    expect(wild.map(({ Sid }) => Sid)).toEqual(["AdministeredByTheAccount"]);
  });

  it("lets nobody in from outside: everybody is named only where it is refused or confined to the account", () => {
    const everybody = statementsOf(everything).filter(
      ({ Effect, Principal }) => Effect === "Allow" && (Principal === "*" || (Principal as { AWS?: unknown })?.AWS === "*"),
    );
    expect(everybody.map(({ Sid }) => Sid)).toEqual(["UsedThroughTheServicesThatStoreData"]);
    expect(everything.filter(([, { Type }]) => Type === "AWS::Lambda::Url")).toEqual([]);
    for (const [, { Properties }] of everything.filter(([, { Type }]) => Type === "AWS::Lambda::Permission")) {
      expect(Properties.Principal).toBe("apigateway.amazonaws.com");
      expect(Properties.SourceArn).toBeDefined();
    }
  });

  it("brings no function but our own", () => {
    expect(everything.filter(([, { Type }]) => /^Custom::|CustomResource|CDK::Metadata/.test(Type))).toEqual([]);
  });
});

describe("synthesis", () => {
  it("is the same each time", () => {
    const assetsDirectory = stubBundles();
    const written = () => {
      const outdir = temporaryDirectory();
      synthesize({ stage: "dev", outdir, assetsDirectory });
      return readdirSync(outdir)
        .filter((file) => file.endsWith(".template.json") || file.endsWith(".assets.json"))
        .toSorted()
        .map((file) => [file, readFileSync(join(outdir, file), "utf8")]);
    };
    expect(written()).toEqual(written());
  });

  it("a local stage differs from a deployed one in settings only", () => {
    const shape = (options: Parameters<typeof templates>[0]) =>
      Object.values(templates(options)).map((template) => resourcesOf(template).map(([id, { Type }]) => `${id} ${Type}`));
    // Both send e-mail.
    const deployed = { stage: "dev", overrides: { ...foreign, mailFrom: "prior-authorization@plan.example.org" } };
    expect(shape({ stage: "local" })).toEqual(shape(deployed));
  });
});
