/**
 * Which lists hold a procedure or revenue code.
 *
 * Codes compare only within their own shape: digits with the same letter in the same place ("0001T-0999T" does not hold 0500F).
 */
export type CodeIndex<Found> = (code: string) => Found;

/**
 * A line of codes cut where the lists that hold them change: `held[n]` are the lists (by their numbers, ascending) of every code from
 * `starts[n]` up to the next start.
 */
export type Segments = { readonly starts: Float64Array; readonly held: readonly (readonly number[])[] };

/** `"97010"` or `"97010-97150"`, as keys. Throws on a range whose ends differ in shape or stand in the wrong order. */
export function parseRange(range: string): { readonly first: number; readonly last: number } {
  const dash = range.indexOf("-");
  const first = keyOf(dash < 0 ? range : range.slice(0, dash));
  const last = dash < 0 ? first : keyOf(range.slice(dash + 1));
  if (!(first <= last) || Math.floor(first / digits) !== Math.floor(last / digits)) throw new Error(`not a code range: ${range}`);
  return { first, last };
}

/**
 * Answers in a few steps, however many codes are listed. What makes that possible is built when it is worth it: the first look-ups of
 * a process go through the ranges as they stand, so that a cold start with a line or two does not pay for an index.
 *
 * @param lists code ranges, each list known by its place; they must be well-formed
 * @param foundIn what is answered for the codes that just these lists hold
 */
export function indexCodes<Found>(
  lists: readonly (readonly string[])[],
  foundIn: (lists: readonly number[]) => Found,
): CodeIndex<Found> {
  const nowhere = foundIn([]);
  let built: CodeIndex<Found | undefined> | undefined;
  let asked = 0;
  return (code) => {
    if (code === "") return nowhere;
    asked += 1;
    if (asked <= fewLookUps) return foundIn(listsHolding(code, lists));
    built ??= searched(lists, foundIn);
    return built(code) ?? nowhere;
  };
}

const fewLookUps = 8;

function searched<Found>(
  lists: readonly (readonly string[])[],
  foundIn: (lists: readonly number[]) => Found,
): CodeIndex<Found | undefined> {
  const { starts, held } = segmentsOf(lists);
  const answers = new Map<readonly number[], Found>();
  const found = held.map((some) => {
    const answer = answers.get(some) ?? foundIn(some);
    answers.set(some, answer);
    return answer;
  });
  return (code) => {
    const key = keyOf(code);
    // The last start that is not beyond the code.
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= key) low = middle + 1;
      else high = middle;
    }
    return found[low - 1];
  };
}

function listsHolding(code: string, lists: readonly (readonly string[])[]): readonly number[] {
  const found: number[] = [];
  lists.forEach((ranges, list) => {
    if (ranges.some((range) => range === code || isWithin(range, code))) found.push(list);
  });
  return found;
}

/** Of one shape, the order as text is the order of the numbers. */
function isWithin(range: string, code: string): boolean {
  if (range.length !== 2 * code.length + 1 || range.slice(0, code.length) > code || code > range.slice(code.length + 1))
    return false;
  for (let at = 0; at < code.length; at += 1) {
    const a = range.charCodeAt(at);
    const b = code.charCodeAt(at);
    if (a !== b && !(isDigit(a) && isDigit(b))) return false;
  }
  return true;
}

const isDigit = (character: number): boolean => character >= 0x30 && character <= 0x39;

/** Same lists are the same array: who makes something of them need make it only once. */
export function segmentsOf(lists: readonly (readonly string[])[]): Segments {
  const turns: { readonly at: number; readonly list: number; readonly by: 1 | -1 }[] = [];
  lists.forEach((ranges, list) => {
    for (const range of ranges) {
      const { first, last } = parseRange(range);
      turns.push({ at: first, list, by: 1 }, { at: last + 1, list, by: -1 });
    }
  });
  turns.sort((a, b) => a.at - b.at);

  const open = new Int32Array(lists.length);
  let holding: number[] = [];
  const known = new Map<string, readonly number[]>();
  const starts: number[] = [];
  const held: (readonly number[])[] = [];
  turns.forEach(({ at, list, by }, index) => {
    const before = open[list] ?? 0;
    open[list] = before + by;
    if (before === 0) holding = [...holding, list].sort((a, b) => a - b);
    else if (before + by === 0) holding = holding.filter((other) => other !== list);
    if (turns[index + 1]?.at === at) return;
    const name = holding.join();
    const same = known.get(name) ?? holding;
    known.set(name, same);
    if (held.at(-1) === same) return;
    starts.push(at);
    held.push(same);
  });
  return { starts: Float64Array.from(starts), held };
}

const longest = 6;
const digits = 10_000_000;

/**
 * A code as a number: first its shape (length, place of the letter, letter), then its digits, so that the codes of one shape lie
 * together in their order. NaN for what is no code: nothing, more than one letter, or more than six characters.
 */
function keyOf(code: string): number {
  if (code.length === 0 || code.length > longest) return Number.NaN;
  let number = 0;
  let letter = 0;
  for (let at = 0; at < code.length; at += 1) {
    const character = code.charCodeAt(at);
    if (isDigit(character)) number = number * 10 + character - 0x30;
    else if (letter === 0) letter = character * 8 + at;
    else return Number.NaN;
  }
  return (letter * 8 + code.length) * digits + number;
}

/** The code that a key stands for. */
export function codeOf(key: number): string {
  const shape = Math.floor(key / digits);
  const letter = Math.floor(shape / 8);
  const length = shape % 8;
  const number = String(key % digits).padStart(letter === 0 ? length : length - 1, "0");
  const at = letter % 8;
  return letter === 0 ? number : number.slice(0, at) + String.fromCharCode(letter >> 3) + number.slice(at);
}
