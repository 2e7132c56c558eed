import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { forget } from "../http/private-words.ts";

export type Resources = Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;

export type FixtureStack = {
  resources: Resources;
  outputs?: Record<string, unknown>;
  conditions?: Record<string, unknown>;
  parameters?: Record<string, unknown>;
  dependencies?: string[];
  /** Asset hash → files of its directory. */
  assets?: Record<string, Record<string, string>>;
};

const temporary: string[] = [];
afterAll(() => {
  // Where functions have run, their logs are searched first for what was said of people.
  for (const directory of temporary)
    if (existsSync(join(directory, "logs"))) forget(directory);
    else rmSync(directory, { recursive: true, force: true });
});

/** A directory that goes when the test file is done. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "local-cloud-"));
  temporary.push(directory);
  return directory;
};

/** Writes a cloud assembly as CDK lays one out, and gives its directory. */
export const writeAssembly = (stacks: Record<string, FixtureStack>, directory = temporaryDirectory()): string => {
  const write = (name: string, content: unknown) => writeFileSync(join(directory, name), JSON.stringify(content));
  const artifacts: Record<string, unknown> = {};
  for (const [name, { resources, outputs, conditions, parameters, dependencies = [], assets = {} }] of Object.entries(stacks)) {
    write(`${name}.template.json`, { Resources: resources, Outputs: outputs, Conditions: conditions, Parameters: parameters });
    artifacts[name] = {
      type: "aws:cloudformation:stack",
      properties: { templateFile: `${name}.template.json` },
      dependencies: [...dependencies, `${name}.assets`],
    };
    const files = Object.keys(assets).map((hash) => {
      const destinations = { current: { bucketName: "assets", objectKey: `${hash}.zip` } };
      return [hash, { source: { path: `asset.${hash}`, packaging: "zip" }, destinations }];
    });
    write(`${name}.assets.json`, { version: "1", files: Object.fromEntries(files) });
    artifacts[`${name}.assets`] = { type: "cdk:asset-manifest", properties: { file: `${name}.assets.json` } };
    for (const [hash, content] of Object.entries(assets)) writeFiles(join(directory, `asset.${hash}`), content);
  }
  write("manifest.json", { version: "1", artifacts });
  return directory;
};

export const writeFiles = (directory: string, files: Record<string, string>): string => {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
};
