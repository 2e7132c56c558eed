/**
 * Which lists hold a procedure or revenue code.
 *
 * Codes compare only within their own shape: digits with the same letter in the same place ("0001T-0999T" does not hold 0500F).
 */
export type CodeIndex = (code: string) => ReadonlySet<string>;

type Range = { readonly first: string; readonly last: string };

/** `"97010"` or `"97010-97150"`. Throws on a range whose ends differ in shape or stand in the wrong order. */
export function parseRange(range: string): Range {
  const dash = range.indexOf("-");
  const first = dash < 0 ? range : range.slice(0, dash);
  const last = dash < 0 ? range : range.slice(dash + 1);
  if (!sameShape(first, last) || first > last) throw new Error(`not a code range: ${range}`);
  return { first, last };
}

/**
 * A few hundred ranges are gone through in microseconds; an index that is built for searching would cost every cold start more than
 * it ever saves.
 *
 * @param lists code ranges by the name of the list that holds them
 */
export function indexCodes(lists: Readonly<Record<string, readonly string[]>>): CodeIndex {
  const entries = Object.entries(lists).flatMap(([list, ranges]) => ranges.map((range) => ({ ...parseRange(range), list })));
  return (code) => {
    const found = new Set<string>();
    // Of one shape, the order as text is the order of the numbers.
    for (const { first, last, list } of entries) if (first <= code && code <= last && sameShape(first, code)) found.add(list);
    return found;
  };
}

function sameShape(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) {
    const a = one.charCodeAt(at);
    const b = other.charCodeAt(at);
    if (a !== b && !(isDigit(a) && isDigit(b))) return false;
  }
  return true;
}

const isDigit = (character: number): boolean => character >= 0x30 && character <= 0x39;
