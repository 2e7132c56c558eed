import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** Runs the CDK's command line in the repository, in this terminal. Throws one sentence when it fails; the CDK has said why. */
export const cdk = async (args: readonly string[]): Promise<void> => {
  const child = spawn(process.execPath, [join(root, "node_modules/aws-cdk/bin/cdk"), ...args], {
    cwd: root,
    stdio: "inherit",
    // `cdk.json` calls `node`, which has to be this one.
    env: { ...process.env, PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter) },
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`cdk ${args[0]} has failed: see above.`);
};
