import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What tests have said about invented people, and whether any of it came into a log. */

const personal = new Set([
  "id",
  "memberId",
  "npi",
  "name",
  "givenName",
  "familyName",
  "birthDate",
  "email",
  "phone",
  "narrative",
  "description",
  "clinicalSummary",
  "outOfNetworkReason",
  "reason",
  "requestedBy",
  "text",
  "fileName",
]);

const fileIn = (directory: string) => join(directory, "private-words.txt");
/** By directory: each cloud's logs are searched by its own. */
const remembered = new Map<string, Set<string>>();

/** Keeps every personal text of a body, whatever its shape, for the search at the end of the run. */
export function rememberPersonal(directory: string, body: unknown): void {
  remember(directory, personalIn(body));
}

export function remember(directory: string, words: readonly string[]): void {
  const known = remembered.get(directory) ?? new Set();
  remembered.set(directory, known);
  const fresh = [...new Set(words)].filter((word) => isTelling(word) && !known.has(word));
  if (fresh.length === 0) return;
  for (const word of fresh) known.add(word);
  appendFileSync(fileIn(directory), fresh.map((word) => `${JSON.stringify(word)}\n`).join(""));
}

/** Logs are full of short numbers and letters that mean nobody. */
const isTelling = (word: string) => (/^\d+$/.test(word) ? word.length >= 8 : word.trim().length >= 3);

function personalIn(body: unknown): string[] {
  if (Array.isArray(body)) return body.flatMap(personalIn);
  if (body === null || typeof body !== "object") return [];
  return Object.entries(body).flatMap(([name, value]) =>
    typeof value === "string" ? (personal.has(name) ? [value] : []) : personalIn(value),
  );
}

export function rememberedIn(directory: string): readonly string[] {
  if (!existsSync(fileIn(directory))) return [];
  const lines = readFileSync(fileIn(directory), "utf8").split("\n").filter(Boolean);
  return [...new Set(lines.map((line) => JSON.parse(line) as string))];
}

/** Forgets a pocket cloud that has ended. @throws when personal data came into its logs */
export function forget(directory: string): void {
  const leaks = leaksIn(join(directory, "logs"), rememberedIn(directory));
  rmSync(directory, { recursive: true, force: true });
  if (leaks.length > 0) throw new Error(`personal data came into the logs: ${JSON.stringify(leaks.slice(0, 20), null, 2)}`);
}

type Leak = { readonly file: string; readonly line: number; readonly word: string };

/** Every place in the logs where one of the words stands by itself; random ids may hold a short one by chance. */
export function leaksIn(logs: string, words: readonly string[]): readonly Leak[] {
  if (words.length === 0) return [];
  const alternatives = words.flatMap((word) => [word, JSON.stringify(word).slice(1, -1)]).map(escaped);
  const pattern = new RegExp(
    `(?<![\\w-])(?:${[...new Set(alternatives)].sort((a, b) => b.length - a.length).join("|")})(?![\\w-])`,
    "gi",
  );
  return readdirSync(logs).flatMap((file) =>
    readFileSync(join(logs, file), "utf8")
      .split("\n")
      .flatMap((text, index) => [...text.matchAll(pattern)].map(([word]) => ({ file, line: index + 1, word }))),
  );
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
