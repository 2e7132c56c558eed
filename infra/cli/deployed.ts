import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the stacks of a stage said when they were last deployed from this machine. */
export type Outputs = {
  readonly apiUrl: string;
  readonly signInUrl: string | undefined;
  readonly userPoolId: string | undefined;
  /** The user pool's machine clients, by name. */
  readonly clients: Readonly<Record<string, string>>;
};

type Written = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where the CDK writes them. */
export const outputsFile = (stage: string): string => {
  const file = join(import.meta.dirname, `../../.build/deployed/${stage}.json`);
  mkdirSync(dirname(file), { recursive: true });
  return file;
};

/** Undefined when the stage has not been deployed from here. */
export const readOutputs = (stage: string, machineClients: readonly string[]): Outputs | undefined => {
  const file = outputsFile(stage);
  if (!existsSync(file)) return undefined;
  return outputsIn(JSON.parse(readFileSync(file, "utf8")) as Written, stage, machineClients);
};

export const outputsIn = (written: Written, stage: string, machineClients: readonly string[]): Outputs | undefined => {
  const api = written[`prior-auth-${stage}-api`];
  if (api?.ApiUrl === undefined) return undefined;
  const identity = written[`prior-auth-${stage}-identity`];
  // An output's name has no hyphens.
  const ids = machineClients.map((name) => [name, api[`Client${name.replaceAll("-", "")}`]] as const);
  return {
    apiUrl: api.ApiUrl,
    signInUrl: identity?.SignInUrl,
    userPoolId: identity?.UserPoolId,
    clients: Object.fromEntries(ids.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
};
