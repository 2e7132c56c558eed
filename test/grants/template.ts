import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functions } from "../../infra/functions.ts";
import { loadAssembly } from "../../infra/local/assembly.ts";
import { openAuthority } from "../../infra/local/iam/authority.ts";
import type { Grant } from "../../infra/local/iam/grants.ts";
import { vendorStandIn } from "../../infra/stand-ins/vendor-stand-in-stack.ts";
import { synthesize } from "../../infra/synthesize.ts";

/** A stage's template, synthesized without the functions' code. */
const templateOf = (stage: string, outdir: string): string => {
  const assetsDirectory = join(outdir, "bundles");
  for (const name of [...Object.keys(functions), vendorStandIn]) {
    mkdirSync(join(assetsDirectory, name), { recursive: true });
    writeFileSync(join(assetsDirectory, name, "index.js"), "");
  }
  synthesize({ stage, outdir, assetsDirectory });
  return outdir;
};

/** The pocket cloud's. */
export const localTemplate = (outdir: string): string => templateOf("local", outdir);

export const grantsOf = (assembly: string): readonly Grant[] => openAuthority(loadAssembly(assembly)).grants;

/** What the pocket cloud's template grants, and besides what only stage dev's does: it has its own user pool, and a vendor's stand-in. */
export const everyGrant = (): readonly Grant[] => {
  const directory = mkdtempSync(join(tmpdir(), "grants-"));
  try {
    const local = grantsOf(localTemplate(join(directory, "local")));
    const dev = grantsOf(templateOf("dev", join(directory, "dev")));
    const place = ({ statement, action }: Grant) => `${statement.replace(/^prior-auth-[a-z]+-/, "")} ${action}`;
    const known = new Set(local.map(place));
    return [...local, ...dev.filter((grant) => !known.has(place(grant)))];
  } finally {
    rmSync(directory, { recursive: true });
  }
};

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
