/** Gives a secret's current string by the secret's name. */
export type SecretReader = (name: string) => string | Promise<string>;

/**
 * Replaces each `{{resolve:secretsmanager:<name or ARN>:SecretString[:<JSON key>]}}` in `text`, as CloudFormation does at deployment.
 * `secretName` gives the name behind an ARN. Any other kind of dynamic reference is an error.
 */
export const resolveDynamicReferences = async (
  text: string,
  { secret, secretName, at }: { secret: SecretReader; secretName(arn: string): string; at: string },
): Promise<string> => {
  let resolved = "";
  let end = 0;
  for (const match of text.matchAll(/\{\{resolve:([^}]*)\}\}/g)) {
    resolved += text.slice(end, match.index);
    end = match.index + match[0].length;
    const { id, jsonKey } = parse(match[1] ?? "", at);
    const value = await secret(id.startsWith("arn:") ? secretName(id) : id);
    resolved += jsonKey ? field(value, jsonKey, at) : value;
  }
  return resolved + text.slice(end);
};

const pattern =
  /^secretsmanager:(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::SecretString(?::([^:]*)(?::([^:]*))?(?::([^:]*))?)?)?$/;

const parse = (reference: string, at: string): { id: string; jsonKey: string } => {
  const [, id, jsonKey = "", stage = "", version = ""] = pattern.exec(reference) ?? [];
  if (id === undefined || version !== "" || !["", "AWSCURRENT"].includes(stage)) {
    throw new Error(`${at}: dynamic reference {{resolve:${reference}}} is not supported`);
  }
  return { id, jsonKey };
};

const field = (value: string, key: string, at: string): string => {
  // The secret itself must not reach the message, so the parser's own is not passed on.
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    throw new Error(`${at}: the secret is not JSON, it has no key ${key}`);
  }
  const found =
    typeof parsed === "object" && parsed !== null ? Object.entries(parsed).find(([name]) => name === key)?.[1] : undefined;
  if (found === undefined) throw new Error(`${at}: the secret has no key ${key}`);
  return typeof found === "string" ? found : JSON.stringify(found);
};
