import { isObject } from "../intrinsics.ts";
import { arnPattern, textPattern, withoutVariables } from "./patterns.ts";

/** What is known about a call besides who, what and where, by lower-case condition key. */
export type Context = ReadonlyMap<string, readonly string[]>;

export type Condition = (context: Context) => boolean;

/** The keys that a block asks about, in lower case. */
export const keysIn = (block: unknown): ReadonlySet<string> =>
  new Set(
    (isObject(block) ? Object.values(block) : []).flatMap((keys) =>
      isObject(keys) ? Object.keys(keys).map((key) => key.toLowerCase()) : [],
    ),
  );

/**
 * The condition keys whose values (or whose absence) this machine can tell for every call that runs here. A policy with any
 * other key is refused: its statement would hold or not by accident.
 */
const knownKeys = new Set(
  [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalTag/break-glass",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "dynamodb:LeadingKeys",
    "events:ManagedBy",
    "kms:CallerAccount",
    "kms:EncryptionContext:aws:logs:arn",
    "kms:GrantIsForAWSResource",
    "kms:ViaService",
    "s3:TlsVersion",
    "s3:object-lock-legal-hold",
  ].map((key) => key.toLowerCase()),
);

/** Keys of which there is one per tag: `aws:PrincipalTag/<name>`. */
const knownPrefixes = ["aws:principaltag/"];

/** Every operator, every key of one operator: all must hold. */
export const compileConditions = (block: unknown, at: string): Condition => {
  if (block === undefined) return () => true;
  const tests = Object.entries(objectAt(block, at)).flatMap(([operator, keys]) =>
    Object.entries(objectAt(keys, `${at}.${operator}`)).map(([key, values]) => compile(operator, key, values, `${at}.${operator}`)),
  );
  return (context) => tests.every((test) => test(context));
};

type Operator = { test: (wanted: string, at: string) => (value: string) => boolean; negated?: true };

const text = (test: (wanted: string) => (value: string) => boolean): Operator["test"] => test;
const numeric =
  (compare: (value: number, wanted: number) => boolean): Operator["test"] =>
  (wanted, at) => {
    const bound = Number(wanted);
    if (wanted.trim() === "" || Number.isNaN(bound)) throw new Error(`${at}: ${wanted} is no number`);
    return (value) => compare(Number(value), bound);
  };

const equal = text((wanted) => (value) => value === wanted);
const equalIgnoringCase = text((wanted) => (value) => value.toLowerCase() === wanted.toLowerCase());
const like = text((wanted) => textPattern(wanted));

const operators: Record<string, Operator> = {
  StringEquals: { test: equal },
  StringNotEquals: { test: equal, negated: true },
  StringEqualsIgnoreCase: { test: equalIgnoringCase },
  StringNotEqualsIgnoreCase: { test: equalIgnoringCase, negated: true },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  // The two pairs are the same to IAM.
  ArnEquals: { test: arnPattern },
  ArnLike: { test: arnPattern },
  ArnNotEquals: { test: arnPattern, negated: true },
  ArnNotLike: { test: arnPattern, negated: true },
  Bool: { test: equalIgnoringCase },
  NumericEquals: { test: numeric((value, wanted) => value === wanted) },
  NumericNotEquals: { test: numeric((value, wanted) => value === wanted), negated: true },
  NumericLessThan: { test: numeric((value, wanted) => value < wanted) },
  NumericLessThanEquals: { test: numeric((value, wanted) => value <= wanted) },
  NumericGreaterThan: { test: numeric((value, wanted) => value > wanted) },
  NumericGreaterThanEquals: { test: numeric((value, wanted) => value >= wanted) },
};

/**
 * One key under one operator. Its values are alternatives; under a negated operator none of them may match. A key that the call
 * does not have fails the operator, unless that is negated or says `IfExists`.
 */
const compile = (spelled: string, spelledKey: string, values: unknown, at: string): Condition => {
  const key = spelledKey.toLowerCase();
  if (!knownKeys.has(key) && !knownPrefixes.some((prefix) => key.startsWith(prefix)))
    throw new Error(`${at}: condition key ${spelledKey} is not known`);
  const wanted = valuesAt(values, at);
  if (spelled === "Null") {
    if (wanted.length !== 1 || !/^(true|false)$/.test(wanted[0] ?? "")) throw new Error(`${at}: Null takes true or false`);
    return (context) => (context.get(key) === undefined) === (wanted[0] === "true");
  }
  const [, quantifier, name = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(spelled) ?? [];
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw new Error(`${at}: condition operator ${spelled} is not supported`);
  const tests = wanted.map((value) => operator.test(value, at));
  const holds = (value: string) => tests.some((test) => test(value)) !== (operator.negated === true);
  return (context) => {
    const present = context.get(key);
    if (present === undefined)
      return quantifier ? quantifier === "ForAllValues" || ifExists !== undefined : (operator.negated ?? ifExists !== undefined);
    return quantifier === "ForAnyValue" ? present.some(holds) : present.every(holds);
  };
};

const objectAt = (value: unknown, at: string): Record<string, unknown> => {
  if (!isObject(value)) throw new Error(`${at}: expected a map`);
  return value;
};

const valuesAt = (values: unknown, at: string): string[] => {
  const list = Array.isArray(values) ? values : [values];
  if (list.length === 0) throw new Error(`${at}: no value is given`);
  return list.map((value) => {
    if (!["string", "number", "boolean"].includes(typeof value)) throw new Error(`${at}: ${JSON.stringify(value)} is no value`);
    return withoutVariables(String(value), at);
  });
};
