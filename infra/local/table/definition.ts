import type { TableRecord } from "dynalite/db/index.js";
import * as z from "zod";

export type TableDefinition = {
  name: string;
  /** Properties of the synthesized `AWS::DynamoDB::GlobalTable`, every intrinsic already resolved. */
  properties: Record<string, unknown>;
};

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) })).min(1);
const index = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(["ALL", "KEYS_ONLY", "INCLUDE"]),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

const table = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) })),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  StreamSpecification: z
    .object({ StreamViewType: z.enum(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]) })
    .optional(),
});

export type TableProperties = z.infer<typeof table>;
export type StreamView = NonNullable<TableProperties["StreamSpecification"]>["StreamViewType"];
export type KeyElement = z.infer<typeof keySchema>[number];
export type Index = z.infer<typeof index>;

/** What the local table needs of the template. Throws, naming the table, when the template says something else than a table. */
export const readDefinition = ({ name, properties }: TableDefinition): TableProperties => {
  const parsed = table.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`The template's table ${name} cannot be read: ${z.prettifyError(parsed.error)}`);
};

/** The request that creates the table, with what DynamoDB wants to hear and the template leaves open. */
export const creation = (name: string, properties: TableProperties): object => ({
  TableName: name,
  KeySchema: properties.KeySchema,
  AttributeDefinitions: properties.AttributeDefinitions,
  ...(properties.GlobalSecondaryIndexes?.length ? { GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes } : {}),
  ...(properties.LocalSecondaryIndexes?.length ? { LocalSecondaryIndexes: properties.LocalSecondaryIndexes } : {}),
  BillingMode: "PAY_PER_REQUEST",
});

/** The parts of a kept table whose keys or projection are not those of the template: what only a fresh start can change. */
export const differences = (kept: TableRecord, wanted: TableProperties): string[] => {
  const before = shapeOf(kept);
  const after = shapeOf(wanted);
  return [...new Set([...before.keys(), ...after.keys()])].filter((part) => before.get(part) !== after.get(part));
};

const shapeOf = (of: TableProperties | TableRecord): Map<string, string> => {
  const types = new Map(of.AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]));
  const keys = (elements: KeyElement[]) =>
    elements.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} ${types.get(AttributeName)}`).join(", ");
  const shape = new Map([["the table's key", keys(of.KeySchema)]]);
  for (const [scope, indexes] of [
    ["global", of.GlobalSecondaryIndexes],
    ["local", of.LocalSecondaryIndexes],
  ] as const)
    for (const { IndexName, KeySchema, Projection } of indexes ?? [])
      shape.set(
        `index ${IndexName}`,
        [scope, keys(KeySchema), Projection.ProjectionType, ...[...(Projection.NonKeyAttributes ?? [])].sort()].join("; "),
      );
  return shape;
};
