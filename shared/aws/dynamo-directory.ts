import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { always, type Period } from "../domain/period.ts";
import type { Directory, DirectoryEntry } from "../ports.ts";
import type { ReadItem } from "./batched-reads.ts";
import { keptForAMinute } from "./kept-for-a-minute.ts";
import { itemKey } from "./keys.ts";
import { periodsIn } from "./stored-periods.ts";

const mostEntries = 10_000;

/** The directory by NPI. Entries are kept for a minute: it changes daily, and every submission asks. */
export function dynamoDirectory(read: ReadItem): Directory {
  const entryOf = keptForAMinute(mostEntries, async (npi): Promise<DirectoryEntry | undefined> => {
    const item = await read(itemKey(`PROVIDER#${npi}`, "PROVIDER"));
    return (
      item && {
        participation: participationIn(item),
        organizations: item.organizations?.SS ?? [],
        home: item.home?.S ?? null,
      }
    );
  });

  return {
    async lookUp(npis) {
      const entries = await Promise.all(npis.map(async (npi) => [npi, await entryOf(npi)] as const));
      return new Map(entries.flatMap(([npi, entry]) => (entry ? [[npi, entry] as const] : [])));
    },
  };
}

/** Entries from before periods say only whether the provider takes part, whenever. */
const participationIn = ({ participation, participating }: Record<string, AttributeValue>): readonly Period[] =>
  participation ? periodsIn(participation) : participating?.BOOL ? [always] : [];
