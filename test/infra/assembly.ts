import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll } from "vitest";
import type { SettingsInput } from "../../infra/config.ts";
import { functions } from "../../infra/functions.ts";
import { vendorStandIn } from "../../infra/stand-ins/vendor-stand-in-stack.ts";
import { assemble, type SynthesisOptions } from "../../infra/synthesize.ts";

const temporary: string[] = [];

/** Gone when the test file that asked for it has ended. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "infra-"));
  temporary.push(directory);
  return directory;
};

afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

/** A bundle of one line for each function: what the templates say does not depend on what the functions do. */
export const stubBundles = (): string => {
  const directory = temporaryDirectory();
  for (const name of [...Object.keys(functions), vendorStandIn]) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, "index.js"), `exports.handler = async () => "${name}";\n`);
  }
  return directory;
};

/** Settings of a stage with people and machines of its own, and a name of its own that asks for certificates. */
export const ownPool = {
  identity: {
    kind: "cognito",
    callbackUrls: ["https://desk.dev.example.org/signed-in"],
    machineClients: { "partner-a": ["requests:read", "requests:write"], claims: ["claims:check", "claims:use"] },
  },
  domain: {
    name: "api.dev.example.org",
    certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000",
    mutualTls: { truststoreBucket: "plan-truststore", truststoreKey: "clients.pem" },
  },
} satisfies Partial<SettingsInput>;

/** The user pool's stack, for a stage that has one. */
export const identityTemplate = (options: Partial<SynthesisOptions>): Template => {
  const { identity } = assemble({ stage: "dev", outdir: temporaryDirectory(), assetsDirectory: stubBundles(), ...options });
  if (!identity) throw new Error("The stage has no user pool");
  return Template.fromStack(identity);
};

/** Settings of a stage whose outside parties are all somebody else's. */
export const foreign = {
  identity: { kind: "oidc", issuerUrl: "https://issuer.dev.example.org" },
  allowedOrigins: ["https://portal.dev.example.org"],
  vendorUrl: "https://vendor.dev.example.org",
  vendorStandIn: undefined,
} satisfies Partial<SettingsInput>;

export const templates = (options: Partial<SynthesisOptions> = {}) => {
  const stage = options.stage ?? "dev";
  const { data, api, events, observability } = assemble({
    stage,
    ...(stage === "dev" && { overrides: foreign }),
    outdir: temporaryDirectory(),
    assetsDirectory: stubBundles(),
    ...options,
  });
  return {
    data: Template.fromStack(data),
    api: Template.fromStack(api),
    events: Template.fromStack(events),
    observability: Template.fromStack(observability),
  };
};

/** The parts of a template's resource that the tests look at. */
export type Resource = {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  DependsOn?: string | string[];
};

export const resourcesOf = (template: Template, type?: string): [string, Resource][] =>
  Object.entries<Resource>(template.toJSON().Resources).filter(([, resource]) => type === undefined || resource.Type === type);

/** The one resource of a type whose properties answer the question, with its logical id. */
export const theResource = (
  template: Template,
  type: string,
  question: (properties: Record<string, unknown>) => boolean = () => true,
): [string, Resource] => {
  const found = resourcesOf(template, type).filter(([, { Properties }]) => question(Properties));
  if (found[0] === undefined || found.length > 1) throw new Error(`There are ${found.length} of ${type} and not one`);
  return found[0];
};

/** A value of a template as the text it stands for, intrinsics in short: `arn:aws:sqs:us-east-1:<AccountId>:name`. */
export const asText = (value: unknown): string => {
  if (typeof value === "string") return value;
  const intrinsic = value as {
    Ref?: string;
    "Fn::Join"?: [string, unknown[]];
    "Fn::GetAtt"?: [string, string];
    "Fn::ImportValue"?: string;
  };
  if (intrinsic.Ref) return `<${intrinsic.Ref.replace("AWS::", "")}>`;
  if (intrinsic["Fn::GetAtt"]) return `<${intrinsic["Fn::GetAtt"].join(".")}>`;
  if (intrinsic["Fn::ImportValue"]) return `<import ${intrinsic["Fn::ImportValue"]}>`;
  if (intrinsic["Fn::Join"]) return intrinsic["Fn::Join"][1].map(asText).join(intrinsic["Fn::Join"][0]);
  throw new Error(`No text for ${JSON.stringify(value)}`);
};

export type Statement = {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  NotResource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
};

export const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const within = (condition: Statement["Condition"]): string => {
  if (condition === undefined) return "";
  const partitions = condition["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"];
  if (Object.keys(condition).length > 1 || !Array.isArray(partitions)) throw new Error(`No text for ${JSON.stringify(condition)}`);
  return ` in ${partitions.join(", ")}`;
};

/** What a role may do, as `action resource`, with the partitions after ` in ` where it may do it in those alone; sorted. */
export const rightsOf = (role: Resource): string[] => {
  const policies = (role.Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition }) =>
      listOf(Action).flatMap((action) => listOf(Resource).map((resource) => `${action} ${asText(resource)}${within(Condition)}`)),
    )
    .toSorted();
};
