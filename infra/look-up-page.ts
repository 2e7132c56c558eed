import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const source = "functions/pages/look-up";

/** The look-up page's parts as a browser reads them, by file name. They lie beside the function that serves them. */
export const lookUpPage = async (): Promise<ReadonlyMap<string, string>> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`${source}/page.ts`, `${source}/page.css`],
    outdir: root,
    write: false,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    format: "iife",
    legalComments: "none",
    sourcemap: false,
    logLevel: "warning",
  });
  const built = outputFiles.map(({ path, text }) => [path.endsWith(".css") ? "page.css" : "page.js", text.trimEnd()] as const);
  return new Map([...built, ["page.html", readFileSync(join(root, source, "page.html"), "utf8")]]);
};
