import { checkedCategories } from "./check.ts";
import { type RulesBundle, rulesBundle } from "./rules-bundle.ts";

/** Why a text is no version of the rules: where in it, by parts and by the ids of rules; of what stands there nothing is repeated. */
export type BrokenRules = { readonly broken: readonly string[] };

/** Reads rules that somebody proposes as strictly as those that are built in. */
export function proposedRules(bytes: Uint8Array): RulesBundle | BrokenRules {
  const text = decoded(bytes);
  const checked = text === undefined ? undefined : checkedCategories(text);
  if (checked?.ok) return rulesBundle(checked.categories);
  const errors = checked?.findings.filter(({ severity }) => severity === "error") ?? [];
  const places = new Set(errors.map(({ where }) => (isPlace.test(where) ? where : wholeFile)));
  return { broken: places.size > 0 ? [...places] : [wholeFile] };
}

/** Why rules are not adopted that are good in themselves, and which of their parts has to be another. */
export type Hindrance =
  /** The version is known with other rules: what has judged requests does not change. */
  | { readonly reason: "version-taken"; readonly place: "version" }
  /** A day that has begun has its rules already. */
  | { readonly reason: "effective-in-the-past"; readonly place: "effectiveFrom" };

export const versionTaken: Hindrance = { reason: "version-taken", place: "version" };
const past: Hindrance = { reason: "effective-in-the-past", place: "effectiveFrom" };

/** A version that is known, and what tells its rules from others under the same name. */
export type KnownVersion = Pick<RulesBundle, "version" | "digest">;

/**
 * What stands in the way of rules. What was adopted may be proposed again at any time. So may those that are built in, from whichever
 * day on: the code that is deployed judges by them already, and to refuse them here would only keep them from the code that comes
 * after it. A day that is over is refused to them before they are deployed, by `hindranceOfCode`.
 *
 * @param today in the plan's time zone
 */
export function hindranceOf(
  rules: RulesBundle,
  builtIn: RulesBundle,
  adopted: readonly KnownVersion[],
  today: string,
): Hindrance | undefined {
  const known = [...adopted, builtIn].find(({ version }) => version === rules.version);
  if (known) return known.digest === rules.digest ? undefined : versionTaken;
  return rules.effectiveFrom < today ? past : undefined;
}

/**
 * What stands in the way of code with these rules in it, whichever are proposed beside: it judges by them from its deployment on. They
 * may be as old as they like where nothing was adopted yet, for then they are the first that there are.
 */
export function hindranceOfCode(builtIn: RulesBundle, adopted: readonly KnownVersion[], today: string): Hindrance | undefined {
  const known = adopted.find(({ version }) => version === builtIn.version);
  if (known) return known.digest === builtIn.digest ? undefined : versionTaken;
  return adopted.length > 0 && builtIn.effectiveFrom < today ? past : undefined;
}

const wholeFile = "file";
/** A path of names and numbers, or the id of a rule. */
const isPlace = /^[\w.-]{1,64}$/;

/** @returns undefined for what is no UTF-8 */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
