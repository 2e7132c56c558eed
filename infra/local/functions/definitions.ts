import type { Assembly, Resource } from "../assembly.ts";
import { resolveDynamicReferences, type SecretReader } from "../dynamic-references.ts";
import { isObject } from "../intrinsics.ts";

/** A function as the template declares it, with its bundle on this machine. */
export type FunctionDefinition = {
  name: string;
  /** The name of the role that its calls are signed by. */
  role: string;
  logGroup: string;
  codeDirectory: string;
  /** `<file without extension>.<export>` */
  handler: string;
  environment: Record<string, string>;
  /** MB */
  memory: number;
  timeoutSeconds: number;
};

/** Every function of the assembly. `secret` answers the dynamic references in their environments. */
export const functionDefinitions = (assembly: Assembly, secret: SecretReader): Promise<FunctionDefinition[]> =>
  Promise.all(assembly.resources("AWS::Lambda::Function").map((resource) => definitionOf(resource, assembly, secret)));

const definitionOf = async (resource: Resource, assembly: Assembly, secret: SecretReader): Promise<FunctionDefinition> => {
  const { properties, ref: name } = resource;
  const at = `${resource.stack}/${resource.logicalId}`;
  if (!String(properties.Runtime).startsWith("nodejs")) throw new Error(`${at}: only Node.js functions can run here`);
  if (typeof properties.Handler !== "string") throw new Error(`${at}: no handler is given`);

  const objectKey = isObject(properties.Code) ? properties.Code.S3Key : undefined;
  const codeDirectory = typeof objectKey === "string" ? assembly.asset(objectKey) : undefined;
  if (codeDirectory === undefined) throw new Error(`${at}: the assembly holds no asset with this function's code`);

  const role = /^arn:aws:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/.exec(String(properties.Role))?.[1];
  if (role === undefined) throw new Error(`${at}: the function has no role`);
  const logGroup = isObject(properties.LoggingConfig) ? properties.LoggingConfig.LogGroup : undefined;

  const declared = isObject(properties.Environment) ? properties.Environment.Variables : undefined;
  const environment: Record<string, string> = {};
  for (const [variable, value] of Object.entries(isObject(declared) ? declared : {})) {
    const where = `${at}.Environment.${variable}`;
    environment[variable] = await resolveDynamicReferences(String(value), {
      secret,
      secretName: secretNames(assembly, where),
      at: where,
    });
  }
  return {
    name,
    role,
    logGroup: typeof logGroup === "string" ? logGroup : `/aws/lambda/${name}`,
    codeDirectory,
    handler: properties.Handler,
    environment,
    memory: Number(properties.MemorySize ?? 128),
    timeoutSeconds: Number(properties.Timeout ?? 3),
  };
};

const secretNames = (assembly: Assembly, at: string) => (arn: string) => {
  const tail = arn.split(":secret:")[1] ?? "";
  for (const { ref } of assembly.resources("AWS::SecretsManager::Secret")) {
    const name = (ref.split(":secret:")[1] ?? "").replace(/-[^-]{6}$/, "");
    // A reference by a bare name carries no random suffix.
    if (ref === arn || name === tail) return name;
  }
  throw new Error(`${at}: no secret of the assembly has the ARN ${arn}`);
};
