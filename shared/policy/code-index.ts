/**
 * Which lists hold a procedure or revenue code, answered by one binary search however many codes are listed.
 *
 * Codes compare only within their own shape: digits with the same letter in the same place ("0001T-0999T" does not hold 0500F).
 */
type Interval = { readonly shape: string; readonly low: number; readonly high: number };

const none: ReadonlySet<string> = new Set();

function shapeAndNumber(code: string): { shape: string; number: number } {
  return { shape: code.replace(/\d+/g, "#"), number: Number(code.replace(/\D/g, "")) };
}

/** `"97010"` or `"97010-97150"`. Throws on a range whose ends differ in shape or stand in the wrong order. */
export function parseRange(range: string): Interval {
  const [first = "", last = first] = range.split("-");
  const low = shapeAndNumber(first);
  const high = shapeAndNumber(last);
  if (first.length !== last.length || low.shape !== high.shape || low.number > high.number)
    throw new Error(`not a code range: ${range}`);
  return { shape: low.shape, low: low.number, high: high.number };
}

export type CodeIndex = (code: string) => ReadonlySet<string>;

/** @param lists code ranges by the name of the list that holds them */
export function indexCodes(lists: Readonly<Record<string, readonly string[]>>): CodeIndex {
  const byShape = new Map<string, { interval: Interval; list: string }[]>();
  for (const [list, ranges] of Object.entries(lists)) {
    for (const interval of ranges.map(parseRange)) {
      byShape.set(interval.shape, [...(byShape.get(interval.shape) ?? []), { interval, list }]);
    }
  }
  const segments = new Map([...byShape].map(([shape, entries]) => [shape, segmentsOf(entries)]));
  return (code) => {
    const { shape, number } = shapeAndNumber(code);
    const found = segments.get(shape);
    return found ? (found.lists[lastAtMost(found.starts, number)] ?? none) : none;
  };
}

/** Cuts overlapping intervals at each of their ends, so that every piece has one fixed set of lists. */
function segmentsOf(entries: readonly { interval: Interval; list: string }[]) {
  const edges = new Map<number, { opens: string[]; closes: string[] }>();
  const edgeAt = (at: number) => {
    const edge = edges.get(at) ?? { opens: [], closes: [] };
    edges.set(at, edge);
    return edge;
  };
  for (const { interval, list } of entries) {
    edgeAt(interval.low).opens.push(list);
    edgeAt(interval.high + 1).closes.push(list);
  }
  const starts = [...edges.keys()].sort((a, b) => a - b);
  const open = new Map<string, number>();
  const lists = starts.map((start) => {
    const edge = edgeAt(start);
    for (const list of edge.opens) open.set(list, (open.get(list) ?? 0) + 1);
    for (const list of edge.closes) open.set(list, (open.get(list) ?? 0) - 1);
    return new Set([...open].filter(([, count]) => count > 0).map(([list]) => list));
  });
  return { starts, lists };
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = -1;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle;
    else high = middle;
  }
  return low;
}
