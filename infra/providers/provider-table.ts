import { setTimeout as pause } from "node:timers/promises";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import type { Provider } from "./providers-in.ts";
import type { ProviderSink } from "./write-providers.ts";

/** Beyond so many, a table that still takes nothing is not only busy. With the longest wait, more than a minute. */
const attempts = 20;
const longestWait = 5_000;

/** The item of a provider, as `submit-request` and others read it. */
export const providerItem = ({ npi, organizations, home, participation }: Provider): Record<string, AttributeValue> => ({
  pk: { S: `PROVIDER#${npi}` },
  sk: { S: "PROVIDER" },
  participation: {
    L: participation.map(({ from, to }) => ({ M: { from: { S: from }, ...(to === undefined ? {} : { to: { S: to } }) } })),
  },
  // DynamoDB has no empty sets.
  ...(organizations.length > 0 ? { organizations: { SS: [...organizations] } } : {}),
  ...(home === null ? {} : { home: { S: home } }),
});

/** Writes to the table, at most 25 providers at once; what the table puts off is sent again, after waits that grow and spread out. */
export const providerTable =
  (dynamo: DynamoDBClient, table: string, wait: (milliseconds: number) => Promise<unknown> = pause): ProviderSink =>
  async (providers) => {
    let left: WriteRequest[] = providers.map((provider) => ({ PutRequest: { Item: providerItem(provider) } }));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const { UnprocessedItems } = await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }));
      left = UnprocessedItems?.[table] ?? [];
      if (left.length === 0) return;
      if (attempt === attempts) throw new Error("The table puts off everything that it is sent: run the same command again later.");
      await wait(Math.random() * Math.min(longestWait, 50 * 2 ** attempt));
    }
  };

/** What tells this table from one of the same name that was there before it. */
export async function idOfTable(dynamo: DynamoDBClient, table: string): Promise<string> {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: table }));
  return Table?.TableId ?? `${Table?.TableArn} of ${Table?.CreationDateTime?.toISOString()}`;
}
