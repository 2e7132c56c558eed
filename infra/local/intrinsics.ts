/** What a template can refer to, answered by whoever knows the deployment. `at` names the resource and path that asks. */
export type Deployment = {
  ref(logicalId: string, at: string): unknown;
  attribute(logicalId: string, name: string, at: string): unknown;
  importValue(exportName: string, at: string): unknown;
  stackOutput(stack: string, output: string, at: string): unknown;
  condition(name: string, at: string): boolean;
  mapping(map: string, first: string, second: string, at: string): unknown;
};

/** `AWS::NoValue`: removes the property or list element that holds it. */
export const noValue = Symbol("AWS::NoValue");

/** Resolves every intrinsic function in `value`. One that is not known is an error that names where it stands. */
export const resolve = (value: unknown, deployment: Deployment, at: string): unknown => {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, deployment, `${at}[${index}]`)).filter((item) => item !== noValue);
  }
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const functionName = keys.find((key) => key === "Ref" || key.startsWith("Fn::"));
  if (functionName === undefined) {
    const entries = keys.map((key) => [key, resolve(value[key], deployment, `${at}.${key}`)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== noValue));
  }
  if (keys.length > 1) throw new Error(`${at}: ${functionName} stands beside other keys (${keys.join(", ")})`);
  const intrinsic = intrinsics[functionName];
  if (!intrinsic) throw new Error(`${at}: intrinsic function ${functionName} is not supported`);
  return intrinsic(value[functionName], deployment, `${at}.${functionName}`);
};

/** Evaluates a condition of the template's `Conditions`, or of `Fn::If`. */
export const evaluateCondition = (value: unknown, deployment: Deployment, at: string): boolean => {
  if (!isObject(value) || Object.keys(value).length !== 1) throw new Error(`${at}: not a condition`);
  const [[name, argument] = ["", undefined]] = Object.entries(value);
  const each = () => list(argument, at).map((item, index) => evaluateCondition(item, deployment, `${at}.${name}[${index}]`));
  switch (name) {
    case "Condition":
      return deployment.condition(text(argument, at), at);
    case "Fn::Equals": {
      const [left, right] = list(argument, at).map((item) => resolve(item, deployment, `${at}.${name}`));
      return scalar(left, at) === scalar(right, at);
    }
    case "Fn::And":
      return each().every(Boolean);
    case "Fn::Or":
      return each().some(Boolean);
    case "Fn::Not":
      return !each()[0];
    default:
      throw new Error(`${at}: condition function ${name} is not supported`);
  }
};

type Intrinsic = (argument: unknown, deployment: Deployment, at: string) => unknown;

const intrinsics: Record<string, Intrinsic> = {
  Ref: (argument, deployment, at) => deployment.ref(text(argument, at), at),

  "Fn::GetAtt": (argument, deployment, at) => {
    const [logicalId, ...path] = typeof argument === "string" ? argument.split(".") : list(argument, at);
    const name = path.map((part) => scalar(resolve(part, deployment, at), at)).join(".");
    return deployment.attribute(text(logicalId, at), name, at);
  },

  "Fn::Join": (argument, deployment, at) => {
    const [separator, items] = list(argument, at);
    return list(resolve(items, deployment, at), at)
      .map((item) => scalar(item, at))
      .join(text(separator, at));
  },

  "Fn::Sub": (argument, deployment, at) => {
    const [template, variables] = typeof argument === "string" ? [argument, {}] : list(argument, at);
    if (!isObject(variables)) throw new Error(`${at}: expected a map of variables`);
    return text(template, at).replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return scalar(resolve(variables[name], deployment, `${at}.${name}`), at);
      const dot = name.indexOf(".");
      const value =
        dot < 0 ? deployment.ref(name, at) : deployment.attribute(name.slice(0, dot), name.slice(dot + 1), `${at}.\${${name}}`);
      return scalar(value, at);
    });
  },

  "Fn::Select": (argument, deployment, at) => {
    const [index, items] = list(argument, at).map((item) => resolve(item, deployment, at));
    const found = list(items, at)[Number(index)];
    if (found === undefined) throw new Error(`${at}: there is no element ${String(index)}`);
    return found;
  },

  "Fn::Split": (argument, deployment, at) => {
    const [separator, source] = list(argument, at);
    return scalar(resolve(source, deployment, at), at).split(text(separator, at));
  },

  "Fn::ImportValue": (argument, deployment, at) => deployment.importValue(scalar(resolve(argument, deployment, at), at), at),

  "Fn::GetStackOutput": (argument, deployment, at) => {
    const asked = resolve(argument, deployment, at);
    if (!isObject(asked)) throw new Error(`${at}: expected StackName and OutputName`);
    return deployment.stackOutput(text(asked.StackName, at), text(asked.OutputName, at), at);
  },

  "Fn::If": (argument, deployment, at) => {
    const [condition, whenTrue, whenFalse] = list(argument, at);
    return resolve(deployment.condition(text(condition, at), at) ? whenTrue : whenFalse, deployment, at);
  },

  "Fn::FindInMap": (argument, deployment, at) => {
    const [map, first, second] = list(argument, at).map((item) => scalar(resolve(item, deployment, at), at));
    return deployment.mapping(map ?? "", first ?? "", second ?? "", at);
  },

  "Fn::Base64": (argument, deployment, at) => Buffer.from(scalar(resolve(argument, deployment, at), at)).toString("base64"),
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: unknown, at: string): unknown[] => {
  if (!Array.isArray(value)) throw new Error(`${at}: expected a list`);
  return value;
};

const text = (value: unknown, at: string): string => {
  if (typeof value !== "string") throw new Error(`${at}: expected a string`);
  return value;
};

const scalar = (value: unknown, at: string): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`${at}: expected a string, a number or a boolean`);
};
