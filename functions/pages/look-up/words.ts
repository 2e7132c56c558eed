/** Finding a category by a few words of it. */

export type Searchable = { readonly id: string; readonly name: string; readonly group: string; readonly meaning: string };

const small = new Set(["a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"]);

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !small.has(word));

/** Enough for English nouns of the trade: therapies, services, prostheses stay findable by therapy, service, prosthesis. */
const singular = (word: string): string =>
  word
    .replace(/ies$/, "y")
    .replace(/(?<=s|x|z|ch|sh)es$/, "")
    .replace(/(?<![su])s$/, "");

const begins = (word: string, sought: string): boolean => word.startsWith(sought) || singular(word).startsWith(singular(sought));

export type Found<Service> = {
  readonly services: readonly Service[];
  /** Whether they hold every word that was sought; else some of them. */
  readonly complete: boolean;
};

/** Each word is sought at the beginning of a word; a category's name counts more than what explains it. */
export function servicesFor<Service extends Searchable>(text: string, services: readonly Service[]): Found<Service> {
  const sought = [...new Set(wordsOf(text))];
  const rated = services.map((service) => {
    const name = wordsOf(`${service.name} ${service.id}`);
    const all = [...name, ...wordsOf(`${service.group} ${service.meaning}`)];
    const hits = sought.filter((word) => all.some((one) => begins(one, word))).length;
    const inName = sought.filter((word) => name.some((one) => begins(one, word))).length;
    return { service, hits, inName };
  });
  const most = Math.max(0, ...rated.map(({ hits }) => hits));
  const best = rated.filter(({ hits }) => hits > 0 && hits === most).toSorted((one, other) => other.inName - one.inName);
  return { services: best.map(({ service }) => service), complete: most === sought.length && most > 0 };
}
