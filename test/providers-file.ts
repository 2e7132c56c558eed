import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

export const header = "npi,organizations,home,participating-from,participating-to";

/** The n-th NPI of an invented row of them, all different: the check digit makes it one (45 CFR 162.406). */
export function npiOf(n: number): string {
  // Spread over the whole range, as the real ones are; 97,711 has no factor in common with the count of possible ones.
  const first = String(100_000_000 + ((n * 97_711) % 200_000_000));
  const sum = [...`80840${first}`].reverse().reduce((total, digit, position) => {
    const weighed = position % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return `${first}${(10 - (sum % 10)) % 10}`;
}

/** A row of the n-th provider: every third belongs to organizations, every fifth has left the network, every seventh was never in it. */
export function rowOf(n: number): string {
  const organization = `org-${n % 5_000}`;
  const organizations = n % 3 === 0 ? `${organization}|org-group-${n % 40}` : "";
  const home = n % 3 === 0 ? organization : "";
  const from = n % 7 === 0 ? "" : `20${String(10 + (n % 15))}-0${1 + (n % 9)}-01`;
  const to = n % 5 === 0 && from !== "" ? "2026-06-30" : "";
  return `${npiOf(n)},${organizations},${home},${from},${to}`;
}

/** A file of so many providers, each in one row. */
export async function writeProviders(path: string, count: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${header}\n`);
  for (let n = 0; n < count; ) {
    const rows: string[] = [];
    for (const end = Math.min(count, n + 5_000); n < end; n += 1) rows.push(rowOf(n));
    if (!file.write(`${rows.join("\n")}\n`)) await once(file, "drain");
  }
  file.end();
  await finished(file);
}
