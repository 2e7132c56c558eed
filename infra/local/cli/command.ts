import { WrongUse } from "./arguments.ts";

/** Runs a command: wrong use ends with 2 and how it is used, any other failure with 1 and one sentence. No stack trace either way. */
export const runCommand = async (main: () => Promise<void>): Promise<void> => {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof WrongUse ? 2 : 1;
  }
};
