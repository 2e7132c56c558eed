import { isObject } from "../intrinsics.ts";
import { type Condition, compileConditions, keysIn } from "./conditions.ts";
import { arnPattern, textPattern, withoutVariables } from "./patterns.ts";
import { compilePrincipals, type PrincipalPattern } from "./principals.ts";

export type PolicyKind =
  /** Hangs on a role: says nothing about who. */
  | "identity"
  /** Hangs on a bucket, a queue, a key, a function: says who. */
  | "resource"
  /** Says who may take a role on; the role itself is the resource. */
  | "trust";

export type Statement = {
  /** Where it stands: `<stack>/<logical id>/<policy>[<index or Sid>]` */
  id: string;
  effect: "Allow" | "Deny";
  actions: readonly Pattern[];
  resources: readonly Pattern[];
  holds: Condition;
  /** The condition keys that it asks about, in lower case. */
  asksFor: ReadonlySet<string>;
  /** Absent in an identity policy. */
  speaksOf: PrincipalPattern | undefined;
};

/** As written in the policy; negated ones with the element's name before them. */
export type Pattern = { text: string; matches: (value: string) => boolean };

const elements = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/** Compiles a policy document. Whatever it says that is not understood here is an error, so that nothing is allowed by mistake. */
export const compilePolicy = (document: unknown, kind: PolicyKind, id: string): Statement[] => {
  if (!isObject(document)) throw new Error(`${id}: not a policy document`);
  const { Version, Id, Statement: statements, ...others } = document;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw new Error(`${id}: policy element ${unknown} is not known`);
  if (Version !== "2012-10-17") throw new Error(`${id}: policy version ${String(Version)} is not supported`);
  if (Id !== undefined && typeof Id !== "string") throw new Error(`${id}: the policy's Id is no text`);
  const list = Array.isArray(statements) ? statements : [statements];
  return list.map((statement: unknown, index) => compileStatement(statement, kind, `${id}[${sidOf(statement) ?? index}]`));
};

const sidOf = (statement: unknown): string | undefined =>
  isObject(statement) && typeof statement.Sid === "string" ? statement.Sid : undefined;

const compileStatement = (statement: unknown, kind: PolicyKind, id: string): Statement => {
  if (!isObject(statement)) throw new Error(`${id}: not a statement`);
  const unknown = Object.keys(statement).find((element) => !elements.includes(element));
  if (unknown !== undefined) throw new Error(`${id}: statement element ${unknown} is not known`);
  const { Effect: effect } = statement;
  if (effect !== "Allow" && effect !== "Deny") throw new Error(`${id}: effect ${String(effect)} is not known`);
  const saysWho = statement.Principal !== undefined || statement.NotPrincipal !== undefined;
  if (saysWho && kind === "identity") throw new Error(`${id}: an identity policy names no principal`);
  return {
    id,
    effect,
    actions: eitherOf(statement, "Action", actionPattern, id),
    resources: kind === "trust" ? anyResource(statement, id) : eitherOf(statement, "Resource", arnPattern, id),
    holds: compileConditions(statement.Condition, `${id}.Condition`),
    asksFor: keysIn(statement.Condition),
    speaksOf: kind === "identity" ? undefined : compilePrincipals(statement, effect, id),
  };
};

const anyResource = (statement: Record<string, unknown>, id: string): Pattern[] => {
  if (statement.Resource !== undefined || statement.NotResource !== undefined)
    throw new Error(`${id}: a trust policy names no resource`);
  return [{ text: "*", matches: () => true }];
};

const actionPattern = (pattern: string, at: string): ((action: string) => boolean) => {
  if (pattern !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(pattern)) throw new Error(`${at}: ${pattern} is no action`);
  return textPattern(pattern, { ignoreCase: true });
};

/** `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of the two. */
const eitherOf = (
  statement: Record<string, unknown>,
  element: "Action" | "Resource",
  compile: (pattern: string, at: string) => (value: string) => boolean,
  id: string,
): Pattern[] => {
  const [given, excluded] = [statement[element], statement[`Not${element}`]];
  if ((given === undefined) === (excluded === undefined)) throw new Error(`${id}: one of ${element} and Not${element} is needed`);
  const at = `${id}.${given === undefined ? "Not" : ""}${element}`;
  const value = given ?? excluded;
  const texts = (Array.isArray(value) ? value : [value]).map((text: unknown) => {
    if (typeof text !== "string") throw new Error(`${at}: ${JSON.stringify(text)} is no text`);
    return withoutVariables(text, at);
  });
  if (texts.length === 0) throw new Error(`${at}: nothing is listed`);
  const patterns = texts.map((text) => ({ text, matches: compile(text, at) }));
  if (given !== undefined) return patterns;
  return [{ text: `Not${element} ${texts.join(", ")}`, matches: (one) => !patterns.some(({ matches }) => matches(one)) }];
};
