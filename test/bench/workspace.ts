import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { build } from "esbuild";
import { type BundleSize, buildOptions, bundle } from "../../infra/bundle.ts";
import { type Assembly, loadAssembly } from "../../infra/local/assembly.ts";
import { type FunctionDefinition, functionDefinitions } from "../../infra/local/functions/definitions.ts";
import { type Identity, openIdentities } from "../../infra/local/identities.ts";
import planData from "../../infra/local/plan-data.json" with { type: "json" };
import { synthesize } from "../../infra/synthesize.ts";
import { freePorts } from "../free-ports.ts";

/** Everything that the rows share, in a directory of its own outside the repository. */
export type Workspace = {
  readonly directory: string;
  readonly sizes: readonly BundleSize[];
  readonly assembly: Assembly;
  readonly assemblyDirectory: string;
  /** That the pocket cloud stands at. */
  readonly port: number;
  readonly submitRequest: FunctionDefinition;
  /** `submit-request` in everything but its code: that writes one item and nothing else. */
  readonly baseline: FunctionDefinition;
  close(): void;
};

export async function openWorkspace(): Promise<Workspace> {
  const directory = mkdtempSync(join(tmpdir(), "desk-bench-"));
  const assetsDirectory = join(directory, "functions");
  const sizes = await bundle({ outdir: assetsDirectory });
  const codeDirectory = join(directory, "baseline");
  await build({
    ...buildOptions,
    entryPoints: [{ in: join(import.meta.dirname, "put-item.ts"), out: "index" }],
    outdir: codeDirectory,
  });

  const assemblyDirectory = join(directory, "cdk.out");
  const port = await freePorts();
  synthesize({ stage: "local", outdir: assemblyDirectory, assetsDirectory, port });
  const assembly = loadAssembly(assemblyDirectory, { apiUrl: `http://127.0.0.1:${port}` });
  const definitions = await functionDefinitions(assembly, () => "a salt for the benchmark, of no use elsewhere");
  const submitRequest = definitions.find(({ name }) => name.endsWith("-submit-request"));
  if (!submitRequest) throw new Error("the template has no submit-request");
  return {
    directory,
    sizes,
    assembly,
    assemblyDirectory,
    port,
    submitRequest,
    baseline: { ...submitRequest, codeDirectory },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export type TableProcess = { readonly url: string; readonly developer: Identity; close(): Promise<void> };

/** The template's table in a process of its own, so that its work is nobody else's, with the plan's data in it. */
export async function startTableProcess({ directory, assembly }: Workspace): Promise<TableProcess> {
  const data = mkdtempSync(join(directory, "table-"));
  const tables = assembly.resources("AWS::DynamoDB::GlobalTable").map(({ ref: name, properties }) => ({ name, properties }));
  const developer = openIdentities(data).of("developer");
  const child = spawn(process.execPath, [join(import.meta.dirname, "../local/table-process.ts"), data, JSON.stringify(tables)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface(child.stdout), "line")) as [string];

  const dynamo = new DynamoDBClient({ endpoint: url, region: "us-east-1", credentials: developer });
  for (const item of planData) await dynamo.send(new PutItemCommand({ TableName: tables[0]?.name, Item: item as never }));
  dynamo.destroy();
  return {
    url,
    developer,
    close: async () => {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}
