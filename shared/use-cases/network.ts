import { covers } from "../domain/period.ts";
import type { Network } from "../domain/request.ts";
import type { Submission } from "../domain/submission.ts";
import type { DirectoryEntry } from "../ports.ts";

type Named = Pick<Submission, "requestingProvider" | "servicingProvider" | "servicingFacility" | "lines">;
type Entries = ReadonlyMap<string, DirectoryEntry>;

/** Every NPI that a submission names. */
export function npisOf({ requestingProvider, servicingProvider, servicingFacility, lines }: Named): readonly string[] {
  const providers = [requestingProvider, servicingProvider, servicingFacility, ...lines.map((line) => line.servicingProvider)];
  return [...new Set(providers.flatMap((provider) => provider?.npi ?? []))];
}

/**
 * Who takes part in the network, line by line on its day; an NPI that the directory does not know does not. What holds on any line's
 * day stands for the request, and a line says only where it differs.
 *
 * @param days of each line's service
 */
export function networkOf(submission: Named, directory: Entries, days: readonly string[]): Network {
  const participates = (npi: string, day: string) => covers(directory.get(npi)?.participation ?? [], day);
  const { servicingProvider, servicingFacility } = submission;
  const provider = servicingProvider && days.some((day) => participates(servicingProvider.npi, day));
  const facility = servicingFacility && days.some((day) => participates(servicingFacility.npi, day));

  const lines: Record<string, boolean> = {};
  const facilities: Record<string, boolean> = {};
  for (const [index, day] of days.entries()) {
    const number = String(index + 1);
    const own = submission.lines[index]?.servicingProvider;
    const named = own ?? servicingProvider;
    const byProvider = named && participates(named.npi, day);
    if (byProvider !== undefined && (own || byProvider !== provider)) lines[number] = byProvider;
    const byFacility = servicingFacility && participates(servicingFacility.npi, day);
    if (byFacility !== undefined && byFacility !== facility) facilities[number] = byFacility;
  }
  return {
    ...(provider === undefined ? {} : { servicingProvider: provider }),
    ...(facility === undefined ? {} : { servicingFacility: facility }),
    ...(Object.keys(lines).length > 0 ? { lines } : {}),
    ...(Object.keys(facilities).length > 0 ? { facilities } : {}),
  };
}

export const homeOfServicing = (submission: Named, directory: Entries): string | null =>
  submission.servicingProvider ? (directory.get(submission.servicingProvider.npi)?.home ?? null) : null;
