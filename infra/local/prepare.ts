import { join } from "node:path";
import { type BundleSize, bundle } from "../bundle.ts";
import { synthesize } from "../synthesize.ts";

/** Bundles the functions and synthesizes the pocket cloud's template into `<directory>/cdk.out`. */
export async function prepare({
  port,
  directory,
}: {
  port: number;
  directory: string;
}): Promise<{ assembly: string; sizes: BundleSize[] }> {
  const sizes = await bundle();
  const assembly = join(directory, "cdk.out");
  synthesize({ stage: "local", outdir: assembly, port });
  return { assembly, sizes };
}
