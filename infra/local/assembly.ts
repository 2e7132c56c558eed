import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Deployment, evaluateCondition, isObject, noValue, resolve } from "./intrinsics.ts";
import { apiIdOf, type References, referencesOf } from "./physical-resources.ts";

export type Resource = {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** With every intrinsic resolved. Dynamic references (`{{resolve:…}}`) stand as they were written. */
  readonly properties: Record<string, unknown>;
  /** What `Ref` gives. Throws for a type whose references are not known. */
  readonly ref: string;
  readonly attributes: Record<string, string>;
};

export type Output = { stack: string; name: string; value: string; exportName?: string };

export type Assembly = {
  readonly directory: string;
  readonly account: string;
  readonly region: string;
  /** Stack names, each after those it depends on. */
  readonly stacks: string[];
  /** All resources of a CloudFormation type, in the order of their stacks and templates. */
  resources(type: string): Resource[];
  find(stack: string, logicalId: string): Resource | undefined;
  readonly outputs: Output[];
  /** The file or directory on disk behind an asset's object key (`<hash>.zip`). */
  asset(objectKey: string): string | undefined;
};

export type AssemblyOptions = {
  /** Where this machine serves the HTTP API, without a trailing slash: what the API's endpoint attribute gives. */
  apiUrl?: string;
  account?: string;
  region?: string;
};

/**
 * Reads a synthesized cloud assembly (`cdk.out`) as it would be deployed to one account and region. Whatever it refers to and
 * cannot be resolved is an error here, never a value that looks right.
 */
export const loadAssembly = (
  directory: string,
  { apiUrl = "http://127.0.0.1:4010", account = "000000000000", region = "us-east-1" }: AssemblyOptions = {},
): Assembly => {
  const stacks = readStacks(directory);
  const assets = readAssets(directory);
  const place = { account, region, apiUrl };
  const byName = new Map<string, DeployedStack>();
  const exported = (name: string, at: string) => {
    for (const stack of byName.values()) {
      const output = stack.outputs().find(({ exportName }) => exportName === name);
      if (output) return output.value;
    }
    throw new Error(`${at}: no stack exports ${name}`);
  };
  const stackOutput = (stack: string, name: string, at: string) => {
    const output = byName
      .get(stack)
      ?.outputs()
      .find((each) => each.name === name);
    if (!output) throw new Error(`${at}: stack ${stack} has no output ${name}`);
    return output.value;
  };
  const toLocal = localAddresses(stacks, place);
  for (const stack of stacks) byName.set(stack.name, deployStack(stack, place, { exported, stackOutput, toLocal }));

  const deployed = [...byName.values()];
  const all = deployed.flatMap((stack) => stack.resources());
  return {
    directory,
    account,
    region,
    stacks: stacks.map(({ name }) => name),
    resources: (type) => all.filter((resource) => resource.type === type),
    find: (stack, logicalId) => all.find((resource) => resource.stack === stack && resource.logicalId === logicalId),
    outputs: deployed.flatMap((stack) => stack.outputs()),
    asset: (objectKey) => assets.get(objectKey),
  };
};

type Template = {
  Resources?: Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown }; Condition?: string }>;
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Conditions?: Record<string, unknown>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
};

type Stack = { name: string; template: Template };
type Place = { account: string; region: string; apiUrl: string };
type DeployedStack = { resources(): Resource[]; outputs(): Output[] };
type Surroundings = {
  exported(name: string, at: string): string;
  stackOutput(stack: string, output: string, at: string): string;
  toLocal(value: unknown): unknown;
};

const deployStack = ({ name, template }: Stack, place: Place, { exported, stackOutput, toLocal }: Surroundings): DeployedStack => {
  const pseudoParameters: Record<string, unknown> = {
    "AWS::AccountId": place.account,
    "AWS::Region": place.region,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": name,
    "AWS::StackId": `arn:aws:cloudformation:${place.region}:${place.account}:stack/${name}/local`,
    "AWS::NoValue": noValue,
  };

  const reference = (logicalId: string, at: string): Resource => {
    const declared = template.Resources?.[logicalId];
    if (!declared || !wanted(declared.Condition)) throw new Error(`${at}: ${name} has no resource ${logicalId}`);
    return resource(logicalId);
  };

  const deployment: Deployment = {
    ref: (logicalId, at) => {
      if (logicalId in pseudoParameters) return pseudoParameters[logicalId];
      const parameter = template.Parameters?.[logicalId];
      if (!parameter) return reference(logicalId, at).ref;
      // A default that names an SSM parameter is an address, not the value.
      if (parameter.Default === undefined || parameter.Type.startsWith("AWS::SSM::")) {
        throw new Error(`${at}: parameter ${logicalId} of ${name} has no value here`);
      }
      return parameter.Default;
    },
    attribute: (logicalId, attribute, at) => {
      const { attributes, type } = reference(logicalId, at);
      const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
      if (value === undefined) throw new Error(`${at}: attribute ${attribute} of ${logicalId} (${type}) is not known`);
      return value;
    },
    importValue: exported,
    stackOutput,
    condition: (condition, at) => {
      const declared = template.Conditions?.[condition];
      if (declared === undefined) throw new Error(`${at}: ${name} has no condition ${condition}`);
      return evaluateCondition(declared, deployment, `${name}/Conditions.${condition}`);
    },
    mapping: (map, first, second, at) => {
      const value = template.Mappings?.[map]?.[first]?.[second];
      if (value === undefined) throw new Error(`${at}: there is no ${map}.${first}.${second}`);
      return value;
    },
  };

  const wanted = (condition: string | undefined) => condition === undefined || deployment.condition(condition, name);

  const properties = oncePerName((logicalId) => {
    const at = `${name}/${logicalId}`;
    const resolved = toLocal(resolve(template.Resources?.[logicalId]?.Properties ?? {}, deployment, at));
    if (!isObject(resolved)) throw new Error(`${at}: properties are not an object`);
    return resolved;
  });

  const references = oncePerName((logicalId): References => {
    const type = template.Resources?.[logicalId]?.Type ?? "";
    const known = referencesOf(type, { stack: name, logicalId, properties: properties(logicalId), ...place });
    if (!known) throw new Error(`${name}/${logicalId}: what refers to a ${type} gets is not known`);
    return known;
  });

  const resource = (logicalId: string): Resource => ({
    stack: name,
    logicalId,
    type: template.Resources?.[logicalId]?.Type ?? "",
    get properties() {
      return properties(logicalId);
    },
    get ref() {
      return references(logicalId).ref;
    },
    get attributes() {
      return references(logicalId).attributes;
    },
  });

  const output = oncePerName((outputName): Output | undefined => {
    const declared = template.Outputs?.[outputName];
    if (!declared || !wanted(declared.Condition)) return undefined;
    const at = `${name}/Outputs.${outputName}`;
    const value = String(toLocal(resolve(declared.Value, deployment, at)));
    const exportName = declared.Export && String(resolve(declared.Export.Name, deployment, `${at}.Export`));
    return { stack: name, name: outputName, value, ...(exportName === undefined ? {} : { exportName }) };
  });

  return {
    resources: () =>
      Object.entries(template.Resources ?? {})
        .filter(([, { Condition }]) => wanted(Condition))
        .map(([logicalId]) => {
          // Resolved now, so that what cannot be resolved fails the start and not the first use.
          properties(logicalId);
          return resource(logicalId);
        }),
    outputs: () => Object.keys(template.Outputs ?? {}).flatMap((outputName) => output(outputName) ?? []),
  };
};

/** Computes each name's value once; a value that needs itself is the circular dependency that CloudFormation refuses too. */
const oncePerName = <Value>(compute: (name: string) => Value): ((name: string) => Value) => {
  const known = new Map<string, Value>();
  const underWay = new Set<string>();
  return (name) => {
    if (known.has(name)) return known.get(name) as Value;
    if (underWay.has(name)) throw new Error(`Circular dependency: ${[...underWay, name].join(" → ")}`);
    underWay.add(name);
    try {
      const value = compute(name);
      known.set(name, value);
      return value;
    } finally {
      underWay.delete(name);
    }
  };
};

/** CDK composes an API's URL from its id; here the API answers at its local URL, so the composed host gives way to that. */
const localAddresses = (stacks: Stack[], { region, apiUrl }: Place): ((value: unknown) => unknown) => {
  const hosts = stacks.flatMap(({ name: stack, template }) =>
    Object.entries(template.Resources ?? {})
      .filter(([, { Type }]) => Type === "AWS::ApiGatewayV2::Api")
      .map(([logicalId]) => `https://${apiIdOf({ stack, logicalId })}.execute-api.${region}.amazonaws.com`),
  );
  const toLocal = (value: unknown): unknown => {
    if (typeof value === "string") return hosts.reduce((text, host) => text.replaceAll(host, apiUrl), value);
    if (Array.isArray(value)) return value.map(toLocal);
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toLocal(item)]));
    return value;
  };
  return toLocal;
};

type Artifact = {
  type: string;
  dependencies?: string[];
  properties?: { templateFile?: string; stackName?: string; directoryName?: string; file?: string };
};

const readArtifacts = (directory: string): Record<string, Artifact> =>
  (JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as { artifacts?: Record<string, Artifact> }).artifacts ?? {};

/** The stacks of an assembly and of those nested in it (CDK stages), each after the artifacts it depends on. */
const readStacks = (directory: string): Stack[] => {
  const artifacts = readArtifacts(directory);
  const ordered: Stack[] = [];
  const visited = new Set<string>();
  const visit = (id: string) => {
    const artifact = artifacts[id];
    if (!artifact || visited.has(id)) return;
    visited.add(id);
    for (const dependency of artifact.dependencies ?? []) visit(dependency);
    const { templateFile, stackName, directoryName } = artifact.properties ?? {};
    if (artifact.type === "cdk:cloud-assembly" && directoryName) ordered.push(...readStacks(join(directory, directoryName)));
    if (artifact.type === "aws:cloudformation:stack" && templateFile) {
      const template = JSON.parse(readFileSync(join(directory, templateFile), "utf8")) as Template;
      ordered.push({ name: stackName ?? id, template });
    }
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return ordered;
};

type AssetManifest = {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
};

const readAssets = (directory: string): Map<string, string> => {
  const assets = new Map<string, string>();
  for (const { type, properties } of Object.values(readArtifacts(directory))) {
    if (type === "cdk:cloud-assembly" && properties?.directoryName) {
      for (const [objectKey, path] of readAssets(join(directory, properties.directoryName))) assets.set(objectKey, path);
    }
    if (type !== "cdk:asset-manifest" || !properties?.file) continue;
    const manifest = JSON.parse(readFileSync(join(directory, properties.file), "utf8")) as AssetManifest;
    for (const { source, destinations } of Object.values(manifest.files ?? {})) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(directory, source.path));
    }
  }
  return assets;
};
