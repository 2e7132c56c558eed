import { randomInt, randomUUID } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { readIfPresent, replaceFile } from "./durable-file.ts";
import { resolveDynamicReferences } from "./dynamic-references.ts";
import { flag, readProperties, wholeNumber, withoutEffect } from "./messages/properties.ts";
import { AwsRefusal, type Operations, textIn } from "./operation.ts";

export type Secrets = {
  /** The current value, by name or ARN; throws when there is no such secret. */
  get(nameOrArn: string): string;
  /** Puts a new current value; the one before stays readable as AWSPREVIOUS. */
  put(name: string, value: string): void;
  operations: Operations;
};

export type SecretsOptions = {
  /** Values lie in `<directory>/secrets.json`, readable by this user alone. */
  directory: string;
  now: () => Date;
  /** Every `AWS::SecretsManager::Secret`: resolved properties, and the ARN that `Ref` gives. */
  secrets: { properties: unknown; arn: string }[];
};

const generation = z.strictObject({
  PasswordLength: wholeNumber.min(1).max(4096).default(32),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  ExcludeCharacters: z.string().default(""),
  ExcludeLowercase: flag.default(false),
  ExcludeUppercase: flag.default(false),
  ExcludeNumbers: flag.default(false),
  ExcludePunctuation: flag.default(false),
  IncludeSpace: flag.default(false),
  RequireEachIncludedType: flag.default(true),
});

const properties = z.strictObject({
  Name: z.string(),
  Description: withoutEffect,
  KmsKeyId: withoutEffect,
  SecretString: z.string().optional(),
  GenerateSecretString: generation.optional(),
  Tags: withoutEffect,
});

const version = z.object({ id: z.string(), value: z.string(), createdAt: z.string() });
const storedSecret = z.object({ current: version, previous: version.optional() });
const storedSecrets = z.record(z.string(), storedSecret);
type Stored = z.infer<typeof storedSecret>;

/**
 * The template's secrets. A value is made at the first start and then stays, whatever the template says later: that is
 * what an update of the stack does with them too.
 */
export const openSecrets = async ({ directory, now, secrets }: SecretsOptions): Promise<Secrets> => {
  const path = join(directory, "secrets.json");
  const stored = storedSecrets.parse(JSON.parse(readIfPresent(path) ?? "{}"));
  const definitions = new Map(
    secrets.map(({ properties: resolved, arn }) => {
      const definition = readProperties("secret", properties, resolved);
      return [definition.Name, { ...definition, arn }] as const;
    }),
  );
  const names = new Map([...definitions].map(([name, { arn }]) => [arn, name]));
  const nameOf = (nameOrArn: string): string => {
    const name = names.get(nameOrArn) ?? nameOrArn.replace(/^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/, "");
    if (!definitions.has(name)) throw notFound();
    return name;
  };

  const put = (name: string, value: string) => {
    const before = stored[nameOf(name)]?.current;
    const current = { id: randomUUID(), value, createdAt: now().toISOString() };
    stored[name] = { current, ...(before && { previous: before }) };
    replaceFile(path, `${JSON.stringify(stored, null, 2)}\n`, 0o600);
  };

  const settling = new Set<string>();
  /** The stored value, or the template's; secrets that are composed of others come after those. */
  const settle = async (nameOrArn: string): Promise<string> => {
    const name = nameOf(nameOrArn);
    const known = stored[name];
    if (known) return known.current.value;
    if (settling.has(name)) throw new Error(`The secret ${name} refers to itself`);
    settling.add(name);
    const { SecretString, GenerateSecretString } = definitions.get(name) ?? {};
    const value =
      SecretString === undefined
        ? generate(generation.parse(GenerateSecretString ?? {}))
        : await resolveDynamicReferences(SecretString, { secret: settle, secretName: nameOf, at: `secret ${name}` });
    put(name, value);
    return value;
  };
  for (const name of definitions.keys()) await settle(name);

  const storedAs = (nameOrArn: string): { name: string; secret: Stored } => {
    const name = nameOf(nameOrArn);
    const secret = stored[name];
    if (!secret) throw notFound();
    return { name, secret };
  };

  return {
    get: (nameOrArn) => storedAs(nameOrArn).secret.current.value,
    put,
    operations: {
      "secretsmanager.GetSecretValue": {
        action: "secretsmanager:GetSecretValue",
        // An unknown secret is asked for under the ARN that it would have, so that a refusal does not tell what exists.
        resources: (input) => {
          const id = textIn(input, "SecretId");
          return [definitions.get(names.get(id) ?? id)?.arn ?? id];
        },
        run: (input) => {
          const { name, secret } = storedAs(textIn(input, "SecretId"));
          const wanted = choose(secret, input.VersionId, input.VersionStage);
          return {
            ARN: definitions.get(name)?.arn,
            Name: name,
            VersionId: wanted.id,
            SecretString: wanted.value,
            VersionStages: [wanted === secret.current ? "AWSCURRENT" : "AWSPREVIOUS"],
            CreatedDate: new Date(wanted.createdAt).getTime() / 1000,
          };
        },
      },
    },
  };
};

const notFound = () => new AwsRefusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

const choose = ({ current, previous }: Stored, id: unknown, stage: unknown = id === undefined ? "AWSCURRENT" : undefined) => {
  const staged = { AWSCURRENT: current, AWSPREVIOUS: previous } as Record<string, Stored["current"] | undefined>;
  const found = [current, previous].find(
    (one) => one && (id === undefined || one.id === id) && (stage === undefined || staged[String(stage)] === one),
  );
  if (!found) throw new AwsRefusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret value.");
  return found;
};

const generate = (how: z.infer<typeof generation>): string => {
  const password = randomText(how);
  if (how.GenerateStringKey === undefined) return password;
  const template = JSON.parse(how.SecretStringTemplate ?? "{}") as Record<string, unknown>;
  return JSON.stringify({ ...template, [how.GenerateStringKey]: password });
};

const randomText = (how: z.infer<typeof generation>): string => {
  const kinds = [
    how.ExcludeLowercase ? "" : "abcdefghijklmnopqrstuvwxyz",
    how.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    how.ExcludeNumbers ? "" : "0123456789",
    how.ExcludePunctuation ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    how.IncludeSpace ? " " : "",
  ]
    .map((kind) => [...kind].filter((character) => !how.ExcludeCharacters.includes(character)))
    .filter((kind) => kind.length > 0);
  const alphabet = kinds.flat();
  if (alphabet.length === 0 || (how.RequireEachIncludedType && how.PasswordLength < kinds.length)) {
    throw new Error("A secret cannot be generated as the template asks");
  }
  for (;;) {
    const characters = Array.from({ length: how.PasswordLength }, () => alphabet[randomInt(alphabet.length)] ?? "");
    // Drawn anew rather than repaired, so that every text that satisfies the wish is equally likely.
    if (!how.RequireEachIncludedType || kinds.every((kind) => kind.some((one) => characters.includes(one))))
      return characters.join("");
  }
};
