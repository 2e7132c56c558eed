import type { PocketCloud } from "../pocket-cloud.ts";
import { interruptedCode } from "./interruption.ts";
import type { Timeline } from "./timeline.ts";

/** Bundles, synthesizes and starts. Until something is open, an interruption ends the process where it stands. */
export const startCloud = async (
  place: { port: number; directory: string },
  timeline: Pick<Timeline, "step">,
  interruption: AbortSignal,
): Promise<PocketCloud> => {
  const leave = () => process.exit(interruptedCode);
  interruption.addEventListener("abort", leave);
  // Loading the CDK takes a second or two: not before the arguments and the place are known to be good.
  const [{ prepare }, esbuild] = await Promise.all([import("../prepare.ts"), import("esbuild")]);
  const { assembly, sizes } = await prepare(place).catch((error: Error) => {
    throw new Error(`The functions could not be bundled and synthesized: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`);
  });
  // Its own process would stay as long as this one, holding all that it has read.
  await esbuild.stop();
  timeline.step(`${sizes.length} functions bundled, their stacks synthesized`);

  const { startPocketCloud } = await import("../pocket-cloud.ts");
  interruption.removeEventListener("abort", leave);
  const cloud = await startPocketCloud({ assembly, ...place });
  timeline.step("The synthesized template runs on this machine", `local time ${cloud.now().toISOString()}`);
  return cloud;
};
