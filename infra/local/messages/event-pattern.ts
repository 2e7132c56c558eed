/**
 * EventBridge's content filtering, also used for the filters of event source mappings. A pattern is compiled once, so
 * that a misspelt or unsupported operator fails when the template is loaded instead of never matching.
 */
export type EventPattern = (event: unknown) => boolean;

type Leaf = (value: string | number | boolean | null) => boolean;

export const compilePattern = (pattern: unknown, path = "pattern"): EventPattern => {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) throw new Error(`${path} must be a non-empty object`);
  const fields = Object.entries(pattern).map(([name, node]): [string, EventPattern] => [
    name,
    Array.isArray(node) ? compileAlternatives(node, `${path}.${name}`) : compilePattern(node, `${path}.${name}`),
  ]);
  const matches: EventPattern = (value) => {
    // A pattern holds for an array when it holds for one of its elements as a whole.
    if (Array.isArray(value)) return value.some(matches);
    const object = isObject(value) ? value : {};
    return fields.every(([name, holds]) => holds(Object.hasOwn(object, name) ? object[name] : undefined));
  };
  return matches;
};

const compileAlternatives = (alternatives: unknown[], path: string): EventPattern => {
  if (alternatives.length === 0) throw new Error(`${path} lists nothing that would match`);
  const tests = alternatives.map((alternative) => {
    if (isObject(alternative) && Object.hasOwn(alternative, "exists")) return compileExists(alternative, path);
    const leaf = isObject(alternative) ? compileOperator(alternative, path) : equals(alternative, path);
    return (value: unknown) => leavesOf(value).some(leaf);
  });
  return (value) => tests.some((test) => test(value));
};

const compileExists = (operator: Record<string, unknown>, path: string): EventPattern => {
  const [wanted] = onlyOperand(operator, path).slice(1);
  if (typeof wanted !== "boolean") throw new Error(`${path}: exists takes true or false`);
  return (value) => leavesOf(value).length > 0 === wanted;
};

const compileOperator = (operator: Record<string, unknown>, path: string): Leaf => {
  const [name, operand] = onlyOperand(operator, path);
  switch (name) {
    case "prefix":
    case "suffix":
    case "equals-ignore-case":
      return compileText(name, operand, path);
    case "numeric":
      return compileNumeric(operand, path);
    case "anything-but":
      return compileAnythingBut(operand, path);
    default:
      throw new Error(`${path}: unknown operator ${name}`);
  }
};

const compileText = (name: string, operand: unknown, path: string): Leaf => {
  if (isObject(operand) && name !== "equals-ignore-case") {
    const [inner, innerOperand] = onlyOperand(operand, path);
    if (inner !== "equals-ignore-case") throw new Error(`${path}: unknown operator ${inner} within ${name}`);
    const wanted = textOf(innerOperand, `${path}: ${name}`).toLowerCase();
    return (value) => typeof value === "string" && textTests[name as "prefix"](value.toLowerCase(), wanted);
  }
  const wanted = textOf(operand, `${path}: ${name}`);
  return (value) => typeof value === "string" && textTests[name as keyof typeof textTests](value, wanted);
};

const textTests = {
  prefix: (value: string, wanted: string) => value.startsWith(wanted),
  suffix: (value: string, wanted: string) => value.endsWith(wanted),
  "equals-ignore-case": (value: string, wanted: string) => value.toLowerCase() === wanted.toLowerCase(),
};

const compileAnythingBut = (operand: unknown, path: string): Leaf => {
  if (isObject(operand)) {
    const [name, inner] = onlyOperand(operand, path);
    if (!Object.hasOwn(textTests, name)) throw new Error(`${path}: unknown operator ${name} within anything-but`);
    const refused = (Array.isArray(inner) ? inner : [inner]).map((one) => compileText(name, one, path));
    return (value) => !refused.some((test) => test(value));
  }
  const refused = (Array.isArray(operand) ? operand : [operand]).map((one) => equals(one, path));
  if (refused.length === 0) throw new Error(`${path}: anything-but lists nothing`);
  return (value) => !refused.some((test) => test(value));
};

const comparisons: Record<string, (value: number, bound: number) => boolean> = {
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  "=": (value, bound) => value === bound,
  ">=": (value, bound) => value >= bound,
  ">": (value, bound) => value > bound,
};

const compileNumeric = (operand: unknown, path: string): Leaf => {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new Error(`${path}: numeric takes one or two comparisons`);
  }
  const tests = Array.from({ length: operand.length / 2 }, (_, index) => {
    const [symbol, bound] = operand.slice(index * 2);
    const compare = typeof symbol === "string" ? comparisons[symbol] : undefined;
    if (!compare || typeof bound !== "number") throw new Error(`${path}: numeric cannot compare by ${JSON.stringify(symbol)}`);
    return (value: number) => compare(value, bound);
  });
  return (value) => typeof value === "number" && tests.every((test) => test(value));
};

const equals = (wanted: unknown, path: string): Leaf => {
  if (wanted !== null && typeof wanted === "object") throw new Error(`${path}: nested lists are no pattern`);
  return (value) => value === wanted;
};

/** The values that a field offers to a match: itself, or the elements of an array; an object offers none. */
const leavesOf = (value: unknown): (string | number | boolean | null)[] => {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isObject(value) ? [] : [value as string | number | boolean | null];
};

const onlyOperand = (operator: Record<string, unknown>, path: string): [string, unknown] => {
  const [only, ...others] = Object.entries(operator);
  if (!only || others.length > 0) throw new Error(`${path}: a match names exactly one operator`);
  return only;
};

const textOf = (value: unknown, what: string): string => {
  if (typeof value !== "string") throw new Error(`${what} takes a text`);
  return value;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
