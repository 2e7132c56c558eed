import { readFileSync } from "node:fs";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
// biome-ignore lint/style/noRestrictedImports: rules are looked at before they are deployed, by the check that they have to pass later
import { type RulesToDeploy, rulesToDeploy } from "../../shared/policy/rules-to-deploy.ts";
import type { Settings } from "../config.ts";
import { proposedRules } from "../functions.ts";

type Rules = Extract<RulesToDeploy, { rules: unknown }>["rules"];
type Known = Parameters<typeof rulesToDeploy>[1]["adopted"][number];
export type RulesFound = { readonly rules: Rules; readonly good: string } | { readonly missing: string };

/** What the stage has adopted before. Nothing where it was never deployed, or where we may not look: then the adoption tells. */
export const adoptedBy = async (
  { stage, region }: Pick<Settings, "stage" | "region">,
  dynamo: Pick<DynamoDBClient, "send"> = new DynamoDBClient({ region }),
): Promise<readonly Known[]> => {
  const Key = { pk: { S: "POLICY" }, sk: { S: "POLICY" } };
  try {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: `prior-auth-${stage}`, Key }));
    return (Item?.adopted?.L ?? []).map(({ M }) => ({ version: M?.version?.S ?? "", digest: M?.digest?.S ?? "" }));
  } catch (error) {
    if (["ResourceNotFoundException", "AccessDeniedException"].includes((error as Error).name)) return [];
    throw error;
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
  const found = rulesToDeploy(text, { overrides: policyOverrides, adopted }, now.toISOString());
  if ("faults" in found)
    return {
      missing: [`The rules in ${called} are not fit for stage ${stage}:`, ...found.faults.map((line) => `  - ${line}`)].join("\n"),
    };
  const { rules } = found;
  return { rules, good: `Rules: ${called}, version ${rules.version}, for what is received from ${rules.effectiveFrom} on` };
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
