import type { Network } from "../domain/request.ts";
import type { Submission } from "../domain/submission.ts";
import type { DirectoryEntry } from "../ports.ts";

type Named = Pick<Submission, "requestingProvider" | "servicingProvider" | "servicingFacility" | "lines">;

/** Every NPI that a submission names. */
export function npisOf({ requestingProvider, servicingProvider, servicingFacility, lines }: Named): readonly string[] {
  const providers = [requestingProvider, servicingProvider, servicingFacility, ...lines.map((line) => line.servicingProvider)];
  return [...new Set(providers.flatMap((provider) => provider?.npi ?? []))];
}

/** Who takes part in the network; an NPI that the directory does not know does not. */
export function networkOf(submission: Named, directory: ReadonlyMap<string, DirectoryEntry>): Network {
  const participates = (npi: string) => directory.get(npi)?.participating ?? false;
  const lines = submission.lines.flatMap((line, index) =>
    line.servicingProvider ? [[String(index + 1), participates(line.servicingProvider.npi)] as const] : [],
  );
  return {
    ...(submission.servicingProvider ? { servicingProvider: participates(submission.servicingProvider.npi) } : {}),
    ...(submission.servicingFacility ? { servicingFacility: participates(submission.servicingFacility.npi) } : {}),
    ...(lines.length > 0 ? { lines: Object.fromEntries(lines) } : {}),
  };
}

export const homeOfServicing = (submission: Named, directory: ReadonlyMap<string, DirectoryEntry>): string | null =>
  submission.servicingProvider ? (directory.get(submission.servicingProvider.npi)?.home ?? null) : null;
