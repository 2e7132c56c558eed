import { join, resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Somebody typed what this command does not know; the message says what it does know. */
export class WrongUse extends Error {}

const milliseconds = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `73h`, `+15m`, `-2d`, `90s` in milliseconds; undefined when the text is no such duration. */
export const parseDuration = (text: string): number | undefined => {
  const [, sign, amount, unit] = /^([+-]?)(\d{1,9}(?:\.\d{1,3})?)([smhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const duration = Math.round(Number(amount) * milliseconds[unit as keyof typeof milliseconds]);
  return sign === "-" && duration > 0 ? -duration : duration;
};

type Options = NonNullable<ParseArgsConfig["options"]>;

/** The command line as `util.parseArgs` reads it; what it does not know is wrong use. */
export const readArguments = <const Known extends Options>(args: string[], options: Known, usage: string) => {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence = ""] = (error as Error).message.split(/\. |\n/);
    throw new WrongUse(`${sentence.replace(/\.?$/, ".")}\nUsage: ${usage}`);
  }
};

/** How many ports there are from the base port on: the api's, then one for each service. */
export const portsTaken = 7;
const defaultPort = 4010;
const lastPort = 65_535;

/** The base port, from `PORT`. */
export const basePort = ({ PORT }: NodeJS.ProcessEnv): number => {
  if (PORT === undefined || PORT === "") return defaultPort;
  const port = Number(PORT);
  const highest = lastPort - portsTaken + 1;
  if (/^\d+$/.test(PORT) && port >= 1 && port <= highest) return port;
  throw new WrongUse(`PORT is the first of ${portsTaken} ports, a number from 1 to ${highest}, and not "${PORT}".`);
};

/** Where all data lies, from `LOCAL_DIR`: `.local` in the repository unless it says otherwise. */
export const dataDirectory = ({ LOCAL_DIR }: NodeJS.ProcessEnv): string =>
  LOCAL_DIR ? resolve(LOCAL_DIR) : join(import.meta.dirname, "../../../.local");
