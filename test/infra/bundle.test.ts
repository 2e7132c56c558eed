import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Stack } from "aws-cdk-lib";
import { beforeAll, describe, expect, it } from "vitest";
import { type BundleSize, bundle, isOverBudget, sizeTable } from "../../infra/bundle.ts";
import { localSettings } from "../../infra/config.ts";
import { environmentOf, type FunctionName, functions } from "../../infra/functions.ts";
import { namesOf } from "../../infra/names.ts";
import { vendorStandIn } from "../../infra/stand-ins/vendor-stand-in-stack.ts";
import { temporaryDirectory } from "./assembly.ts";

const [outdir, again] = [temporaryDirectory(), temporaryDirectory()].map((directory) => join(directory, "functions")) as [
  string,
  string,
];
let sizes: BundleSize[];

beforeAll(async () => {
  sizes = await bundle({ outdir });
  await bundle({ outdir: again });
}, 60_000);

const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.includes("."))
    .toSorted();

describe("bundles", () => {
  it("there is one for each function and for the stand-in, CommonJS wherever it lies", () => {
    const names = [...Object.keys(functions), vendorStandIn].toSorted();
    expect(readdirSync(outdir).toSorted()).toEqual(names);
    for (const name of names) {
      expect(existsSync(join(outdir, name, "index.js"))).toBe(true);
      expect(JSON.parse(readFileSync(join(outdir, name, "package.json"), "utf8"))).toMatchObject({ type: "commonjs" });
    }
  });

  it("each keeps its budget, and each budget has its function", () => {
    expect(sizes.filter(isOverBudget), sizeTable(sizes)).toEqual([]);
    const budgets = JSON.parse(readFileSync(join(import.meta.dirname, "../../infra/bundle-budget.json"), "utf8"));
    expect(Object.keys(budgets).toSorted()).toEqual(sizes.map(({ name }) => name));
  });

  it("one that is over its budget is named", () => {
    expect(sizeTable([{ name: "heavy", size: 10.01, budget: 10 }])).toBe("heavy    10.0 KB  of  10  OVER BUDGET");
  });

  it("the same sources give the same bytes", () => {
    expect(filesOf(again)).toEqual(filesOf(outdir));
    for (const file of filesOf(outdir))
      expect(readFileSync(join(again, file)).equals(readFileSync(join(outdir, file))), file).toBe(true);
  });

  it.each(Object.keys(functions) as FunctionName[])("%s starts with what its row tells it, and needs nothing else", (name) => {
    const names = namesOf(new Stack(undefined, "stack", { env: { account: "000000000000", region: "us-east-1" } }), "local");
    const lambda = {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "ASIA",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
    };
    const env = { ...lambda, ...environmentOf(functions[name], names, localSettings(4010), "http://127.0.0.1:4010") };
    const bundled = JSON.stringify(join(outdir, name, "index.js"));
    const script = `try { console.log(typeof require(${bundled}).handler) } catch ({ message }) { console.log(message) }`;
    expect(execFileSync(process.execPath, ["-e", script], { env, encoding: "utf8" }).trim()).toBe("function");
  });

  it("the fonts of letters lie beside the function that writes them, under the name by which it asks for them", () => {
    const home = join(outdir, "write-notice");
    const require = createRequire(join(home, "index.js"));
    for (const font of ["Helvetica", "HelveticaBold"]) {
      expect(require.resolve(`#standard-fonts/${font}`)).toBe(join(realpathSync(home), "standard-fonts", `${font}.cjs`));
      expect(require(`#standard-fonts/${font}`)).toBeTypeOf("object");
    }
    expect(readFileSync(join(home, "index.js"), "utf8")).toContain("#standard-fonts/Helvetica");
  });

  it("the page of the documentation lies compressed beside the function that serves it", () => {
    const script = gunzipSync(readFileSync(join(outdir, "get-docs-script", "scalar.js.gz"))).toString();
    expect(script).toContain("createApiReference");
  });
});
