import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sourceFiles } from "../source-files.ts";

/** The arrows between folders run one way, and the domain is told the time: the linter refuses what breaks that. */

const root = join(import.meta.dirname, "../..");
const copy = realpathSync(mkdtempSync(join(tmpdir(), "desk-laws-")));
afterAll(() => rmSync(copy, { recursive: true }));

const importOf = (what: string) => `import * as it from "${what}";\nexport const again = it;\n`;
const value = (what: string) => `export const it = ${what};\n`;

const broken: readonly [folder: string, source: string][] = [
  ...["node:fs", "zod/mini", "@smithy/signature-v4", "@aws-sdk/client-s3", "aws-cdk-lib", "aws-cdk-lib/aws-s3", "@middy/core"].map(
    (name) => ["shared/domain", importOf(name)] as [string, string],
  ),
  ["shared/domain", importOf("../ports.ts")],
  ["shared/domain", importOf("../api/schemas.ts")],
  ["shared/domain", importOf("../use-cases/change.ts")],
  ["shared/domain", importOf("../../functions/lib/env.ts")],
  ["shared/domain", 'export { randomUUID } from "node:crypto";\n'],
  ["shared/domain", 'import { randomBytes } from "node:crypto";\nexport const it = randomBytes;\n'],
  ["shared/domain", value('await import("node:fs")')],
  ...["Date.now()", "Date.now", "new Date()", "new Date", "Date()", "Math.random()"].map(
    (what) => ["shared/domain", value(what)] as [string, string],
  ),
  ...["performance.now()", "crypto.randomUUID()", "process.env", 'globalThis["Date"]', "fetch"].map(
    (what) => ["shared/domain", value(what)] as [string, string],
  ),
  ["shared/domain/transitions", importOf("../../ports.ts")],
  ["shared/domain/transitions", importOf("node:crypto")],
  ["shared/domain/transitions", value("Date.now()")],
  ["shared/policy", importOf("../ports.ts")],
  ["shared/policy", importOf("zod")],
  ["shared/policy", importOf("node:fs")],
  ["shared/policy", value("new Date()")],
  ["shared/use-cases", importOf("@smithy/signature-v4")],
  ["shared/use-cases", importOf("@aws-sdk/client-dynamodb")],
  ["shared/use-cases", importOf("../aws/keys.ts")],
  ["shared/use-cases", importOf("../api/problems.ts")],
  ["shared/use-cases", importOf("node:fs")],
  ["shared/api", importOf("@aws-sdk/client-dynamodb")],
  ["shared/api", importOf("@smithy/signature-v4")],
  ["shared/api", importOf("../aws/keys.ts")],
  ["shared/sealing", importOf("@aws-sdk/client-dynamodb")],
  ["shared/vendor", importOf("@smithy/signature-v4")],
  ["shared/notices", importOf("aws-cdk-lib")],
  ["shared/aws", importOf("aws-cdk-lib")],
  ["shared/aws", importOf("../../infra/names.ts")],
  ["functions/http", importOf("@aws-sdk/client-s3")],
  ["functions/http", importOf("@smithy/signature-v4")],
  ["functions/events", importOf("@aws-sdk/client-s3")],
  ["functions/jobs", importOf("@aws-sdk/client-s3")],
  ["functions/lib", importOf("@aws-sdk/client-s3")],
  ["functions/lib/deps", importOf("aws-cdk-lib")],
  ["functions/lib/deps", importOf("../../../infra/names.ts")],
  ["infra", importOf("../shared/ports.ts")],
  ["infra", importOf("../shared/domain/vocabulary.ts")],
  ["infra", importOf("../shared/policy/check.ts")],
  ["infra", importOf("../shared/aws/keys.ts")],
  ["infra", importOf("../shared/use-cases/change.ts")],
  ["infra", importOf("../functions/http/get-docs.ts")],
  ["infra/cli", importOf("../../shared/policy/check.ts")],
];

const kept: readonly [folder: string, source: string][] = [
  ["shared/domain", 'import { createHash, hash } from "node:crypto";\nexport const both = [createHash, hash];\n'],
  ["shared/domain", importOf("../policy/policy.ts")],
  ["shared/domain", value("new Date(0)")],
  ["shared/domain/transitions", importOf("../../policy/policy.ts")],
  ["shared/domain/transitions", importOf("../request.ts")],
  ["shared/policy", importOf("zod/mini")],
  ["shared/use-cases", importOf("../ports.ts")],
  ["shared/api", importOf("zod-openapi")],
  ["shared/aws", importOf("@aws-sdk/client-s3")],
  ["functions/http", importOf("../../shared/use-cases/change.ts")],
  ["functions/lib/deps", importOf("@aws-sdk/client-s3")],
  ["infra", importOf("../shared/api/operations.ts")],
];

/** Paths of the planted files, in their order. */
const plant = (name: string, what: typeof broken): readonly string[] =>
  what.map(([folder, source], index) => {
    const path = `${folder}/${name}-${index}.ts`;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), source);
    return path;
  });

for (const file of ["biome.json", ".gitignore", "shared/domain/pure.grit"]) cpSync(join(root, file), join(copy, file));
const planted = { broken: plant("broken", broken), kept: plant("kept", kept) };
const biome = join(root, "node_modules/.bin/biome");
const linted = spawnSync(biome, ["lint", "--reporter=github", "--max-diagnostics=none"], { cwd: copy, encoding: "utf8" });
/** By the laws alone: what else the linter may have to say of such files is no matter here. */
const refused = new Set(
  linted.stdout
    .split("\n")
    .filter((line) => /^::error title=(lint\/style\/noRestricted(Imports|Globals)|plugin),/.test(line))
    .map((line) => relative(copy, resolve(copy, /file=([^,]+)/.exec(line)?.[1] ?? ""))),
);

describe("the linter", () => {
  test.each(broken.map(([folder, source], index) => [folder, source.trim(), planted.broken[index]]))(
    "refuses in %s: %s",
    (_folder, _source, path) => {
      expect(refused).toContain(path);
    },
  );

  test("takes what the laws allow", () => {
    expect(planted.kept.filter((path) => refused.has(path))).toEqual([]);
  });

  test("is not told to look away from a law, which is admitted by name in biome.json or not at all", () => {
    const files = ["shared", "functions", "infra"].flatMap(sourceFiles);
    expect(files.length).toBeGreaterThan(300);
    const silenced = files.filter((file) =>
      /biome-ignore(-\w+)? lint(\/style(\/noRestricted|:)|\/plugin|:)/.test(readFileSync(file, "utf8")),
    );
    expect(silenced).toEqual([]);
  });
});
