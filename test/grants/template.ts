import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functions } from "../../infra/functions.ts";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { openAuthority } from "../../infra/local/iam/authority.ts";
import type { Grant } from "../../infra/local/iam/grants.ts";
import { synthesize } from "../../infra/synthesize.ts";

/** The pocket cloud's template, synthesized without the functions' code. */
export const localTemplate = (outdir = mkdtempSync(join(tmpdir(), "grants-"))): string => {
  const assetsDirectory = join(outdir, "bundles");
  for (const name of Object.keys(functions)) {
    mkdirSync(join(assetsDirectory, name), { recursive: true });
    writeFileSync(join(assetsDirectory, name, "index.js"), "");
  }
  synthesize({ stage: "local", outdir, assetsDirectory });
  return outdir;
};

export const grantsOf = (assembly: string): readonly Grant[] => openAuthority(loadAssembly(assembly)).grants;

/** Gives a role one more right, in the template on disk. */
export const plant = (assembly: string, { role, action, resource }: { role: string; action: string; resource: string }): void => {
  for (const file of readdirSync(assembly).filter((name) => name.endsWith(".template.json"))) {
    const path = join(assembly, file);
    const template = JSON.parse(readFileSync(path, "utf8")) as {
      Resources: Record<
        string,
        { Type: string; Properties: { RoleName?: string; Policies?: { PolicyDocument: { Statement: unknown[] } }[] } }
      >;
    };
    for (const { Type, Properties } of Object.values(template.Resources))
      if (Type === "AWS::IAM::Role" && Properties.RoleName === role)
        Properties.Policies?.[0]?.PolicyDocument.Statement.push({ Effect: "Allow", Action: action, Resource: resource });
    writeFileSync(path, JSON.stringify(template));
  }
};
