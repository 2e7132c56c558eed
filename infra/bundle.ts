import { globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { lookUpPage } from "./look-up-page.ts";

const root = join(import.meta.dirname, "..");

/** One kilobyte is 1,000 bytes, the stricter reading. */
const kilobyte = 1000;

export type BundleSize = {
  name: string;
  /** The code's size in KB, without what lies beside it. */
  size: number;
  /** The most it may be, from `bundle-budget.json`. */
  budget: number;
};

/** How the code of a function is built. */
export const buildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node24",
  // CommonJS without dynamic imports starts 15 ms sooner than a module does; `module` first lets esbuild drop what is not used.
  format: "cjs",
  supported: { "dynamic-import": false },
  mainFields: ["module", "main"],
  alias: { "@aws-sdk/credential-provider-node": join(import.meta.dirname, "lambda-credentials.ts") },
  minify: true,
  legalComments: "none",
  sourcemap: false,
  define: {
    // A handler finds what lies beside it by this. JSON that it imports is a part of its code.
    "import.meta.dirname": "__dirname",
    // The plan's files go in as they are: who synthesizes a template has loaded, and so validated, the very same ones.
    "process.env.PLAN_FILES": '"validated"',
  },
  logLevel: "warning",
} as const satisfies BuildOptions;

/**
 * Bundles every function under `functions/` into `<outdir>/<name>/index.js`, by one call for all of them.
 * The same sources give the same bytes, so what did not change is not deployed again.
 */
export const bundle = async ({ outdir = join(root, ".build/functions") } = {}): Promise<BundleSize[]> => {
  const target = resolve(outdir);
  // The stand-ins that a stage may ask for are functions as well, only not the product's.
  const entries = globSync(["functions/{http,events,jobs}/*.ts", "infra/stand-ins/*-stand-in.ts"], { cwd: root }).toSorted();
  const names = entries.map((entry) => basename(entry, ".ts"));

  const { outputFiles, metafile } = await build({
    ...buildOptions,
    entryPoints: entries.map((entry, index) => ({ in: entry, out: join(names[index] ?? "", "index") })),
    outdir: target,
    write: false,
    metafile: true,
  });

  // For `https://esbuild.github.io/analyze/`: what makes a bundle heavy.
  replace(`${target}.meta.json`, JSON.stringify(metafile));
  // Whole files, one by one, and never an empty directory between: another process may be reading the last build.
  for (const { path, contents } of outputFiles) replace(path, contents);
  for (const name of names) replace(join(target, name, "package.json"), '{"type":"commonjs"}\n');
  replace(join(target, "get-docs-script", "scalar.js.gz"), scalar());
  for (const [file, text] of await lookUpPage()) replace(join(target, "get-lookup", file), text);
  for (const name of readdirSync(target)) if (!names.includes(name)) rmSync(join(target, name), { recursive: true });

  const sizes = new Map(outputFiles.map(({ path, contents }) => [basename(dirname(path)), contents.byteLength / kilobyte]));
  const budgets: Record<string, number> = JSON.parse(readFileSync(join(import.meta.dirname, "bundle-budget.json"), "utf8"));
  return names.map((name) => ({ name, size: sizes.get(name) ?? 0, budget: budgets[name] ?? 0 })).toSorted(byName);
};

const byName = (one: BundleSize, other: BundleSize) => (one.name < other.name ? -1 : 1);

const replace = (path: string, contents: string | Uint8Array): void => {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
};

/** The page of the API's documentation, compressed here: as it is, it is too long for one answer of a function. */
const scalar = (): Uint8Array =>
  gzipSync(readFileSync(join(root, "node_modules/@scalar/api-reference/dist/browser/standalone.js")), { level: 9 });

export const isOverBudget = ({ size, budget }: BundleSize): boolean => size > budget;

/** One line per function: its size, its budget, and whether it is over. */
export const sizeTable = (sizes: readonly BundleSize[]): string => {
  const width = Math.max(...sizes.map(({ name }) => name.length));
  const line = (row: BundleSize) =>
    `${row.name.padEnd(width)}  ${row.size.toFixed(1).padStart(6)} KB  of ${String(row.budget).padStart(3)}${isOverBudget(row) ? "  OVER BUDGET" : ""}`;
  return sizes.map(line).join("\n");
};

if (import.meta.main) {
  const sizes = await bundle();
  console.log(sizeTable(sizes));
  if (sizes.some(isOverBudget)) {
    console.error("A bundle is over its budget: make it smaller, or say in infra/bundle-budget.json what it may weigh.");
    process.exitCode = 1;
  }
}
