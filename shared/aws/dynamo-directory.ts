import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { always, type Period } from "../domain/period.ts";
import type { Directory, DirectoryEntry } from "../ports.ts";
import type { ReadItem } from "./batched-reads.ts";
import { itemKey } from "./keys.ts";
import { periodsIn } from "./stored-periods.ts";

/** How long an entry may be used again by a warm function, in milliseconds of the process's own clock. */
const freshFor = 60_000;
const mostEntries = 10_000;

/** The directory by NPI. Entries are kept for a minute: it changes daily, and every submission asks. */
export function dynamoDirectory(read: ReadItem): Directory {
  const kept = new Map<string, { entry: DirectoryEntry | undefined; until: number }>();

  const entryOf = async (npi: string): Promise<DirectoryEntry | undefined> => {
    const now = performance.now();
    const known = kept.get(npi);
    if (known && known.until > now) return known.entry;
    const item = await read(itemKey(`PROVIDER#${npi}`, "PROVIDER"));
    const entry = item && {
      participation: participationIn(item),
      organizations: item.organizations?.SS ?? [],
      home: item.home?.S ?? null,
    };
    if (kept.size > mostEntries) kept.clear();
    kept.set(npi, { entry, until: now + freshFor });
    return entry;
  };

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
