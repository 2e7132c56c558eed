import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Directory, DirectoryEntry } from "../ports.ts";
import { itemKey } from "./keys.ts";

/** How long an entry may be used again by a warm function, in milliseconds of the process's own clock. */
const freshFor = 60_000;
const mostEntries = 10_000;

/** The directory by NPI. Entries are kept for a minute: it changes daily, and every submission asks. */
export function dynamoDirectory(dynamo: DynamoDBClient, table: string): Directory {
  const kept = new Map<string, { entry: DirectoryEntry | undefined; until: number }>();

  return {
    async lookUp(npis) {
      const now = performance.now();
      if (kept.size > mostEntries) kept.clear();
      const unknown = npis.filter((npi) => (kept.get(npi)?.until ?? 0) <= now);
      let keys = unknown.map((npi) => itemKey(`PROVIDER#${npi}`, "PROVIDER"));
      for (const npi of unknown) kept.set(npi, { entry: undefined, until: now + freshFor });
      try {
        while (keys.length > 0) {
          const answer = await dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys } } }));
          for (const item of answer.Responses?.[table] ?? []) {
            const entry = {
              participating: item.participating?.BOOL ?? false,
              organizations: item.organizations?.SS ?? [],
              home: item.home?.S ?? null,
            };
            kept.set(item.pk?.S?.slice("PROVIDER#".length) ?? "", { entry, until: now + freshFor });
          }
          keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys;
        }
      } catch (error) {
        for (const npi of unknown) kept.delete(npi);
        throw error;
      }
      return new Map(
        npis.flatMap((npi) => {
          const entry = kept.get(npi)?.entry;
          return entry ? [[npi, entry] as const] : [];
        }),
      );
    },
  };
}
