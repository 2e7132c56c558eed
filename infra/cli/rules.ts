import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { dynamoPolicyRegister } from "../../shared/aws/dynamo-policy-register.ts";
import { type ProposalAt, proposalAt } from "../../shared/policy/proposal-at.ts";
import type { Settings } from "../config.ts";
import { proposedRules } from "../functions.ts";

type Proposal = Extract<ProposalAt, { rules: unknown }>;
type Rules = Proposal["rules"];
type Known = Parameters<typeof proposalAt>[1][number];
export type RulesFound = { readonly rules: Rules; readonly good: string } | { readonly missing: string };

/**
 * What the stage has adopted before: nothing where it was never deployed. Where we may not look, nobody compares versions before the
 * adoption does, and `unchecked` says so.
 */
export const adoptedBy = async (
  { stage, region }: Pick<Settings, "stage" | "region">,
  dynamo = new DynamoDBClient({ region }),
): Promise<{ readonly adopted: readonly Known[]; readonly unchecked?: string }> => {
  const table = `prior-auth-${stage}`;
  try {
    return { adopted: (await dynamoPolicyRegister(dynamo, table).read()).adopted };
  } catch (error) {
    const { name } = error as Error;
    if (name === "ResourceNotFoundException") return { adopted: [] };
    if (name !== "AccessDeniedException") throw error;
    const unchecked = `Not checked: whether stage ${stage} has other rules under this version. These credentials may not read ${table}; the adoption checks it.`;
    return { adopted: [], unchecked };
  }
};

/** The rules that a deployment brings along: those of the file, or those that are built in. */
export const readRules = (
  file: string | undefined,
  { stage, policyOverrides }: Pick<Settings, "stage" | "policyOverrides">,
  adopted: readonly Known[],
  now = new Date(),
): RulesFound => {
  const called = file ?? "shared/policy/service-categories.json";
  const text = file === undefined ? undefined : textOf(file);
  if (file !== undefined && text === undefined) return { missing: `${file} cannot be read.` };
  const found = proposalAt(text, adopted, now.toISOString());
  const faults =
    "errors" in found
      ? found.errors.map(({ where, says }) => `${where}: ${says}`)
      : policyOverrides
        ? faultsOf(found)
        : faultsAlone(found);
  if ("errors" in found || faults.length > 0)
    return {
      missing: [`The rules in ${called} are not fit for stage ${stage}:`, ...faults.map((line) => `  - ${line}`)].join("\n"),
    };
  const { rules } = found;
  return { rules, good: `Rules: ${called}, version ${rules.version}, for what is received from ${rules.effectiveFrom} on` };
};

const faultsOf = ({ rules, hindrance, builtIn, hindranceOfCode, today }: Proposal): readonly string[] => [
  ...faultOf(rules, hindrance, today),
  ...(rules.version === builtIn.version && hindrance ? [] : faultOf(builtIn, hindranceOfCode, today, " (built into the code)")),
];

const faultOf = (
  { version, effectiveFrom }: Rules,
  hindrance: Proposal["hindrance"],
  today: string,
  which = "",
): readonly string[] => {
  if (hindrance?.reason === "version-taken")
    return [`version${which}: ${version} has other rules already, and they do not change. Give these a version of their own.`];
  if (hindrance?.reason === "effective-in-the-past")
    return [
      `effectiveFrom${which}: ${effectiveFrom} is over. New rules judge what is received from today on (${today}), or from a later day.`,
    ];
  return [];
};

const faultsAlone = ({ rules, builtIn, today }: Proposal): readonly string[] => {
  if (rules.digest !== builtIn.digest) return ["the stage has no overrides: its settings would have to say policyOverrides."];
  return rules.effectiveFrom > today
    ? [`effectiveFrom: ${rules.effectiveFrom} is yet to come, and a stage without overrides has no rules until then.`]
    : [];
};

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** Puts rules where the stage adopts them. Done again with the same rules, it changes nothing. */
export const proposeRules = async (
  { stage, region }: Pick<Settings, "stage" | "region">,
  accountId: string,
  { version, text }: Pick<Rules, "version" | "text">,
  s3: Pick<S3Client, "send"> = new S3Client({ region }),
): Promise<void> => {
  await s3.send(
    new PutObjectCommand({
      Bucket: `prior-auth-${stage}-policy-${accountId}-${region}`,
      Key: `${proposedRules}${version}.json`,
      Body: text,
      ContentType: "application/json",
      ChecksumAlgorithm: "SHA256",
    }),
  );
};
